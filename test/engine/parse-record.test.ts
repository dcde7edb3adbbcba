import { describe, expect, test } from 'vitest'
import { parseRecord } from '../../src/engine/parse-record.ts'
import type { UserRecord } from '../../src/engine/record.ts'

const AT = 1_800_000_000_000
const text = (length: number) => 'x'.repeat(length)
const many = <Item>(count: number, item: Item) => Array.from({ length: count }, () => item)

const app = {
  id: 'app',
  type: 'totp' as const,
  name: 'Phone',
  secret: 'k1.sealed',
  algorithm: 'SHA1' as const,
  digits: 6,
  periodSeconds: 30,
  weak: false,
  createdAtMs: AT,
  lastUsedAtMs: AT,
  lastStep: 60_000_000,
}
const passkey = {
  id: 'passkey',
  type: 'passkey' as const,
  name: 'Key',
  credentialId: 'credential',
  rpId: 'acme.example',
  transports: ['usb' as const],
  sealed: 'k1.sealed',
  counter: 7,
  backupEligible: true,
  backedUp: false,
  createdAtMs: AT,
  lastUsedAtMs: null,
  counterToldAtMs: null,
}
const attempts = { sinceSuccess: 1, failedAtMs: [AT] }
const recoveryAttempts = { sinceSuccess: 1, lastFailedAtMs: AT }

/** A record with something in each field. */
const FULL: UserRecord = {
  schema: 1,
  enrollment: 'enrollment',
  keptDevice: 'device',
  enabledAtMs: AT,
  userHandle: 'handle',
  authenticators: [app, passkey],
  pending: {
    type: 'totp',
    id: 'pending',
    name: 'New phone',
    expiresAtMs: AT,
    failures: 2,
    replaces: ['app'],
    secret: 'k1.sealed',
    algorithm: 'SHA512',
    digits: 8,
    periodSeconds: 60,
  },
  recoveryCodes: {
    id: 'codes',
    kept: 'hashed',
    madeHere: true,
    sealed: 'k1.sealed',
    hashes: ['hash', 'hash'],
    lengths: [24],
    usedAtMs: [null, AT],
    createdAtMs: AT,
    savedAtMs: null,
  },
  issuedCodes: [{ sealed: 'k1.sealed', createdAtMs: AT, expiresAtMs: AT, usedAtMs: null }],
  trustedDevices: [{ id: 'device', name: 'Laptop', createdAtMs: AT, expiresAtMs: AT }],
  challenges: { epoch: 'epoch', sinceMs: AT, used: ['challenge'], previous: { epoch: 'before', used: ['other'] } },
  throttle: {
    codes: { known: attempts, strangers: attempts },
    recoveryCodes: { known: recoveryAttempts, strangers: recoveryAttempts },
    passwords: attempts,
    codesInARow: { known: 3, strangers: 4 },
    reliefAtMs: AT,
  },
  usedAgainToldAtMs: AT,
  changes: [
    {
      type: 'authenticator.added',
      atMs: AT,
      also: ['two-factor.enabled'],
      authenticator: { id: 'app', type: 'totp', name: 'Phone' },
      device: { id: 'device', name: 'Laptop' },
      untrusted: { id: 'device', name: 'Laptop' },
    },
    { type: 'recovery-codes.viewed', atMs: AT, device: { name: 'Firefox' } },
  ],
}

/** A copy in which that place holds another value. The path is as errors name it. */
function withValue(path: string, value: unknown): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(FULL))
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '')
  const last = keys.pop() ?? ''
  const parent = keys.reduce<unknown>((at, key) => Reflect.get(at as object, key), copy)
  Reflect.set(parent as object, last, value)
  return copy
}

const isAccepted = (path: string, value: unknown) => {
  const record = withValue(path, value)
  expect(parseRecord(record), path).toEqual(record)
}

/** What the error says of the field, or "accepted". */
function saidOf(record: unknown): string {
  try {
    parseRecord(record)
    return 'accepted'
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    const said = /^The stored two-factor record is damaged: (.*)\. Nothing was changed; restore it, or turn/.exec(
      message,
    )
    return code === 'record_invalid' ? (said?.[1] ?? message) : code
  }
}

test('a record with something in each field is read as it is', () => {
  expect(parseRecord(FULL)).toEqual(FULL)
  expect(parseRecord(JSON.parse(JSON.stringify(FULL)))).toEqual(FULL)
})

test('fields that this version does not know are dropped', () => {
  expect(parseRecord({ ...FULL, more: 1, authenticators: [{ ...app, more: 1 }, passkey] })).toEqual(FULL)
})

test('a pending passkey has no secret', () => {
  const pending = { type: 'passkey', id: 'pending', name: 'Key', expiresAtMs: AT, failures: 0, replaces: [] }
  expect(parseRecord({ ...FULL, pending: { ...pending, secret: 'x', digits: 6 } }).pending).toEqual(pending)
})

test.each([[undefined], [null], ['text'], [1], [[FULL]]])('%j is no record', (stored) => {
  expect(saidOf(stored)).toBe('the record must be an object')
})

describe('a limit is allowed, and one more is not:', () => {
  const ID = 'text of 1 to 64 characters'
  const NAME = 'text of at most 64 characters'
  const TIME = 'a whole number from 0 to 9007199254740991'
  const items = (path: string) => `a list of at most ${path}`

  test.each<[path: string, most: unknown, more: unknown, said: string]>([
    ['enrollment', text(64), text(65), ID],
    ['keptDevice', text(64), text(65), ID],
    ['userHandle', text(86), text(87), 'text of 1 to 86 characters'],
    ['authenticators', many(8, app), many(9, app), items('8')],
    ['authenticators[0].id', text(64), text(65), ID],
    ['authenticators[0].name', text(64), text(65), NAME],
    ['authenticators[0].secret', text(2048), text(2049), 'text of 1 to 2048 characters'],
    ['authenticators[0].digits', 8, 9, 'a whole number from 6 to 8'],
    ['authenticators[0].digits', 6, 5, 'a whole number from 6 to 8'],
    ['authenticators[0].periodSeconds', 120, 121, 'a whole number from 1 to 120'],
    ['authenticators[0].periodSeconds', 1, 0, 'a whole number from 1 to 120'],
    ['authenticators[0].lastStep', -1, -2, 'a whole number from -1 to 9007199254740991'],
    ['authenticators[1].credentialId', text(1364), text(1365), 'text of 1 to 1364 characters'],
    ['authenticators[1].rpId', text(253), text(254), 'text of 1 to 253 characters'],
    ['authenticators[1].transports', many(8, 'usb'), many(9, 'usb'), items('8')],
    ['authenticators[1].sealed', text(2560), text(2561), 'text of 1 to 2560 characters'],
    ['authenticators[1].counter', 0, -1, TIME],
    ['pending.failures', 0, -1, TIME],
    ['pending.replaces', many(8, 'id'), many(9, 'id'), items('8')],
    ['pending.secret', text(2048), text(2049), 'text of 1 to 2048 characters'],
    ['pending.digits', 6, 9, 'a whole number from 6 to 8'],
    ['pending.periodSeconds', 120, 121, 'a whole number from 1 to 120'],
    ['pending.periodSeconds', 1, 0, 'a whole number from 1 to 120'],
    ['recoveryCodes.sealed', text(2048), text(2049), 'text of 1 to 2048 characters'],
    ['recoveryCodes.lengths', many(20, 16), many(21, 16), items('20')],
    ['recoveryCodes.lengths[0]', 32, 33, 'a whole number from 10 to 32'],
    ['recoveryCodes.lengths[0]', 10, 9, 'a whole number from 10 to 32'],
    ['issuedCodes', many(2, FULL.issuedCodes[0]), many(3, FULL.issuedCodes[0]), items('2')],
    ['issuedCodes[0].sealed', text(256), text(257), 'text of 1 to 256 characters'],
    ['trustedDevices', many(20, FULL.trustedDevices[0]), many(21, FULL.trustedDevices[0]), items('20')],
    ['challenges.used', many(64, 'id'), many(65, 'id'), items('64')],
    ['challenges.previous.used', many(64, 'id'), many(65, 'id'), items('64')],
    ['throttle.codes.known.failedAtMs', many(55, AT), many(56, AT), items('55')],
    ['throttle.codes.strangers.failedAtMs', many(25, AT), many(26, AT), items('25')],
    ['throttle.passwords.failedAtMs', many(25, AT), many(26, AT), items('25')],
    ['throttle.codesInARow.known', 0, -1, TIME],
    ['throttle.codesInARow.strangers', 0, -1, TIME],
    ['throttle.passwords.sinceSuccess', 0, -1, TIME],
    ['throttle.recoveryCodes.known.sinceSuccess', 0, -1, TIME],
    ['changes', many(10, FULL.changes[0]), many(11, FULL.changes[0]), items('10')],
    ['changes[0].also', many(10, 'device.trusted'), many(11, 'device.trusted'), items('10')],
    ['enabledAtMs', 0, -1, TIME],
    ['usedAgainToldAtMs', 9_007_199_254_740_991, 9_007_199_254_740_992, TIME],
  ])('%s', (path, most, more, said) => {
    isAccepted(path, most)
    expect(saidOf(withValue(path, more))).toBe(`${path} must be ${said}`)
  })

  test('as many codes as 20, hashed or not', () => {
    const codes = { ...FULL.recoveryCodes, usedAtMs: many(20, null), hashes: many(20, 'hash') }
    isAccepted('recoveryCodes', codes)
    const more = { ...codes, usedAtMs: many(21, null) }
    expect(saidOf(withValue('recoveryCodes', more))).toBe('recoveryCodes.usedAtMs must be a list of at most 20')
    isAccepted('recoveryCodes', { ...codes, kept: 'sealed', hashes: [] })
  })

  test('imported hashes are longer, for codes of 8 characters and more', () => {
    const codes = { ...FULL.recoveryCodes, kept: 'imported', hashes: [], lengths: [8], sealed: text(7168) }
    isAccepted('recoveryCodes', codes)
    expect(saidOf(withValue('recoveryCodes', { ...codes, lengths: [7] }))).toBe(
      'recoveryCodes.lengths[0] must be a whole number from 8 to 32',
    )
    expect(saidOf(withValue('recoveryCodes', { ...codes, sealed: text(7169) }))).toBe(
      'recoveryCodes.sealed must be text of 1 to 7168 characters',
    )
  })
})

describe('a field of another type is refused:', () => {
  test.each<[path: string, value: unknown, said: string]>([
    ['enrollment', '', 'enrollment must be text of 1 to 64 characters'],
    ['enabledAtMs', '1', 'enabledAtMs must be a whole number from 0 to 9007199254740991'],
    ['authenticators', {}, 'authenticators must be a list of at most 8'],
    ['authenticators[0]', [], 'authenticators[0] must be an object'],
    ['authenticators[0].type', 'sms', "authenticators[0].type must be 'totp' or 'passkey'"],
    ['authenticators[0].name', 5, 'authenticators[0].name must be text of at most 64 characters'],
    ['authenticators[0].algorithm', 'MD5', "authenticators[0].algorithm must be 'SHA1', 'SHA256' or 'SHA512'"],
    ['authenticators[0].weak', 1, 'authenticators[0].weak must be true or false'],
    ['authenticators[1].transports[0]', 5, 'authenticators[1].transports[0] must be text of 1 to 64 characters'],
    ['pending.type', null, "pending.type must be 'totp' or 'passkey'"],
    ['recoveryCodes.kept', 'plain', "recoveryCodes.kept must be 'sealed', 'hashed' or 'imported'"],
    ['recoveryCodes.hashes', ['hash'], 'recoveryCodes.hashes must be one per hashed code'],
    ['recoveryCodes.kept', 'sealed', 'recoveryCodes.hashes must be one per hashed code'],
    ['recoveryCodes.usedAtMs[1]', 0.5, 'recoveryCodes.usedAtMs[1] must be a whole number from 0 to 9007199254740991'],
    ['challenges', null, 'challenges must be an object'],
    ['challenges.previous', 'x', 'challenges.previous must be an object'],
    ['challenges.previous.epoch', 5, 'challenges.previous.epoch must be text of 1 to 64 characters'],
    ['throttle.codes', undefined, 'throttle.codes must be an object'],
    ['changes[0].type', 'toString', 'changes[0].type must be a type of event'],
    ['changes[0].type', 5, 'changes[0].type must be a type of event'],
    ['changes[0].also[0]', 'other', 'changes[0].also[0] must be a type of event'],
    ['changes[0].authenticator', 'x', 'changes[0].authenticator must be an object'],
    ['changes[0].authenticator.type', 'x', "changes[0].authenticator.type must be 'totp' or 'passkey'"],
    ['changes[0].device', [], 'changes[0].device must be an object'],
    ['changes[0].device.id', '', 'changes[0].device.id must be text of 1 to 64 characters'],
    ['changes[0].untrusted', 5, 'changes[0].untrusted must be an object'],
  ])('%s as %j', (path, value, said) => {
    expect(saidOf(withValue(path, value))).toBe(said)
  })

  test.each(['SHA1', 'SHA256', 'SHA512'])('not %s', (algorithm) => {
    isAccepted('authenticators[0].algorithm', algorithm)
  })
})

describe('the schema', () => {
  const newer = (schema: number) =>
    `schema must be at most 1 (it is ${schema}: a newer version of countersign wrote it, so upgrade this one)`

  test.each([
    [2, newer(2)],
    [99, newer(99)],
    [0, 'schema must be a whole number from 1 to 9007199254740991'],
    ['1', 'schema must be a whole number from 1 to 9007199254740991'],
  ])('%j is refused', (schema, said) => {
    expect(saidOf({ ...FULL, schema })).toBe(said)
  })
})

describe('on and off agree in every field', () => {
  const off = { ...FULL, authenticators: [], enrollment: null, enabledAtMs: null }

  test('a record without authenticators has neither an enrollment nor a time', () => {
    expect(parseRecord(off)).toEqual(off)
    expect(parseRecord({ ...off, challenges: { ...FULL.challenges, epoch: null } }).challenges.epoch).toBe(null)
  })

  test.each<[field: string, record: unknown]>([
    ['enrollment', { ...FULL, enrollment: null }],
    ['enrollment', { ...off, enrollment: 'x' }],
    ['enabledAtMs', { ...FULL, enabledAtMs: null }],
    ['enabledAtMs', { ...off, enabledAtMs: AT }],
  ])('%s alone is damage', (field, record) => {
    expect(saidOf(record)).toBe(`${field} must be set exactly while there are authenticators`)
  })

  test('a record with authenticators has an epoch', () => {
    const said = 'challenges.epoch must be set while there are authenticators'
    expect(saidOf(withValue('challenges.epoch', null))).toBe(said)
  })
})
