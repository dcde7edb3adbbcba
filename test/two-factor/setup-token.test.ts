import { generateKey, type TwoFactor } from 'countersign'
import { describe, expect, test } from 'vitest'
import {
  challengeToken,
  createWorld,
  enrolled,
  faultOf,
  MINUTE,
  PASSWORD,
  pendingSecret,
  phoneFor,
  START,
  untyped,
  type World,
  wrongCode,
} from '../world.ts'

const proof = { password: PASSWORD }
const expired = { ok: false, reason: 'setup-expired', retryAfterSeconds: null }
const superseded = { ok: false, reason: 'setup-superseded', retryAfterSeconds: null }

/** Each operation that takes the token of a setup. The code would be right for the setup that is pending. */
const OPERATIONS: [name: string, act: (on: TwoFactor, token: string, code: string) => Promise<unknown>][] = [
  ['confirmSetup', (on, token, code) => on.confirmSetup('ann', { token, code })],
  ['resumeSetup', (on, token) => on.resumeSetup('ann', { token })],
  ['cancelSetup', (on, token) => on.cancelSetup('ann', { token })],
]

describe.each(OPERATIONS)('the token of a setup, for %s', (_name, act) => {
  test('is superseded once another setup began: no code is checked, and nothing is written', async () => {
    const world = createWorld()
    const [first, second] = [await begin(world), await begin(world)]
    const before = await world.store.record('ann')
    world.store.forget()
    world.heard()
    for (const code of [first.next(), second.next(), wrongCode(world, first, second), 'x']) {
      expect(await act(world.twoFactor, first.setupToken, code)).toEqual(superseded)
    }
    expect([world.store.loads, world.store.saves, world.heard()]).toEqual([4, 0, []])
    expect(await world.store.record('ann')).toEqual(before)
    expect(await act(world.twoFactor, second.setupToken, second.code())).toMatchObject({ ok: true })
  })

  test('is superseded by a setup in another process too, whichever factor was on before', async () => {
    const world = createWorld()
    await enrolled(world)
    const first = await begin(world)
    await world.another().beginSetup('ann', { proof, accountName: 'ann' })
    expect(await act(world.twoFactor, first.setupToken, first.next())).toEqual(superseded)
  })

  test.each<[string, unknown]>([
    ['left out', undefined],
    ['null', null],
    ['empty', ''],
    ['a number', 5],
    ['an object', {}],
    ['a list', []],
    ['made up', 'k1.AAAA'],
    ['very long', 'x'.repeat(1_000_000)],
  ])('that is %s is expired, and nothing is written', async (_what, token) => {
    const world = createWorld()
    const phone = await begin(world)
    world.store.forget()
    expect(await act(world.twoFactor, untyped(token), phone.next())).toEqual(expired)
    expect(world.store.saves).toBe(0)
  })

  test('is expired ten minutes after it was made, also if another setup began since', async () => {
    const world = createWorld()
    const [first, second] = [await begin(world), await begin(world)]
    world.clock.advance({ seconds: 600 })
    expect(await act(world.twoFactor, second.setupToken, second.next())).toEqual(expired)
    await begin(world)
    expect(await act(world.twoFactor, first.setupToken, first.next())).toEqual(expired)
  })

  test('is expired for another user, under another key, and as another kind of token', async () => {
    const world = createWorld()
    const phone = await begin(world)
    const ben = await world.twoFactor.beginSetup('ben', { proof, accountName: 'ben' })
    const others = [
      ben.ok ? ben.token : '',
      (await begin(createWorld({ keys: generateKey() }))).setupToken,
      pendingSecret(await world.store.record('ann')),
    ]
    for (const token of others) expect(await act(world.twoFactor, token, phone.code())).toEqual(expired)
    expect(await act(world.twoFactor, phone.setupToken, phone.code())).toMatchObject({ ok: true })
  })

  test('is expired once the setup was confirmed, canceled or ended by ten wrong codes', async () => {
    const ends: ((world: World, phone: Awaited<ReturnType<typeof begin>>) => Promise<unknown>)[] = [
      (world, { setupToken, ...phone }) => {
        return world.twoFactor.confirmSetup('ann', { token: setupToken, code: phone.code() })
      },
      (world, { setupToken }) => world.twoFactor.cancelSetup('ann', { token: setupToken }),
      async (world, phone) => {
        const typed = { token: phone.setupToken, code: wrongCode(world, phone) }
        for (let time = 0; time < 10; time += 1) await world.twoFactor.confirmSetup('ann', typed)
      },
      (world) => world.twoFactor.passwordChanged('ann'),
      (world) => world.twoFactor.admin.reset('ann', { by: 'sam', note: 'x' }),
    ]
    for (const end of ends) {
      const world = createWorld()
      const phone = await begin(world)
      await end(world, phone)
      world.store.forget()
      expect(await act(world.twoFactor, phone.setupToken, phone.next())).toEqual(expired)
      expect(world.store.saves).toBe(0)
    }
  })

  test('of a setup that was confirmed is not superseded by the next one: its authenticator is in use', async () => {
    const world = createWorld()
    const phone = await begin(world)
    await world.twoFactor.confirmSetup('ann', { token: phone.setupToken, code: phone.next() })
    await begin(world)
    expect(await act(world.twoFactor, phone.setupToken, phone.next())).toEqual(expired)
  })
})

describe('resumeSetup', () => {
  test('returns the same offer, in one read and no write, in any process', async () => {
    const world = createWorld({ totp: { algorithm: 'SHA256', digits: 8, periodSeconds: 60 } })
    const options = { proof, accountName: 'ann@example.com', issuer: 'Acme & Söhne' }
    const begun = await world.twoFactor.beginSetup('ann', options)
    if (!begun.ok) throw new Error(begun.reason)
    world.store.forget()
    world.heard()
    world.clock.advance({ seconds: 599 })
    expect(await world.another().resumeSetup('ann', { token: begun.token })).toEqual(begun)
    expect([world.store.loads, world.store.saves, world.heard()]).toEqual([1, 0, []])
  })

  test('counts nothing and ends nothing: the code is still valid', async () => {
    const world = createWorld()
    const phone = await begin(world)
    for (let time = 0; time < 20; time += 1) {
      expect(await world.twoFactor.resumeSetup('ann', { token: phone.setupToken })).toMatchObject({ ok: true })
    }
    const typed = { token: phone.setupToken, code: phone.next() }
    expect(await world.twoFactor.confirmSetup('ann', typed)).toMatchObject({ ok: true })
  })

  test('works after another key was put before the one that sealed the setup', async () => {
    const world = createWorld()
    const phone = await begin(world)
    const later = world.another({ keys: `${generateKey()},${world.keys}` })
    const again = await later.resumeSetup('ann', { token: phone.setupToken })
    expect(again).toMatchObject({ ok: true, secret: phone.secret })
  })

  test('shows a required setup too', async () => {
    const world = createWorld({ isRequired: () => true })
    const challenge = await challengeToken(world, 'ann')
    const begun = await world.twoFactor.beginRequiredSetup(challenge, { accountName: 'ann' })
    if (!begun.ok) throw new Error(begun.reason)
    expect(await world.twoFactor.resumeSetup('ann', { token: begun.token })).toMatchObject({
      ok: true,
      uri: begun.uri,
      secret: begun.secret,
    })
  })
})

describe('cancelSetup', () => {
  test('ends the setup in one write and leaves the rest as it is', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const tablet = await begin(world)
    world.store.forget()
    world.heard()
    expect(await world.twoFactor.cancelSetup('ann', { token: tablet.setupToken })).toEqual({ ok: true })
    expect([world.store.loads, world.store.saves, world.heard()]).toEqual([1, 1, []])
    expect((await world.twoFactor.status('ann')).pendingSetup).toBeNull()
    expect(await world.twoFactor.verify('ann', { code: phone.next() })).toMatchObject({ ok: true })
  })
})

describe('a required setup', () => {
  test('accepts its offer’s token with the first code, but not that of an offer that was replaced', async () => {
    const world = createWorld({ isRequired: () => true })
    const token = await challengeToken(world, 'ann')
    const [first, second] = [await beginRequired(world, token), await beginRequired(world, token)]
    world.store.forget()
    const complete = (setupToken: string | undefined, code: string) =>
      world.twoFactor.completeChallenge(token, { setupToken, code })
    expect(await complete(first.setupToken, first.next())).toEqual(superseded)
    expect(await complete(undefined, second.code())).toEqual(expired)
    expect(await complete('made up', second.code())).toEqual(expired)
    expect(world.store.saves).toBe(0)
    expect(await complete(second.setupToken, second.next())).toMatchObject({ ok: true })
  })

  test('that somebody else began is not confirmed by the owner’s code', async () => {
    const world = createWorld({ isRequired: () => true })
    const [mine, theirs] = [await challengeToken(world, 'ann'), await challengeToken(world, 'ann')]
    const phone = await beginRequired(world, mine)
    const planted = await beginRequired(world, theirs)
    const typed = { setupToken: phone.setupToken, code: planted.code() }
    expect(await world.twoFactor.completeChallenge(mine, typed)).toEqual(superseded)
    expect((await world.twoFactor.status('ann')).enabled).toBe(false)
  })
})

describe('resumeRequiredSetup', () => {
  const challengeExpired = { ok: false, reason: 'challenge-expired', retryAfterSeconds: null }

  test('returns the same offer, in one read and no write, by the same challenge or a later one', async () => {
    const world = createWorld({ isRequired: () => true })
    const challenge = await challengeToken(world, 'ann')
    const begun = await world.twoFactor.beginRequiredSetup(challenge, { accountName: 'ann@example.com' })
    if (!begun.ok) throw new Error(begun.reason)
    const { token: setupToken } = begun
    world.store.forget()
    world.heard()
    world.clock.advance({ seconds: 299 })
    expect(await world.another().resumeRequiredSetup(challenge, { setupToken })).toEqual(begun)
    expect([world.store.loads, world.store.saves, world.heard()]).toEqual([1, 0, []])

    world.clock.advance({ seconds: 1 })
    expect(await world.twoFactor.resumeRequiredSetup(challenge, { setupToken })).toEqual(challengeExpired)
    const later = await challengeToken(world, 'ann')
    const again = await world.twoFactor.resumeRequiredSetup(later, { setupToken })
    // The setup ends ten minutes after it began, and each challenge after five.
    expect(again).toEqual({ ...begun, expiresAtMs: START + 10 * MINUTE })
    const typed = { setupToken, code: phoneFor(world, begun).next() }
    expect(await world.twoFactor.completeChallenge(later, typed)).toMatchObject({ ok: true })
  })

  test('shows nothing without the challenge’s own browser', async () => {
    const world = createWorld({ isRequired: () => true })
    const challenge = await world.twoFactor.challenge('ann', { binding: 'mine' })
    const token = challenge.passed ? '' : challenge.token
    const begun = await world.twoFactor.beginRequiredSetup(token, { accountName: 'ann', binding: 'mine' })
    const setupToken = begun.ok ? begun.token : ''
    for (const binding of [undefined, 'yours']) {
      expect(await world.twoFactor.resumeRequiredSetup(token, { setupToken, binding })).toEqual(challengeExpired)
    }
    expect(await world.twoFactor.resumeRequiredSetup(token, { setupToken, binding: 'mine' })).toEqual(begun)
  })

  test('shows nothing without the offer’s token: not to whoever knows the password, and not another user’s', async () => {
    const world = createWorld({ isRequired: () => true })
    const challenge = await challengeToken(world, 'ann')
    const { setupToken } = await beginRequired(world, challenge)
    const bens = await beginRequired(world, await challengeToken(world, 'ben'))
    for (const wrong of [undefined, '', 'made up', challenge, bens.setupToken, null, 5, 'x'.repeat(1_000_000)]) {
      const options = { setupToken: untyped<string>(wrong) }
      expect(await world.twoFactor.resumeRequiredSetup(challenge, options)).toEqual(expired)
    }
    const other = await challengeToken(world, 'ben')
    expect(await world.twoFactor.resumeRequiredSetup(other, { setupToken })).toEqual(expired)
  })

  test('says that another setup began since', async () => {
    const world = createWorld({ isRequired: () => true })
    const challenge = await challengeToken(world, 'ann')
    const first = await beginRequired(world, challenge)
    const second = await beginRequired(world, await challengeToken(world, 'ann'))
    const resume = ({ setupToken }: { setupToken: string }) =>
      world.twoFactor.resumeRequiredSetup(challenge, { setupToken })
    expect(await resume(first)).toEqual(superseded)
    expect(await resume(second)).toMatchObject({ ok: true, secret: second.secret })
  })

  test('shows nothing once the challenge was used, the user has an authenticator, or the password changed', async () => {
    const ends: [reason: string, (world: World, challenge: string, phone: Phone) => Promise<unknown>][] = [
      [
        'challenge-used',
        (world, challenge, phone) => {
          const typed = { setupToken: phone.setupToken, code: phone.next() }
          return world.twoFactor.completeChallenge(challenge, typed)
        },
      ],
      ['challenge-expired', (world) => enrolled(world)],
      ['challenge-expired', (world) => world.twoFactor.passwordChanged('ann')],
      ['challenge-expired', (world) => world.twoFactor.admin.reset('ann', { by: 'sam', note: 'x' })],
    ]
    for (const [reason, end] of ends) {
      const world = createWorld({ isRequired: () => true })
      const challenge = await challengeToken(world, 'ann')
      const phone = await beginRequired(world, challenge)
      await end(world, challenge, phone)
      const { setupToken } = phone
      expect(await world.twoFactor.resumeRequiredSetup(challenge, { setupToken })).toMatchObject({ ok: false, reason })
    }
  })

  test('accepts no challenge that requires a code: a pending setup is not shown without the second factor', async () => {
    const world = createWorld({ isRequired: () => true })
    await enrolled(world)
    const { setupToken } = await begin(world)
    const challenge = await challengeToken(world, 'ann')
    expect(await world.twoFactor.resumeRequiredSetup(challenge, { setupToken })).toEqual(challengeExpired)
  })
})

describe('the type of a setup', () => {
  test.each([undefined, 'totp'] as const)('given as %j offers an authenticator app', async (type) => {
    const world = createWorld()
    const begun = await world.twoFactor.beginSetup('ann', { proof, accountName: 'ann', type })
    expect(begun).toMatchObject({ ok: true, type: 'totp', expiresAtMs: START + 10 * MINUTE })
  })

  test.each([
    ['passkey', /passkey verifier/],
    ['sms', /'totp'/],
    [null, /'totp'/],
    [{}, /'totp'/],
  ])('given as %j is a fault that says what is missing, before any I/O', async (type, words) => {
    const world = createWorld()
    const options = { proof, accountName: 'ann', type: untyped<'totp'>(type) }
    const faults = [
      await faultOf(() => world.twoFactor.beginSetup('ann', options)),
      await faultOf(() => world.twoFactor.beginRequiredSetup('x', options)),
    ]
    for (const { code, message } of faults) {
      expect([code, message]).toEqual(['invalid_option', expect.stringMatching(/^type must be/)])
      expect(message).toMatch(words)
    }
    expect([world.store.loads, world.passwordsChecked]).toEqual([0, []])
  })
})

test('a token fits into a cookie, with the longest account name', async () => {
  const world = createWorld()
  for (const accountName of ['€'.repeat(255), '💥'.repeat(127), '"'.repeat(255), '\u0001'.repeat(255)]) {
    const begun = await world.twoFactor.beginSetup('ann', { proof, accountName })
    if (!begun.ok) throw new Error(begun.reason)
    expect(begun.token.length).toBeLessThan(3000)
    const again = await world.twoFactor.resumeSetup('ann', { token: begun.token })
    expect(again).toMatchObject({ ok: true, uri: begun.uri })
  }
})

test('nothing in a token is readable', async () => {
  const world = createWorld()
  const phone = await begin(world)
  const bytes = Buffer.from(phone.setupToken.slice(phone.setupToken.indexOf('.') + 1), 'base64url').toString('latin1')
  for (const text of ['ann', phone.secret]) expect(bytes).not.toContain(text)
})

type Phone = Awaited<ReturnType<typeof beginRequired>>

async function begin(world: World) {
  const begun = await world.twoFactor.beginSetup('ann', { proof, accountName: 'ann@example.com' })
  if (!begun.ok) throw new Error(begun.reason)
  return phoneFor(world, begun)
}

async function beginRequired(world: World, token: string) {
  const begun = await world.twoFactor.beginRequiredSetup(token, { accountName: 'ann' })
  if (!begun.ok) throw new Error(begun.reason)
  return phoneFor(world, begun)
}
