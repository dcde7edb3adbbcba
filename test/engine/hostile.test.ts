import { CountersignError, reauthenticated, type TwoFactor } from 'countersign'
import { virtualAuthenticator } from 'countersign/testing'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  addPhone,
  createWorld,
  enrolled,
  knownDevice,
  PASSWORD,
  START,
  sealedIn,
  textsIn,
  type User,
  untyped,
  type World,
} from '../world.ts'

/** Each operation that a web layer may hand a whole request body to. None of them may succeed by it. */
const WITH_BODY: [string, (twoFactor: TwoFactor, body: never, token: string) => Promise<unknown>][] = [
  ['completeChallenge', (twoFactor, body, token) => twoFactor.completeChallenge(token, body)],
  ['verify', (twoFactor, body) => twoFactor.verify('ann', body)],
  ['beginSetup', (twoFactor, body) => twoFactor.beginSetup('ann', body)],
  ['confirmSetup', (twoFactor, body) => twoFactor.confirmSetup('ann', body)],
  ['resumeSetup', (twoFactor, body) => twoFactor.resumeSetup('ann', body)],
  ['markRecoveryCodesSaved', (twoFactor, body) => twoFactor.markRecoveryCodesSaved('ann', body)],
  ['cancelSetup', (twoFactor, body) => twoFactor.cancelSetup('ann', body)],
  ['viewRecoveryCodes', (twoFactor, body) => twoFactor.viewRecoveryCodes('ann', body)],
  ['regenerateRecoveryCodes', (twoFactor, body) => twoFactor.regenerateRecoveryCodes('ann', body)],
  ['removeAuthenticator', (twoFactor, body) => twoFactor.removeAuthenticator('ann', body)],
  ['disable', (twoFactor, body) => twoFactor.disable('ann', body)],
]

/** Values of every kind that JSON, a form or a header can bring, and some that they cannot. */
const HOSTILE: unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  -1,
  1e308,
  Number.NaN,
  123456,
  '',
  ' ',
  '000000',
  '\u0000',
  '\ud800',
  '１２３４５６',
  '__proto__',
  'constructor',
  'null',
  '{"code":"000000"}',
  "' OR 1=1 --",
  'x'.repeat(100_000),
  '0'.repeat(100_000),
  '-'.repeat(100_000),
  `k1.${'A'.repeat(3000)}`,
  [],
  [[]],
  ['000000'],
  [null],
  {},
  { length: 6 },
  { toString: 'x' },
  { valueOf: 1 },
  JSON.parse('{"then":"x"}'),
  { toJSON: 'x' },
  { $ne: null },
  { $gt: '' },
  JSON.parse('{"__proto__":{"ok":true,"code":"000000"}}'),
  JSON.parse('{"constructor":{"prototype":{"ok":true}}}'),
  10n,
  Symbol('x'),
  () => '000000',
  new Map(),
  new Date(START),
  new Uint8Array(6),
]

let world: World
let ann: User
let token: string

beforeEach(async () => {
  world = createWorld({ acceptedProofs: ['password', 'code', 'reauthenticated'] })
  ann = await enrolled(world)
  await world.twoFactor.beginSetup('ann', { proof: reauthenticated(START), accountName: 'ann' })
  const challenge = await world.twoFactor.challenge('ann')
  token = challenge.passed ? '' : challenge.token
  world.store.forget()
  world.heard()
})

afterEach(async () => {
  // Whatever came, the user is as well protected as before, and prototypes are as they were.
  expect(await world.twoFactor.status('ann')).toMatchObject({ enabled: true, authenticators: [{}] })
  expect(Object.keys(Object.prototype)).toEqual([])
  expect(Reflect.get({}, 'ok')).toBeUndefined()
})

describe('a hostile body passed as the whole options object opens nothing', () => {
  test.each(WITH_BODY)('%s', async (_name, act) => {
    for (const body of HOSTILE) await expectClosed(() => act(world.twoFactor, untyped(body), token))
  })

  test.each(WITH_BODY)('%s, from any JSON with meaningful names in it', async (_name, act) => {
    const names = ['code', 'proof', 'device', 'password', 'trustDevice', 'binding', 'id', 'accountName', 'replaces']
    const words = fc.constantFrom('000000', 'all', '', 'ann', true, null, 'reauthenticated', START)
    const key = fc.constantFrom(
      ...names,
      '__proto__',
      'countersign.reauthenticated',
      'Symbol(countersign.reauthenticated)',
    )
    const value = fc.oneof(words, fc.jsonValue(), fc.dictionary(key, fc.oneof(words, fc.dictionary(key, words))))
    await fc.assert(
      fc.asyncProperty(fc.dictionary(key, value), async (body) => {
        await expectClosed(() => act(world.twoFactor, untyped(JSON.parse(JSON.stringify(body))), token))
      }),
      { numRuns: 60 },
    )
  })
})

describe('what a client sends is an outcome, never a throw, of any type and any length', () => {
  test('as the token of a challenge', async () => {
    for (const value of HOSTILE) {
      const expired = { ok: false, reason: 'challenge-expired', retryAfterSeconds: null }
      expect(await world.twoFactor.completeChallenge(untyped(value), { code: '000000' })).toEqual(expired)
      const begun = await world.twoFactor.beginRequiredSetup(untyped(value), { accountName: 'ann' })
      expect(begun).toEqual(expired)
      expect(await world.twoFactor.resumeRequiredSetup(untyped(value), { setupToken: 'x' })).toEqual(expired)
    }
    expect([world.store.loads, world.store.saves]).toEqual([0, 0])
  })

  test('as code, device, binding or name of a device of a second step', async () => {
    const setup = await world.twoFactor.beginSetup('ann', { proof: { password: PASSWORD }, accountName: 'ann' })
    if (!setup.ok) throw new Error(setup.reason)
    for (const value of HOSTILE) {
      const hostile = untyped(value)
      const calls = [
        () => world.twoFactor.completeChallenge(token, { code: hostile }),
        () => world.twoFactor.completeChallenge(token, { code: '12345', device: hostile, deviceName: hostile }),
        () => world.twoFactor.completeChallenge(token, { code: '12345', binding: hostile, trustDevice: hostile }),
        () => world.twoFactor.verify('ann', { code: hostile, device: hostile }),
        () => world.twoFactor.confirmSetup('ann', { token: hostile, code: '000000' }),
        () => world.twoFactor.confirmSetup('ann', { token: setup.token, code: hostile }),
        () => world.twoFactor.resumeSetup('ann', { token: hostile }),
        () => world.twoFactor.cancelSetup('ann', { token: hostile }),
        () => world.twoFactor.completeChallenge(token, { code: '12345', setupToken: hostile }),
      ]
      for (const call of calls) expect(await call()).toMatchObject({ ok: false, reason: expect.any(String) })
      expect(await world.twoFactor.challenge('ann', { device: hostile })).toMatchObject({ passed: false })
      await world.twoFactor.admin.unlock('ann', { by: 'x', note: 'y' })
    }
  })

  test('as proof, and inside it', async () => {
    for (const value of HOSTILE) {
      for (const proof of [value, { password: value }, { code: value }]) {
        const call = () => world.twoFactor.disable('ann', { proof: untyped(proof), device: untyped(value) })
        expect(await call()).toMatchObject({ ok: false, reason: expect.any(String) })
      }
      await world.twoFactor.admin.unlock('ann', { by: 'x', note: 'y' })
    }
  })

  test('as the id of something', async () => {
    for (const value of HOSTILE.filter((one) => one !== undefined)) {
      const id = untyped<string>(value)
      const proof = reauthenticated(START)
      const gone = { ok: false, reason: 'not-found' }
      expect(await world.twoFactor.renameAuthenticator('ann', { id, name: 'x' })).toMatchObject(gone)
      expect(await world.twoFactor.removeAuthenticator('ann', { id, proof })).toMatchObject(gone)
      expect(await world.twoFactor.revokeTrustedDevices('ann', { id })).toMatchObject(gone)
      const setup = { proof, accountName: 'ann', replaces: id }
      expect(await world.twoFactor.beginSetup('ann', setup)).toMatchObject(gone)
    }
    expect(world.store.saves).toBe(0)
  })
})

test('a wrong argument of the host is a CountersignError that does not repeat it', async () => {
  const secret = 'SECRET-4711-SECRET'
  const long = secret.repeat(100)
  const proof = { password: PASSWORD }
  const calls = [
    () => world.twoFactor.challenge(long),
    () => world.twoFactor.challenge('ann', { binding: long }),
    () => world.twoFactor.challenge('ann', { state: long }),
    () => world.twoFactor.challenge('ann', { state: untyped({ long }) }),
    () => world.twoFactor.beginSetup('ann', { proof, accountName: untyped({ long }) }),
    () => world.twoFactor.beginSetup('ann', { proof, accountName: 'ann', issuer: `${secret}:` }),
    () => world.twoFactor.admin.reset('ann', { by: long, note: 'x' }),
    () => world.twoFactor.admin.importUser('ben', { authenticators: [{ secret }] }),
    () => world.twoFactor.admin.importUser('ben', { authenticators: untyped(secret) }),
  ]
  for (const call of calls) {
    const error = await call().catch((fault: unknown) => fault)
    expect(error).toBeInstanceOf(CountersignError)
    expect(String(error)).not.toContain(secret)
    expect(JSON.stringify(error)).not.toContain(secret)
  }
})

describe('swapped', () => {
  test('no sealed value serves another purpose or another user, as a token or in a record [CS-SEAL-01]', async () => {
    const ben = await enrolled(world, 'ben')
    const [anns, bens] = [await sealedFor(ann), await sealedFor(ben)]
    const values = [...anns.tokens.values(), ...bens.tokens.values(), ...anns.stored, ...bens.stored]
    expect(new Set(values).size).toBe(values.length)
    expect(values).toHaveLength(18)

    const proof = () => reauthenticated(world.clock.now())
    const others = (...own: unknown[]) => values.filter((value) => !own.includes(value))
    const { twoFactor } = world
    for (const token of others(anns.tokens.get('device')))
      expect(await twoFactor.challenge('ann', { device: token })).toMatchObject({ passed: false })
    for (const token of others(anns.tokens.get('challenge'), bens.tokens.get('challenge')))
      expect(await twoFactor.completeChallenge(token, { code: ben.phone.code() })).toMatchObject({
        reason: 'challenge-expired',
      })
    for (const token of others(anns.tokens.get('setup')))
      expect(await twoFactor.resumeSetup('ann', { token })).toMatchObject({ reason: 'setup-expired' })
    for (const token of others(anns.tokens.get('view')))
      expect(await twoFactor.regenerateRecoveryCodes('ann', { proof: { token } })).toMatchObject({
        reason: 'proof-required',
      })

    const { record } = anns
    const [app] = record?.authenticators ?? []
    const [issued] = record?.issuedCodes ?? []
    const places: [own: string[], plant: (sealed: string) => unknown, open: () => Promise<unknown>][] = [
      [
        sealedIn([app, record?.pending]),
        (secret) => ({ ...record, authenticators: [{ ...app, secret }] }),
        () => twoFactor.verify('ann', { code: ben.phone.code() }),
      ],
      [
        sealedIn(record?.recoveryCodes),
        (sealed) => ({ ...record, recoveryCodes: { ...record?.recoveryCodes, sealed } }),
        () => twoFactor.viewRecoveryCodes('ann', { proof: proof() }),
      ],
      [
        sealedIn(issued),
        (sealed) => ({ ...record, issuedCodes: [{ ...issued, sealed }] }),
        () => twoFactor.verify('ann', { code: 'AAAA-AAAA-AAAA-AAAA' }),
      ],
    ]
    for (const [own, plant, open] of places) {
      for (const sealed of others(...own)) {
        await world.store.plant('ann', plant(sealed))
        await expect(open()).rejects.toMatchObject({ code: 'record_invalid' })
      }
    }
    await world.store.plant('ann', record)
  })

  test('changing any character of a token makes it invalid', async () => {
    const device = await knownDevice(world, ann, { trustDevice: true })
    const challenge = await world.twoFactor.challenge('ann')
    const good = challenge.passed ? '' : challenge.token
    const edits = (text: string) =>
      fc.tuple(fc.nat(text.length - 1), fc.constantFrom(...'AZaz09-_.=+/ é\u0000')).map(([at, character]) => {
        return `${text.slice(0, at)}${character}${text.slice(at + 1)}`
      })
    await fc.assert(
      fc.asyncProperty(edits(good), edits(device), async (forged, forgedDevice) => {
        fc.pre(forged !== good && forgedDevice !== device)
        const result = await world.twoFactor.completeChallenge(forged, { code: '000000' })
        expect(result).toMatchObject({ reason: 'challenge-expired' })
        expect(await world.twoFactor.challenge('ann', { device: forgedDevice })).toMatchObject({ passed: false })
      }),
      { numRuns: 150 },
    )
    expect(await world.twoFactor.challenge('ann', { device })).toMatchObject({ passed: true })
  })

  test('nothing in a token is readable', async () => {
    const state = { next: 'state-4711' }
    const challenge = await world.twoFactor.challenge('ann', { state, binding: 'binding-4711' })
    const text = challenge.passed ? '' : challenge.token
    const bytes = atob(
      text
        .slice(text.indexOf('.') + 1)
        .replaceAll('-', '+')
        .replaceAll('_', '/'),
    )
    for (const secret of ['ann', 'state-4711', 'binding-4711', 'code']) expect(bytes).not.toContain(secret)
  })
})

describe('the work of a parser is limited', () => {
  test('codes, tokens, devices and passwords of megabytes are refused before any work', async () => {
    const huge = '7'.repeat(20_000_000)
    const before = process.cpuUsage()
    for (let time = 0; time < 20; time += 1) {
      await world.twoFactor.completeChallenge(huge, { code: huge, device: huge })
      await world.twoFactor.verify('ann', { code: huge, device: huge })
      await world.twoFactor.disable('ann', { proof: { password: huge } })
      await world.twoFactor.disable('ann', { proof: { code: huge } })
    }
    // Processor time, not the clock's: other programs may be busy. Reading 80 such texts once would take longer.
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(1000)
    expect([world.store.saves, world.passwordsChecked]).toEqual([0, []])
  })
})

test('in a whole attack no error or outcome reveals a secret that it is not meant to', async () => {
  const other = createWorld()
  const phone = await addPhone(other, 'ann')
  const secrets = [phone.secret, ...(phone.recoveryCodes ?? []), ...sealedIn(await other.store.record('ann'))]
  const said: unknown[] = []
  const keep = async (call: () => Promise<unknown>) => said.push(await call().catch((error: unknown) => String(error)))
  for (const value of HOSTILE.slice(0, 24)) {
    await keep(() => other.twoFactor.verify('ann', { code: untyped(value), device: untyped(value) }))
    await keep(() => other.twoFactor.disable('ann', { proof: { password: untyped(value) } }))
    await keep(() => other.twoFactor.renameAuthenticator('ann', { id: untyped(value), name: untyped(value) }))
    await keep(() => other.twoFactor.challenge('ann', { state: untyped(value), device: untyped(value) }))
    await keep(() => other.twoFactor.status('ann'))
  }
  const text = textsIn(said).join('\n')
  for (const secret of secrets) expect(text).not.toContain(secret)
})

test('a getter in a body is read once, so that its value cannot change between check and use', async () => {
  let reads = 0
  const proof = Object.defineProperty({}, 'password', {
    enumerable: true,
    get: () => {
      reads += 1
      return reads === 1 ? 'wrong' : PASSWORD
    },
  })
  expect(await world.twoFactor.disable('ann', { proof: untyped(proof) })).toMatchObject({ ok: false })
  expect([reads, world.passwordsChecked]).toEqual([1, ['wrong']])
})

test('a setup begun by somebody else’s body confirms nothing', async () => {
  const proof = untyped<{ password: string }>({ password: { password: PASSWORD } })
  const begun = await world.twoFactor.beginSetup('ann', { proof, accountName: 'ann' })
  expect(begun).toMatchObject({ ok: false, reason: 'wrong-password' })
  const phone = virtualAuthenticator(`otpauth://totp/x?secret=${ann.phone.secret}`, { now: world.clock.now })
  expect(await world.twoFactor.confirmSetup('ann', { token: '', code: phone.code() })).toMatchObject({
    reason: 'setup-expired',
  })
})

/** An honest refusal or a fault of the library's own: never success, never any other error. */
async function expectClosed(call: () => Promise<unknown>): Promise<void> {
  const result: unknown = await call().catch((error: unknown) => error)
  if (result instanceof CountersignError) return
  expect(result).toMatchObject({ ok: false, reason: expect.any(String) })
}

/** One of each token that this user can have, and each sealed value of the record. */
async function sealedFor(user: User) {
  const { userId } = user
  const { twoFactor, clock } = world
  const device = await knownDevice(world, user, { trustDevice: true })
  const challenge = await twoFactor.challenge(userId)
  const setup = await twoFactor.beginSetup(userId, { proof: reauthenticated(clock.now()), accountName: userId })
  const stepUp = await twoFactor.beginStepUp(userId)
  const view = await twoFactor.viewRecoveryCodes(userId, { proof: reauthenticated(clock.now()) })
  await twoFactor.admin.issueRecoveryCode(userId, { by: 'staff', note: 'A lost phone' })
  if (challenge.passed || !setup.ok || !stepUp.ok || !view.ok) throw new Error('There is no token.')
  const tokens = new Map([
    ['device', device],
    ['challenge', challenge.token],
    ['setup', setup.token],
    ['step-up', stepUp.token],
    ['view', view.token],
  ])
  const record = await world.store.record(userId)
  return { tokens, record, stored: sealedIn(record) }
}
