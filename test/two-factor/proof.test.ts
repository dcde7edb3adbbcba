import { type CountersignError, type Proof, reauthenticated, type TwoFactor } from 'countersign'
import { describe, expect, test, vi } from 'vitest'
import { addPhone, createWorld, enrolled, faultOf, PASSWORD, START, untyped, type World, wrongCode } from '../world.ts'

const required = { ok: false, reason: 'proof-required', retryAfterSeconds: null }

/** Each operation that asks for proof, on a user who has two authenticators. */
const SENSITIVE: [string, (twoFactor: TwoFactor, proof: Proof, id: string) => Promise<{ ok: boolean }>][] = [
  ['beginSetup', (twoFactor, proof) => twoFactor.beginSetup('ann', { proof, accountName: 'ann' })],
  ['viewRecoveryCodes', (twoFactor, proof) => twoFactor.viewRecoveryCodes('ann', { proof })],
  ['regenerateRecoveryCodes', (twoFactor, proof) => twoFactor.regenerateRecoveryCodes('ann', { proof })],
  ['removeAuthenticator', (twoFactor, proof, id) => twoFactor.removeAuthenticator('ann', { id, proof })],
  ['proof', (twoFactor, proof) => twoFactor.verifyProof('ann', { proof })],
  ['disable', (twoFactor, proof) => twoFactor.disable('ann', { proof })],
]

async function ready(options: Parameters<typeof createWorld>[0] = {}) {
  const world = createWorld(options)
  const user = await enrolled(world)
  const more = world.another({ verifyPassword: () => true, acceptedProofs: ['password'] })
  const begun = await more.beginSetup('ann', { proof: { password: PASSWORD }, accountName: 'ann' })
  if (!begun.ok) throw new Error(begun.reason)
  const { generateTotp } = await import('countersign/otp')
  const code = generateTotp({ secret: begun.secret, timeMs: world.clock.now() })
  const tablet = await more.confirmSetup('ann', { token: begun.token, code })
  if (!tablet.ok) throw new Error(tablet.reason)
  world.store.forget()
  world.heard()
  return { ...user, world, id: tablet.authenticatorId }
}

describe.each(SENSITIVE)('%s', (_name, act) => {
  test('takes the password', async () => {
    const { world, id } = await ready()
    expect(await act(world.twoFactor, { password: PASSWORD }, id)).toMatchObject({ ok: true })
    expect(world.passwordsChecked).toEqual([PASSWORD])
  })

  test('takes a code of the phone, which is spent by it, in one read and one write', async () => {
    const { world, id, phone } = await ready()
    const code = phone.next()
    expect(await act(world.twoFactor, { code }, id)).toMatchObject({ ok: true })
    expect([world.store.loads, world.store.saves]).toEqual([1, 1])
    if (_name === 'disable') return
    expect(await world.twoFactor.verify('ann', { code })).toMatchObject({ reason: 'code-used' })
  })

  test('takes a recovery code, which is spent by it', async () => {
    const { world, id, recoveryCodes } = await ready()
    const [code = ''] = recoveryCodes
    expect(await act(world.twoFactor, { code }, id)).toMatchObject({ ok: true })
    expect(world.events.some(({ type }) => type === 'recovery-code.used')).toBe(true)
    if (_name === 'disable' || _name === 'regenerateRecoveryCodes') return
    expect(await world.twoFactor.verify('ann', { code })).toMatchObject({ reason: 'code-used' })
  })

  test('does nothing on a wrong password, a wrong code, a used code [CS-PROOF-02]', async () => {
    const { world, id, phone } = await ready()
    const code = phone.next()
    await world.twoFactor.verify('ann', { code })
    const before = await world.twoFactor.status('ann')
    expect(await act(world.twoFactor, { password: 'wrong' }, id)).toMatchObject({ ok: false, reason: 'wrong-password' })
    const wrong = wrongCode(world, phone)
    expect(await act(world.twoFactor, { code: wrong }, id)).toMatchObject({ ok: false, reason: 'wrong-code' })
    expect(await act(world.twoFactor, { code }, id)).toMatchObject({ ok: false, reason: 'code-used' })
    expect(await world.twoFactor.status('ann')).toEqual(before)
  })

  test('takes `reauthenticated` only where the backend says so', async () => {
    const { world, id } = await ready()
    const proof = reauthenticated(START)
    expect(await act(world.twoFactor, proof, id)).toEqual(required)
    const trusting = world.another({ acceptedProofs: ['reauthenticated'], verifyPassword: undefined })
    expect(await act(trusting, proof, id)).toMatchObject({ ok: true })
  })

  test.each(forged())('is not opened by %s', async (_what, proof) => {
    const { world, id } = await ready({ acceptedProofs: ['password', 'code', 'reauthenticated'] })
    world.store.forget()
    const result = await act(world.twoFactor, untyped(proof), id)
    expect(result).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^(proof-required|wrong-password|wrong-code)$/),
    })
    expect([world.store.saves, world.passwordsChecked]).toEqual([0, []])
  })

  test('is not opened by a polluted Object.prototype', async ({ onTestFinished }) => {
    const { world, id, phone } = await ready()
    const keys = { password: PASSWORD, proof: { password: PASSWORD }, code: phone.next() }
    onTestFinished(() => {
      for (const key of Object.keys(keys)) Reflect.deleteProperty(Object.prototype, key)
    })
    for (const [key, value] of Object.entries(keys)) {
      Object.defineProperty(Object.prototype, key, { value, configurable: true, enumerable: false })
    }
    expect(await act(world.twoFactor, untyped({}), id)).toEqual(required)
  })
})

/** What JSON, a query string or a careless merge could bring. None of it is a proof. */
function forged(): [string, unknown][] {
  class Password {
    get password() {
      return PASSWORD
    }
  }
  return [
    ['nothing', undefined],
    ['null', null],
    ['true', true],
    ['a text', PASSWORD],
    ['a number', 1],
    ['an empty object', {}],
    ['a list', [{ password: PASSWORD }]],
    ['the list of one text', [PASSWORD]],
    ['a list with a property', Object.assign([], { password: PASSWORD })],
    ['{ password: true }', { password: true }],
    ['{ password: null }', { password: null }],
    ['{ password: [] }', { password: [PASSWORD] }],
    ['{ password: {} }', { password: { toString: PASSWORD } }],
    ['{ password: undefined }', { password: undefined }],
    ['{ code: true }', { code: true }],
    ['{ code: [] }', { code: ['123456'] }],
    ['two kinds', { password: PASSWORD, code: '123456' }],
    ['two kinds, one undefined', { password: PASSWORD, code: undefined }],
    ['two kinds, one vouched', { password: PASSWORD, ...reauthenticated(START) }],
    ['an extra key', { password: PASSWORD, admin: true }],
    ['an extra symbol', { password: PASSWORD, [Symbol('x')]: 1 }],
    ['a hidden extra key', Object.defineProperty({ password: PASSWORD }, 'x', { value: 1, enumerable: false })],
    ['an inherited password', Object.create({ password: PASSWORD })],
    ['a getter of a class', new Password()],
    ['the name of the kind', { reauthenticated: START }],
    ['the name of the symbol', { 'countersign.reauthenticated': START }],
    ['text that looks like the symbol', { 'Symbol(countersign.reauthenticated)': START }],
    ['another symbol of that description', { [Symbol('countersign.reauthenticated')]: START }],
    ['__proto__ out of JSON', JSON.parse(`{"__proto__":{"password":"${PASSWORD}"}}`)],
    ['constructor out of JSON', JSON.parse(`{"constructor":{"prototype":{"password":"${PASSWORD}"}}}`)],
    ['`reauthenticated` that went through JSON', JSON.parse(JSON.stringify(reauthenticated(START)))],
    ['a function', () => ({ password: PASSWORD })],
    ['a promise', Promise.resolve({ password: PASSWORD })],
    ['a map', new Map([['password', PASSWORD]])],
    ['a password of a megabyte', { password: 'x'.repeat(1_000_000) }],
    ['a code of a megabyte', { code: '1'.repeat(1_000_000) }],
  ]
}

describe('reauthenticated', () => {
  const options = { acceptedProofs: ['reauthenticated'], verifyPassword: undefined } as const

  test('counts for five minutes, and from the future never', async () => {
    const outcome = async (ageSeconds: number) => {
      const world = createWorld(options)
      await enrolled(world)
      const atMs = START - ageSeconds * 1000
      const result = await world.twoFactor.viewRecoveryCodes('ann', { proof: reauthenticated(atMs) })
      return result.ok ? 'ok' : result.reason
    }
    expect(await Promise.all([-0.001, 0, 1, 300, 300.001, 86_400].map(outcome))).toEqual([
      'proof-required',
      'ok',
      'ok',
      'ok',
      'proof-required',
      'proof-required',
    ])
  })

  test('serves for the first setup of people without a password', async () => {
    const world = createWorld(options)
    const proof = reauthenticated(world.clock.now())
    expect(await world.twoFactor.beginSetup('ann', { proof, accountName: 'ann' })).toMatchObject({ ok: true })
    expect(await world.twoFactor.beginSetup('ann', { proof: { password: 'x' }, accountName: 'ann' })).toEqual(required)
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1, '2026-01-01', undefined, null, new Date(START)])(
    'passed %j is a fault of the host',
    async (atMs) => {
      const { code, message } = await faultOf(() => reauthenticated(untyped(atMs)))
      expect([code, message]).toEqual(['invalid_option', expect.stringContaining('atMs')])
    },
  )

  test('cannot be changed after it was made', () => {
    expect(Object.isFrozen(reauthenticated(START))).toBe(true)
  })
})

describe('acceptedProofs', () => {
  test("['code'] asks for a fresh second factor while it is on, and for the password at the first setup [CS-PROOF-01]", async () => {
    const world = createWorld({ acceptedProofs: ['code'] })
    const password = { proof: { password: PASSWORD } }
    expect(await world.twoFactor.beginSetup('ann', { ...password, accountName: 'ann' })).toMatchObject({ ok: true })
    for (const [name, act] of SENSITIVE) {
      const { world, id, phone } = await ready({ acceptedProofs: ['code'] })
      expect(await act(world.twoFactor, { password: PASSWORD }, id), name).toEqual(required)
      expect([world.store.saves, world.passwordsChecked], name).toEqual([0, []])
      expect(await act(world.twoFactor, { code: phone.next() }, id), name).toMatchObject({ ok: true })
    }
  })

  test("['code', 'reauthenticated'] takes no password, and asks for none, where there is no hook to check it", async () => {
    const acceptedProofs = ['code', 'reauthenticated'] as const
    const world = createWorld({ acceptedProofs, verifyPassword: undefined })
    expect((await world.twoFactor.status('ann')).acceptedProofs).toEqual(['reauthenticated'])
    const given = { proof: { password: PASSWORD }, accountName: 'ann' }
    expect(await world.twoFactor.beginSetup('ann', given)).toEqual(required)
  })

  test("['password'] takes no code", async () => {
    const world = createWorld({ acceptedProofs: ['password'] })
    const { phone } = await enrolled(world)
    const code = phone.next()
    expect(await world.twoFactor.disable('ann', { proof: { code } })).toEqual(required)
    expect(await world.twoFactor.verify('ann', { code })).toMatchObject({ ok: true })
  })

  test('a code proves nothing before the first setup', async () => {
    const world = createWorld()
    const options = { proof: { code: '123456' }, accountName: 'ann' }
    expect(await world.twoFactor.beginSetup('ann', options)).toEqual(required)
    const pending = { proof: { password: PASSWORD }, accountName: 'ann' }
    const begun = await world.twoFactor.beginSetup('ann', pending)
    if (!begun.ok) throw new Error(begun.reason)
    expect(await world.twoFactor.beginSetup('ann', options)).toEqual(required)
  })
})

describe('a refusal comes before any proof is used', () => {
  test('a code is not used for an operation that cannot happen', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const code = phone.next()
    const [{ id = '' } = {}] = (await world.twoFactor.status('ann')).authenticators
    const proof = { code }
    expect(await world.twoFactor.removeAuthenticator('ann', { id, proof })).toMatchObject({
      reason: 'last-authenticator',
    })
    expect(await world.twoFactor.removeAuthenticator('ann', { id: 'x', proof })).toMatchObject({
      reason: 'not-found',
    })
    expect(await world.twoFactor.disable('ann', { proof })).toMatchObject({ ok: true })
  })

  test('no password is checked for an operation that cannot happen', async () => {
    const world = createWorld()
    expect(await world.twoFactor.disable('ann', { proof: { password: PASSWORD } })).toMatchObject({
      reason: 'not-enabled',
    })
    expect(world.passwordsChecked).toEqual([])
  })
})

describe('verifyPassword', () => {
  test.each([1, 'yes', undefined, null, {}, [], 'true', new Object(true)])(
    'that returns %j is a fault of the host, and no failure of the person',
    async (answer) => {
      const world = createWorld({ verifyPassword: untyped(() => answer) })
      await enrolled(world)
      world.store.forget()
      for (let time = 0; time < 10; time += 1) {
        const { code } = await faultOf(() => world.twoFactor.disable('ann', { proof: { password: PASSWORD } }))
        expect(code).toBe('hook_invalid')
      }
      expect(world.store.saves).toBe(0)
      expect(await world.twoFactor.status('ann')).toMatchObject({
        enabled: true,
        throttle: { passwords: { state: 'open' } },
      })
    },
  )

  test('may answer at once or later', async () => {
    for (const verifyPassword of [() => true, async () => true]) {
      const world = createWorld({ verifyPassword })
      await enrolled(world)
      expect(await world.twoFactor.disable('ann', { proof: { password: 'x' } })).toMatchObject({ ok: true })
    }
  })

  test.each([
    ['rejects', async () => Promise.reject(new Error('users database down'))],
    [
      'throws',
      () => {
        throw new Error('users database down')
      },
    ],
  ])('that %s is the error of the caller, counts as no failure and writes nothing', async (_how, verifyPassword) => {
    const world = createWorld({ verifyPassword })
    await enrolled(world)
    for (let time = 0; time < 10; time += 1) {
      const attempt = world.twoFactor.disable('ann', { proof: { password: PASSWORD } })
      await expect(attempt).rejects.toThrow('users database down')
    }
    expect(world.store.saves).toBe(0)
    const healthy = world.another({ verifyPassword: () => true })
    expect(await healthy.disable('ann', { proof: { password: PASSWORD } })).toMatchObject({ ok: true })
  })

  test('is asked once for an attempt, with the user and the password as they were given', async () => {
    const asked: unknown[][] = []
    const world = createWorld({ verifyPassword: (...given: unknown[]) => asked.push(given) > 0 })
    await enrolled(world, '__proto__')
    const password = ' pässwörd \u0000 '
    expect(await world.twoFactor.disable('__proto__', { proof: { password } })).toMatchObject({ ok: true })
    expect(asked).toEqual([['__proto__', password]])
  })

  test('is asked once though other writers keep winning meanwhile', async () => {
    const world = createWorld()
    const { recoveryCodes } = await enrolled(world)
    const rival = world.another({ store: { load: world.store.load, save: world.store.save } })
    let rivals = 0
    const slow = world.another({
      store: {
        load: world.store.load,
        save: async (userId, change) => {
          if (rivals < 5) {
            rivals += 1
            await rival.verify('ann', { code: recoveryCodes[rivals] ?? '' })
          }
          return world.store.save(userId, change)
        },
      },
    })
    expect(await slow.regenerateRecoveryCodes('ann', { proof: { password: PASSWORD } })).toMatchObject({ ok: true })
    expect([rivals, world.passwordsChecked]).toEqual([5, [PASSWORD]])
  })

  test('is called for at most five attempts of a user at once; what comes beyond them is throttled', async () => {
    const answers: (() => void)[] = []
    const world = createWorld({
      verifyPassword: (_userId, password) =>
        new Promise((resolve) => answers.push(() => resolve(password === PASSWORD))),
    })
    await enrolled(world)
    await enrolled(world, 'ben')
    const view = (userId: string, password: string) =>
      world.twoFactor.viewRecoveryCodes(userId, { proof: { password } })
    const guesses = Array.from({ length: 500 }, (_, index) => view('ann', `guess ${index}`))
    const others = [view('ben', PASSWORD)]
    const beyond = { ok: false, reason: 'throttled', retryAfterSeconds: 1 }
    expect(await Promise.all(guesses.slice(5))).toEqual(new Array(495).fill(beyond))
    expect(answers).toHaveLength(6)
    for (const answer of answers.splice(0)) answer()
    for (const result of await Promise.all(guesses.slice(0, 5))) expect(result).toMatchObject({ ok: false })
    expect(await Promise.all(others)).toMatchObject([{ ok: true }])

    world.clock.advance({ seconds: 1 })
    const right = view('ann', PASSWORD)
    await vi.waitFor(() => expect(answers).toHaveLength(1))
    answers[0]?.()
    expect(await right).toMatchObject({ ok: true })
  })

  test('that hangs holds its place for 30 seconds, and then the owner is let in beside it', async () => {
    const hung: unknown[] = []
    const world = createWorld({
      verifyPassword: (_userId, password) => {
        if (password === PASSWORD) return true
        hung.push(password)
        return new Promise<boolean>(() => {})
      },
    })
    await enrolled(world)
    const view = (password: string) => world.twoFactor.viewRecoveryCodes('ann', { proof: { password } })
    for (let guess = 0; guess < 5; guess += 1) view(`guess ${guess}`)
    await vi.waitFor(() => expect(hung).toHaveLength(5))
    world.clock.advance({ seconds: 29.999 })
    expect(await view(PASSWORD)).toEqual({ ok: false, reason: 'throttled', retryAfterSeconds: 1 })
    world.clock.advance({ seconds: 0.001 })
    expect(await view(PASSWORD)).toMatchObject({ ok: true })
    for (let guess = 0; guess < 20; guess += 1) view(`another ${guess}`)
    await vi.waitFor(() => expect(hung).toHaveLength(10))
  })

  test('that hangs holds no place by a clock that was set back', async () => {
    const world = createWorld({
      verifyPassword: (_userId, password) => (password === PASSWORD ? true : new Promise<boolean>(() => {})),
    })
    await enrolled(world)
    const view = (password: string) => world.twoFactor.viewRecoveryCodes('ann', { proof: { password } })
    for (let guess = 0; guess < 5; guess += 1) view('guess')
    await vi.waitFor(async () => expect(await view(PASSWORD)).toMatchObject({ reason: 'throttled' }))
    world.clock.advance({ seconds: -86_400 })
    expect(await view(PASSWORD)).toMatchObject({ ok: true })
  })

  test('that rejects gives its place back', async () => {
    const world = createWorld({ verifyPassword: () => Promise.reject(new Error('directory down')) })
    await enrolled(world)
    for (let time = 0; time < 20; time += 1) {
      await expect(world.twoFactor.verifyProof('ann', { proof: { password: PASSWORD } })).rejects.toThrow('directory')
    }
  })

  test('that is missing is a fault that says so, if a password is the proof', async () => {
    const world = createWorld({ verifyPassword: undefined })
    await enrolled(world)
    const error = await world.twoFactor.disable('ann', { proof: { password: PASSWORD } }).catch((fault) => fault)
    const fault: CountersignError | { ok: false } = error
    if ('code' in fault) {
      expect([fault.code, fault.message]).toEqual(['invalid_option', expect.stringContaining('verifyPassword')])
      expect(fault.message).not.toContain(PASSWORD)
    } else expect(fault).toEqual(required)
  })

  test('is asked for a password of up to 1024 characters, and a longer one is wrong', async () => {
    const world = createWorld()
    await enrolled(world)
    for (const [length, asked] of [
      [1024, 1],
      [1025, 0],
    ] as const) {
      world.passwordsChecked.length = 0
      const proof = { password: 'x'.repeat(length) }
      expect(await world.twoFactor.disable('ann', { proof })).toMatchObject({ reason: 'wrong-password' })
      expect(world.passwordsChecked).toHaveLength(asked)
    }
  })

  test('waits after wrong passwords, and a code proves meanwhile', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    for (let time = 0; time < 6; time += 1) await world.twoFactor.disable('ann', { proof: { password: 'wrong' } })
    expect(await world.twoFactor.disable('ann', { proof: { password: PASSWORD } })).toMatchObject({
      reason: 'throttled',
    })
    expect(await world.twoFactor.disable('ann', { proof: { code: phone.next() } })).toMatchObject({ ok: true })
  })

  test('a right password proves nothing if too many were wrong while it was checked', async () => {
    const world = createWorld()
    await enrolled(world)
    const slow = world.another({
      verifyPassword: async () => {
        for (let time = 0; time < 6; time += 1) await world.twoFactor.disable('ann', { proof: { password: 'wrong' } })
        return true
      },
    })
    expect(await slow.disable('ann', { proof: { password: PASSWORD } })).toMatchObject({ reason: 'throttled' })
    expect((await world.twoFactor.status('ann')).enabled).toBe(true)
  })

  test('an old password proves nothing once the password change was written', async () => {
    for (const [, act] of SENSITIVE) {
      const { world, id } = await ready()
      const before = await world.twoFactor.status('ann')
      const slow = world.another({
        verifyPassword: async (userId) => {
          await world.twoFactor.passwordChanged(userId)
          return true
        },
      })
      expect(await act(slow, { password: PASSWORD }, id)).toEqual(required)
      const after = await world.twoFactor.status('ann')
      expect([after.enabled, after.authenticators, after.recoveryCodes, after.pendingSetup]).toEqual([
        before.enabled,
        before.authenticators,
        before.recoveryCodes,
        null,
      ])
    }
  })
})

test('trust in a device replaces no proof', async () => {
  const world = createWorld()
  const { phone } = await enrolled(world)
  const token = await challengeOf(world)
  const signedIn = await world.twoFactor.completeChallenge(token, { code: phone.next(), trustDevice: true })
  if (!signedIn.ok) throw new Error(signedIn.reason)
  const device = signedIn.device.token
  expect(await world.twoFactor.disable('ann', untyped({ device }))).toEqual(required)
  expect(await world.twoFactor.disable('ann', untyped({ device, proof: { device } }))).toEqual(required)
  const wrong = { code: wrongCode(world, phone), device }
  expect(await world.twoFactor.verify('ann', wrong)).toMatchObject({ reason: 'wrong-code' })
})

test('a proof of one user serves for no other', async () => {
  const world = createWorld()
  const { phone, recoveryCodes } = await enrolled(world, 'ann')
  await addPhone(world, 'ben')
  for (const code of [phone.next(), recoveryCodes[0] ?? '']) {
    expect(await world.twoFactor.disable('ben', { proof: { code } })).toMatchObject({
      ok: false,
      reason: 'wrong-code',
    })
  }
})

async function challengeOf(world: World): Promise<string> {
  const challenge = await world.twoFactor.challenge('ann')
  return challenge.passed ? '' : challenge.token
}

describe('verifyProof', () => {
  test('changes nothing of what a user has', async () => {
    const { world } = await ready()
    const before = await world.twoFactor.status('ann')
    expect(await world.twoFactor.verifyProof('ann', { proof: { password: PASSWORD } })).toEqual({ ok: true })
    expect(await world.twoFactor.status('ann')).toEqual(before)
  })

  test('by a fresh sign-in writes nothing, with a record or without', async () => {
    const world = createWorld({ acceptedProofs: ['reauthenticated'] })
    const proof = reauthenticated(START)
    expect(await world.twoFactor.verifyProof('bob', { proof })).toEqual({ ok: true })
    await enrolled(world)
    expect(await world.twoFactor.verifyProof('ann', { proof })).toEqual({ ok: true })
    expect(world.store.saves).toBe(0)
  })

  test('serves users without two-factor authentication, and counts their wrong passwords', async () => {
    const world = createWorld()
    for (let time = 0; time < 5; time += 1) {
      const wrong = await world.twoFactor.verifyProof('bob', { proof: { password: 'wrong' } })
      expect(wrong).toMatchObject({ reason: 'wrong-password' })
    }
    const sixth = { proof: { password: PASSWORD } }
    expect(await world.twoFactor.verifyProof('bob', sixth)).toMatchObject({ reason: 'throttled' })
    world.clock.advance({ seconds: 60 })
    expect(await world.twoFactor.verifyProof('bob', sixth)).toEqual({ ok: true })
    expect(await world.twoFactor.status('bob')).toMatchObject({ enabled: false, enabledAtMs: null })
  })

  test('status says which kinds would be accepted now', async () => {
    const world = createWorld({ acceptedProofs: ['code', 'reauthenticated'] })
    expect((await world.twoFactor.status('ann')).acceptedProofs).toEqual(['password', 'reauthenticated'])
    await enrolled(world)
    expect((await world.twoFactor.status('ann')).acceptedProofs).toEqual(['code', 'reauthenticated'])
  })
})
