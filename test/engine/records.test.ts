import { createTwoFactor, generateKey, keyRing, memoryStore, type TwoFactor } from 'countersign'
import { generateTotp } from 'countersign/otp'
import { beforeAll, describe, expect, test } from 'vitest'
import type { UserRecord } from '../../src/engine/record.ts'
import { sealSetup } from '../../src/engine/setup-token.ts'
import { createVault } from '../../src/vault/vault.ts'
import { addPasskey, passkeyWorld, steppingUp } from '../passkeys/world.ts'
import {
  addPhone,
  appsIn,
  createWorld,
  enrolled,
  faultOf,
  knownDevice,
  PASSWORD,
  sealedIn,
  signIn,
  untyped,
  type World,
  wrongCode,
} from '../world.ts'

const proof = { password: PASSWORD }
const staff = { by: 'sam', note: 'x' }
const STRONG = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'

type Path = readonly (string | number)[]
type Json = Record<string | number, unknown>

/** A user's record with something in each of its fields. */
async function everything(keep: 'sealed' | 'hashed'): Promise<{ world: World; record: UserRecord; code: string }> {
  const world = passkeyWorld({ recoveryCodes: { keep } })
  const phone = await addPhone(world, 'ann', { name: 'Phone' })
  const passkey = await addPasskey(world, 'ann', { name: 'Key' })
  const { token, passkey: options } = await steppingUp(world)
  await world.twoFactor.verify('ann', { passkey: await passkey.get(options, { counter: 1 }), token })
  const ann = { userId: 'ann', phone, recoveryCodes: phone.recoveryCodes ?? [] }
  await world.twoFactor.passwordChanged('ann')
  world.clock.advance({ seconds: 60 })
  const device = await knownDevice(world, ann)
  await world.twoFactor.revokeTrustedDevices('ann', { device })
  await signIn(world, 'ann', { code: phone.next(), device, trustDevice: true })
  world.clock.advance({ seconds: 300 })
  for (const code of ann.recoveryCodes.slice(0, 2)) await signIn(world, 'ann', { code })
  await world.twoFactor.beginSetup('ann', { proof, accountName: 'ann', replaces: 'all' })
  for (const given of [{}, { device }]) {
    await world.twoFactor.verify('ann', { code: wrongCode(world, phone), ...given })
    await world.twoFactor.verify('ann', {
      code: '0000-0000-0000-0000-0000-0000'.slice(0, keep === 'hashed' ? 29 : 19),
      ...given,
    })
  }
  await world.twoFactor.verify('ann', { code: ann.recoveryCodes[0] ?? '' })
  await world.twoFactor.viewRecoveryCodes('ann', { proof: { password: 'wrong' } })
  await world.twoFactor.regenerateRecoveryCodes('ann', { proof: { password: 'wrong' } })
  for (let count = 0; count < 2; count += 1) {
    const issued = await world.twoFactor.admin.issueRecoveryCode('ann', staff)
    if (count === 0) await world.twoFactor.verify('ann', { code: issued.ok ? issued.recoveryCode : '' })
  }
  const there = { device, deviceName: 'Firefox on Linux' }
  await signIn(world, 'ann', { code: phone.next(), trustDevice: true, ...there })
  const [trusted] = (await world.twoFactor.status('ann')).trustedDevices
  await world.twoFactor.revokeTrustedDevices('ann', { id: trusted?.id, ...there })
  const { createdAtMs } = (await world.twoFactor.status('ann')).recoveryCodes
  await world.twoFactor.markRecoveryCodesSaved('ann', { createdAtMs: createdAtMs ?? 0 })
  const record = await world.store.record('ann')
  if (record === null) throw new Error('There is no record.')
  world.store.forget()
  world.heard()
  return { world, record, code: phone.next() }
}

describe.each(['sealed', 'hashed'] as const)('a damaged record, with recovery codes kept %s', (keep) => {
  let world: World
  let record: UserRecord

  beforeAll(async () => {
    const all = await everything(keep)
    world = all.world
    record = all.record
  })

  test('has a value to damage in each field', () => {
    const empty = pathsIn(record).filter((path) => {
      const value = valueAt(record, path)
      return value === null || (Array.isArray(value) && value.length === 0)
    })
    const isKnown = (path: Path) =>
      /hashes|recoveryCodes\.usedAtMs\[[1-9]\]|issuedCodes\[1\]\.usedAtMs$/.test(nameOf(path))
    expect(empty.filter((path) => !isKnown(path)).map(nameOf)).toEqual([])
  })

  test('is a fault that names the field that is missing, of a wrong type or out of range', async () => {
    const unnoticed: string[] = []
    let damages = 0
    for (const path of pathsIn(record)) {
      for (const [how, value] of wrongValues(valueAt(record, path), path)) {
        const damaged = withValue(record, path, value)
        const error = await faultIn(world, damaged, (twoFactor) => twoFactor.challenge('ann'))
        const field = nameOf(path)
        const isNamed = error?.code === 'record_invalid' && error.message.includes(field === '' ? 'record' : field)
        if (!isNamed) unnoticed.push(`${field} ${how}: ${error?.message ?? 'no fault'}`)
        damages += 1
      }
    }
    expect(unnoticed).toEqual([])
    expect(damages).toBeGreaterThan(500)
  })

  test('is never overwritten, whatever is called; only admin.reset works', async () => {
    const calls: ((twoFactor: TwoFactor) => Promise<unknown>)[] = [
      (twoFactor) => twoFactor.challenge('ann'),
      (twoFactor) => twoFactor.verify('ann', { code: '123456' }),
      (twoFactor) => twoFactor.beginSetup('ann', { proof, accountName: 'ann' }),
      (twoFactor) => twoFactor.confirmSetup('ann', { token: 'x', code: '123456' }),
      (twoFactor) => twoFactor.resumeSetup('ann', { token: 'x' }),
      (twoFactor) => twoFactor.cancelSetup('ann', { token: 'x' }),
      (twoFactor) => twoFactor.markRecoveryCodesSaved('ann', { createdAtMs: 0 }),
      (twoFactor) => twoFactor.status('ann'),
      (twoFactor) => twoFactor.viewRecoveryCodes('ann', { proof }),
      (twoFactor) => twoFactor.regenerateRecoveryCodes('ann', { proof: { code: '123456' } }),
      (twoFactor) => twoFactor.renameAuthenticator('ann', { id: 'x', name: 'x' }),
      (twoFactor) => twoFactor.removeAuthenticator('ann', { id: 'x', proof }),
      (twoFactor) => twoFactor.revokeTrustedDevices('ann'),
      (twoFactor) => twoFactor.disable('ann', { proof }),
      (twoFactor) => twoFactor.passwordChanged('ann'),
      (twoFactor) => twoFactor.admin.unlock('ann', staff),
      (twoFactor) => twoFactor.admin.issueRecoveryCode('ann', staff),
      (twoFactor) => twoFactor.admin.exportUser('ann', staff),
      (twoFactor) => twoFactor.admin.importUser('ann', { authenticators: [{ secret: STRONG }] }),
      (twoFactor) => twoFactor.admin.reseal('ann'),
    ]
    for (const path of [
      ['schema'],
      ['enrollment'],
      ['authenticators'],
      ['authenticators', 0, 'lastStep'],
      ['throttle'],
    ]) {
      const damaged = withValue(record, path, { wrong: true })
      for (const call of calls) expect(await faultIn(world, damaged, call)).toMatchObject({ code: 'record_invalid' })
    }
    expect(world.passwordsChecked.filter((password) => password === PASSWORD)).toHaveLength(3)
  })

  test('of another user is not taken for this one’s: its sealed values open nowhere else', async () => {
    const other = createWorld({ keys: world.keys, recoveryCodes: { keep } })
    other.clock.set(world.clock.now())
    const [authenticator] = record.authenticators
    const code = '0000-0000-0000-0000-0000-0000'.slice(0, keep === 'hashed' ? 29 : 19)
    await other.store.plant('ben', { ...record, issuedCodes: [] })
    expect(authenticator).toBeDefined()
    for (const [typed, field] of [
      ['123456', 'authenticators[0].secret'],
      [code, 'recoveryCodes.sealed'],
    ] as const) {
      const fault = await faultOf(() => other.twoFactor.verify('ben', { code: typed }))
      expect([fault.code, fault.message]).toEqual(['record_invalid', expect.stringContaining(field)])
    }
    const { id = '', expiresAtMs = 0 } = record.pending ?? {}
    const vault = createVault(keyRing(other.keys), other.random)
    const token = sealSetup(vault, 'ben', { id, expiresAtMs, issuer: null, accountName: 'ben' })
    const pending = await faultOf(() => other.twoFactor.confirmSetup('ben', { token, code: '123456' }))
    expect([pending.code, pending.message]).toEqual(['record_invalid', expect.stringContaining('pending.secret')])
    expect([other.store.saves, other.events]).toEqual([0, []])
  })

  test('whose sealed values were changed in one character or swapped is a fault where they are opened', async () => {
    const swapped = record.authenticators.map((one) => ({ ...one, secret: record.recoveryCodes?.sealed ?? '' }))
    const flipped = appsIn(record).map((one) => ({ ...one, secret: flip(one.secret) }))
    const cut = appsIn(record).map((one) => ({ ...one, secret: one.secret.slice(0, -4) }))
    const garbage = record.authenticators.map((one) => ({ ...one, secret: 'garbage' }))
    for (const authenticators of [swapped, flipped, cut, garbage]) {
      const error = await faultIn(world, { ...record, authenticators }, (twoFactor) => {
        return twoFactor.verify('ann', { code: '123456' })
      })
      expect(error?.message).toContain('authenticators[0].secret')
      for (const text of sealedIn(authenticators)) expect(error?.message).not.toContain(text)
    }
  })

  test('that lists more or fewer uses than there are codes is a fault, and no code is taken for another', async () => {
    const { recoveryCodes } = record
    if (recoveryCodes === null) throw new Error('There are no codes.')
    for (const usedAtMs of [recoveryCodes.usedAtMs.slice(0, -1), [...recoveryCodes.usedAtMs, null], []]) {
      const damaged = { ...record, recoveryCodes: { ...recoveryCodes, usedAtMs } }
      const code = '0000-0000-0000-0000-0000-0000'.slice(0, keep === 'hashed' ? 29 : 19)
      const error = await faultIn(world, damaged, (twoFactor) => twoFactor.verify('ann', { code }))
      expect([error?.code, error?.message]).toEqual(['record_invalid', expect.stringContaining('recoveryCodes')])
    }
  })
})

describe('the schema of a record', () => {
  test.each([undefined, null, 0, -1, 2, 99, 1.5, '1', true, {}])('%j is a fault that names it', async (schema) => {
    const { world, record } = await everything('sealed')
    const error = await faultIn(world, { ...record, schema }, (twoFactor) => twoFactor.challenge('ann'))
    expect([error?.code, error?.message]).toEqual(['record_invalid', expect.stringContaining('schema')])
  })

  test('of a newer version says so', async () => {
    const { world, record } = await everything('sealed')
    const error = await faultIn(world, { ...record, schema: 2 }, (twoFactor) => twoFactor.challenge('ann'))
    expect(error?.message).toMatch(/newer|upgrade/)
  })

  test('is 1, and the record plain JSON that survives JSON', async () => {
    const { world, record, code } = await everything('sealed')
    expect(record.schema).toBe(1)
    expect(JSON.parse(JSON.stringify(record))).toEqual(record)
    await world.store.plant('ann', JSON.parse(JSON.stringify(record)))
    expect(await world.twoFactor.verify('ann', { code })).toMatchObject({ ok: true })
  })
})

describe('prototype keys in a record', () => {
  test('have no effect: a field that only a prototype has is missing', async () => {
    const { world, record } = await everything('sealed')
    const { authenticators, ...rest } = record
    const text = `${JSON.stringify(rest).slice(0, -1)},"__proto__":${JSON.stringify({ authenticators })}}`
    const error = await faultIn(world, JSON.parse(text), (twoFactor) => twoFactor.challenge('ann'))
    expect(error?.message).toContain('authenticators')
  })

  test('and unknown keys do no harm, and pollute nothing', async () => {
    const { world, record, code } = await everything('sealed')
    const more = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":5,"future":[1]'
    const text = JSON.stringify(record).replaceAll('{', `{${more},`).replaceAll(',}', '}')
    await world.store.plant('ann', JSON.parse(text))
    expect(await world.twoFactor.verify('ann', { code })).toMatchObject({ ok: true })
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
    expect(await world.twoFactor.status('ann')).toMatchObject({ enabled: true })
  })
})

describe('a record under other keys', () => {
  test('under an older key opens, and the next write seals all of it under the first, a failure’s write too', async () => {
    for (const typed of ['right', 'wrong'] as const) {
      const oldKey = generateKey('old')
      const world = createWorld({ keys: oldKey })
      const phone = await addPhone(world, 'ann')
      await world.twoFactor.beginSetup('ann', { proof, accountName: 'ann' })
      world.clock.advance({ seconds: 60 })
      expect(keysOf(await world.store.record('ann'))).toEqual(['old', 'old', 'old'])

      const newKey = generateKey('new')
      const rotated = world.another({ keys: `${newKey},${oldKey}` })
      const code = typed === 'right' ? phone.next() : wrongCode(world, phone)
      expect(await rotated.verify('ann', { code })).toMatchObject({ ok: typed === 'right' })
      expect(keysOf(await world.store.record('ann'))).toEqual(['new', 'new', 'new'])
      const onlyNew = world.another({ keys: newKey })
      expect(await onlyNew.verify('ann', { code: phone.next() })).toMatchObject({ ok: true })
      expect(await onlyNew.verify('ann', { code: phone.recoveryCodes?.[0] ?? '' })).toMatchObject({ ok: true })
    }
  })

  test('that does not open under an older key does not prevent counting a failure, and stays as it is', async () => {
    const oldKey = generateKey('old')
    const world = createWorld({ keys: oldKey })
    const { phone } = await enrolled(world)
    const record = await world.store.record('ann')
    const damaged = `old.${'A'.repeat(80)}`
    await world.store.plant('ann', { ...record, recoveryCodes: { ...record?.recoveryCodes, sealed: damaged } })
    const rotated = world.another({ keys: `${generateKey('new')},${oldKey}` })
    for (let time = 0; time < 5; time += 1) await rotated.verify('ann', { code: wrongCode(world, phone) })
    expect(await rotated.verify('ann', { code: phone.code() })).toMatchObject({ reason: 'throttled' })
    const after = await world.store.record('ann')
    expect([after?.recoveryCodes?.sealed, appsIn(after)[0]?.secret.slice(0, 4)]).toEqual([damaged, 'new.'])
  })

  test('under a key that the ring lacks is key_unknown with its id, where it is opened; nothing is written', async () => {
    const world = createWorld({ keys: generateKey('retired-2024') })
    const { phone, recoveryCodes } = await enrolled(world)
    const other = world.another({ keys: generateKey('k2') })
    for (const code of [phone.code(), recoveryCodes[0] ?? '']) {
      const fault = await faultOf(() => other.verify('ann', { code }))
      expect([fault.code, fault.message]).toEqual(['key_unknown', expect.stringContaining("'retired-2024'")])
    }
    const fault = await faultOf(() => other.viewRecoveryCodes('ann', { proof }))
    expect(fault.code).toBe('key_unknown')
    expect([world.store.saves, world.events.length]).toEqual([0, 1])
  })

  test('under a key of the same id and other bytes is a fault too, and no wrong code', async () => {
    const world = createWorld({ keys: generateKey('k1') })
    const { phone } = await enrolled(world)
    const fault = await faultOf(() => world.another({ keys: generateKey('k1') }).verify('ann', { code: phone.code() }))
    expect([fault.code, fault.message]).toEqual(['record_invalid', expect.stringContaining('authenticators[0].secret')])
  })

  test('tokens under an older key are valid, and under a removed one they are a stranger’s', async () => {
    const oldKey = generateKey('old')
    const world = createWorld({ keys: oldKey })
    const device = await knownDevice(world, await enrolled(world), { trustDevice: true })
    const rotated = world.another({ keys: `${generateKey('new')},${oldKey}` })
    expect(await rotated.challenge('ann', { device })).toMatchObject({ passed: true })
    const gone = world.another({ keys: generateKey('new') })
    expect(await gone.challenge('ann', { device })).toMatchObject({ passed: false })
  })
})

describe('the size of a record', () => {
  test('is about a kilobyte for an ordinary user', async () => {
    const world = createWorld()
    const phone = await addPhone(world, 'ann', { name: 'Phone' })
    const ann = { userId: 'ann', phone, recoveryCodes: [] }
    world.clock.advance({ seconds: 60 })
    await knownDevice(world, ann, { trustDevice: true })
    await knownDevice(world, ann)
    expect(sizeOf(await world.store.record('ann'))).toBeLessThan(1536)
    expect(sizeOf(await world.store.record('ann'))).toBeGreaterThan(700)
  })

  test.each(['sealed', 'hashed', 'imported'] as const)(
    'stays below 16 KiB with everything at its limit, codes kept %s',
    async (keep) => {
      const { world, device } = await atTheLimit(keep)
      const record = await world.store.record('ann')
      if (record === null) throw new Error('There is no record.')
      const { throttle } = record
      const usedChallenges = record.challenges.used.length + (record.challenges.previous?.used.length ?? 0)
      expect({
        authenticators: record.authenticators.length,
        recoveryCodes: record.recoveryCodes?.usedAtMs.length,
        issuedCodes: record.issuedCodes.length,
        trustedDevices: record.trustedDevices.length,
        usedChallenges,
        changes: record.changes.length,
        replaces: record.pending?.replaces.length,
        known: throttle?.codes.known.failedAtMs.length,
        strangers: throttle?.codes.strangers.failedAtMs.length,
        passwords: throttle?.passwords.failedAtMs.length,
      }).toEqual({
        authenticators: 5,
        recoveryCodes: 20,
        issuedCodes: 2,
        trustedDevices: 20,
        usedChallenges: keep === 'imported' ? 43 : 63,
        changes: 10,
        replaces: 5,
        known: 55,
        strangers: 25,
        passwords: 25,
      })
      expect(sizeOf(record)).toBeGreaterThan(9_000)
      expect(sizeOf(record) + (64 - usedChallenges) * 19).toBeLessThan(16_384)
      expect(await world.twoFactor.challenge('ann', { device })).toMatchObject({ passed: false, action: 'verify' })
      expect((await world.twoFactor.status('ann')).trustedDevices).toHaveLength(20)
    },
  )

  test('never grows past its limits, whatever the user does for however long', async () => {
    const world = createWorld()
    const ann = await enrolled(world)
    let device: string | undefined
    for (let day = 0; day < 150; day += 1) {
      const challenge = await world.twoFactor.challenge('ann')
      const options = { code: ann.phone.next(), device, trustDevice: true }
      const result = await world.twoFactor.completeChallenge(challenge.passed ? '' : challenge.token, options)
      device = result.ok ? result.device.token : undefined
      expect(device).toBeDefined()
      await world.twoFactor.verify('ann', { code: wrongCode(world, ann.phone), device })
      await world.twoFactor.verify('ann', { code: wrongCode(world, ann.phone) })
      await world.twoFactor.viewRecoveryCodes('ann', { proof: { password: 'wrong' } })
      world.clock.advance({ seconds: 86_400 })
    }
    expect(sizeOf(await world.store.record('ann'))).toBeLessThan(8_000)
  })
})

/** A user with as much of everything as can be, each name of it in characters that JSON doubles. */
async function atTheLimit(keep: 'sealed' | 'hashed' | 'imported') {
  const world = createWorld({
    keys: generateKey('k'.repeat(32)),
    recoveryCodes: { keep: keep === 'hashed' ? keep : 'sealed', count: 20 },
    verifyImportedCode: () => false,
    totp: { secretBytes: 64, algorithm: 'SHA512', digits: 8 },
  })
  const name = '"\\'.repeat(32)
  const secrets = Array.from({ length: 5 }, (_, index) => new Uint8Array(128).fill(index + 1))
  const code = (secret: Uint8Array) => generateTotp({ secret, timeMs: world.clock.now(), algorithm: 'SHA512' })
  const recoveryCodes = Array.from({ length: 20 }, (_, index) => `${'W'.repeat(30)}${index + 10}`.split('').join('-'))
  const hashesOf = (bytes: number) =>
    recoveryCodes.map((_code, index) => ({ hash: `${index} `.padEnd(bytes, '"'), length: 32 }))
  const importWith = (codes: string[] | ReturnType<typeof hashesOf>) =>
    world.twoFactor.admin.importUser('ann', {
      authenticators: secrets.map((secret) => ({ secret, name, algorithm: 'SHA512' })),
      recoveryCodes: codes,
    })
  if (keep === 'imported') {
    // The longest hashes that are let in beside all that.
    let bytes = 256
    while ((await importWith(hashesOf(bytes)).catch(() => true)) === true) bytes -= 1
    expect(bytes).toBeGreaterThan(100)
  } else {
    await importWith(recoveryCodes)
  }
  await world.twoFactor.beginSetup('ann', { proof, accountName: 'ann', name, replaces: 'all' })

  const first = await world.twoFactor.verify('ann', { code: code(secrets[0] ?? new Uint8Array(20)) })
  const device = first.ok ? first.device.token : ''
  const wrong = { code: wrongCode(world, ...secrets.map((secret) => ({ secret, algorithm: 'SHA512' as const }))) }
  await world.twoFactor.passwordChanged('ann')
  await world.twoFactor.beginSetup('ann', { proof, accountName: 'ann', name, replaces: 'all' })
  for (let time = 0; time < 60; time += 1) {
    await world.twoFactor.verify('ann', { ...wrong, device })
    if (time % 5 === 0) await world.twoFactor.verify('ann', wrong)
    await world.twoFactor.regenerateRecoveryCodes('ann', { proof: { password: 'wrong' } })
    world.clock.advance({ seconds: 900 })
  }
  world.clock.advance({ seconds: 31 * 86_400 })
  const complete = async (typed: string) => {
    const challenge = await world.twoFactor.challenge('ann')
    const token = challenge.passed ? '' : challenge.token
    const options = { code: typed, trustDevice: true, deviceName: name }
    expect(await world.twoFactor.completeChallenge(token, options)).toMatchObject({ ok: true })
  }
  // The first one begins a new list, which the 64th would end.
  const byRecoveryCode = keep === 'imported' ? [] : recoveryCodes
  for (let count = 0; count < 43; count += 1) {
    await complete(code(secrets[count % 5] ?? new Uint8Array(20)))
    if (count % 5 === 4) world.clock.advance({ seconds: 30 })
  }
  for (const recoveryCode of byRecoveryCode) await complete(recoveryCode)
  for (let count = 0; count < 2; count += 1) await world.twoFactor.admin.issueRecoveryCode('ann', staff)
  return { world, device }
}

/** The fault that an operation ends with on this record; nothing is written, and admin.reset works. */
async function faultIn(world: World, record: unknown, call: (twoFactor: TwoFactor) => Promise<unknown>) {
  const store = memoryStore()
  const version = 'v'
  await store.save('ann', { expected: null, version, record: untyped(record), enabledAtMs: null, events: [] })
  let saves = 0
  const twoFactor = createTwoFactor({
    issuer: 'Acme',
    keys: world.keys,
    now: world.clock.now,
    verifyPassword: () => true,
    store: {
      load: store.load,
      save: (userId, change) => {
        saves += 1
        return store.save(userId, change)
      },
    },
  })
  const error = await call(twoFactor).then(
    () => null,
    (fault: { code: string; message: string }) => fault,
  )
  if (saves > 0) throw new Error('It wrote over a damaged record.')
  const reset = await twoFactor.admin.reset('ann', staff)
  if (!reset.existed || (await store.load('ann')) !== null) throw new Error('admin.reset did not work.')
  return error
}

/** The places of the two items that say most. */
function richest(items: readonly unknown[]): number[] {
  const size = (index: number) => JSON.stringify(items[index]).length
  return [...items.keys()].sort((a, b) => size(b) - size(a)).slice(0, 2)
}

/** Every place in a JSON value, the whole of it first. */
function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const inner = Array.isArray(value) ? richest(value) : Object.keys(value)
  return [path, ...inner.flatMap((key) => pathsIn((value as Json)[key], [...path, key]))]
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, key) => (at as Json)[key], value)
}

/** A copy in which that place holds `value`, or nothing where it is undefined. */
function withValue(whole: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value
  const copy = Array.isArray(whole) ? [...whole] : { ...(whole as Json) }
  const inner = withValue((whole as Json)[key], rest, value)
  if (inner === undefined && !Array.isArray(copy)) Reflect.deleteProperty(copy, key)
  else Reflect.set(copy, key, inner)
  return copy
}

function nameOf(path: Path): string {
  return path.reduce<string>(
    (name, key) => (typeof key === 'number' ? `${name}[${key}]` : name ? `${name}.${key}` : key),
    '',
  )
}

const MAY_BE_NULL =
  /^(keptDevice|userHandle|usedAgainToldAtMs|pending|recoveryCodes|throttle|challenges\.previous|challenges\.previous\.epoch)$|\.(lastUsedAtMs|counterToldAtMs|reliefAtMs|savedAtMs|usedAtMs(\[\d+\])?)$/
const MAY_BE_EMPTY_TEXT = /name$/
const MAY_BE_MISSING = /^changes\[\d+\]\.(also|authenticator|device|device\.id|untrusted)$/

/** Values that this place must never have. */
function wrongValues(value: unknown, path: Path): [string, unknown][] {
  const name = nameOf(path)
  const all: [string, unknown][] = [
    ['missing', undefined],
    ['null', null],
    ['a text', 'x'.repeat(5000)],
    ['an empty text', ''],
    ['a number', 12.5],
    ['a negative number', -2],
    ['NaN', Number.NaN],
    ['infinite', Number.POSITIVE_INFINITY],
    ['past 2^53', 2 ** 53],
    ['a text of digits', '5'],
    ['a boolean', 'true'],
    ['a list of an object', [{ a: 1 }]],
    ['an object', { a: 1 }],
    ['a list too long', Array.from({ length: 100 }, () => value)],
  ]
  return all.filter(([how, wrong]) => {
    if (path.length === 0) return wrong !== undefined && wrong !== null
    if (how === 'missing') return typeof path.at(-1) !== 'number' && !MAY_BE_MISSING.test(name)
    if (wrong === null) return !MAY_BE_NULL.test(name)
    if (typeof value === 'string' && typeof wrong === 'string') {
      if (wrong.length > 4000) return true
      return wrong === '' ? !MAY_BE_EMPTY_TEXT.test(name) : false
    }
    if (value === null && MAY_BE_NULL.test(name)) return typeof wrong !== 'number' || !Number.isSafeInteger(wrong)
    return true
  })
}

function keysOf(record: unknown): string[] {
  return sealedIn(record).map((text) => text.split('.')[0] ?? '')
}

function flip(text: string): string {
  const at = text.length - 10
  return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
}

function sizeOf(record: unknown): number {
  return new TextEncoder().encode(JSON.stringify(record)).length
}
