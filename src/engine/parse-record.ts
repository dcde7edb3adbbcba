import { CountersignError } from '../errors.ts'
import type { OtpAlgorithm } from '../otp/index.ts'
import { IMPORTED_CODE } from '../recovery-codes/imported.ts'
import type { StoredRecoveryCodes } from '../recovery-codes/keep.ts'
import { RECOVERY_CODE_LENGTH } from '../recovery-codes/read.ts'
import { type Challenges, LISTED_CHALLENGES } from './challenges.ts'
import { EVENT_TYPES, type SecurityChange, type TwoFactorEventType } from './events.ts'
import type { IssuedCode } from './issued-codes.ts'
import type { PasskeyTransport } from './passkey.ts'
import { MAX_CREDENTIAL_ID, MAX_USER_HANDLE } from './passkey-response.ts'
import {
  LIMITS,
  type PendingSetup,
  type StoredApp,
  type StoredAuthenticator,
  type StoredPasskey,
  type StoredTrustedDevice,
  type UserRecord,
} from './record.ts'
import { type Attempts, KEPT, type RecoveryAttempts, type ThrottleState } from './throttle.ts'

const MAX_SEALED = 2048
const MAX_SEALED_CODE = 256
/** 20 hashes of 256 bytes. */
const MAX_SEALED_HASHES = 7168
const MAX_ID = 64
/** A credential id of 1023 bytes and an RSA key of 4096 bits. */
const MAX_SEALED_CREDENTIAL = 2560
const MAX_RP_ID = 253
const MAX_TRANSPORTS = 8
const SCHEMA = 1

/** Each upgrades from its key's schema to the next one. Schema 1 is the first, so there is none yet. */
const UPGRADES: Readonly<Record<number, (older: object) => object>> = {}

type Key = string | number

/**
 * An object in the record, and its path, for errors. Fields are read by name, so unknown ones, such as `__proto__`, are
 * dropped.
 */
interface Part {
  fields: Readonly<Record<Key, unknown>>
  path: string
}

/**
 * Checks what a store returned, field by field, into a record of this version's schema.
 *
 * @throws CountersignError `record_invalid` naming the field; nothing is ever written over such a record
 */
export function parseRecord(stored: unknown): UserRecord {
  const part = upgrade(partOf(stored, ''))
  const record: UserRecord = {
    schema: SCHEMA,
    enrollment: nullable(part, 'enrollment', id),
    keptDevice: nullable(part, 'keptDevice', id),
    enabledAtMs: nullable(part, 'enabledAtMs', time),
    userHandle: nullable(part, 'userHandle', userHandle),
    authenticators: list(part, 'authenticators', LIMITS.authenticators, authenticator),
    pending: nullable(part, 'pending', pendingSetup),
    recoveryCodes: nullable(part, 'recoveryCodes', recoveryCodes),
    issuedCodes: list(part, 'issuedCodes', LIMITS.issuedCodes, issuedCode),
    trustedDevices: list(part, 'trustedDevices', LIMITS.trustedDevices, trustedDevice),
    challenges: challenges(part, 'challenges'),
    throttle: nullable(part, 'throttle', throttle),
    usedAgainToldAtMs: nullable(part, 'usedAgainToldAtMs', time),
    changes: list(part, 'changes', LIMITS.changes, change),
  }
  const isOn = record.authenticators.length > 0
  // All three are set together and cleared together: one without the others is damage, and must not be read as "off".
  const together = 'set exactly while there are authenticators'
  if ((record.enrollment !== null) !== isOn) throw damaged(part, 'enrollment', together)
  if ((record.enabledAtMs !== null) !== isOn) throw damaged(part, 'enabledAtMs', together)
  if (isOn && record.challenges.epoch === null)
    throw damaged(part, 'challenges.epoch', 'set while there are authenticators')
  return record
}

function upgrade(stored: Part): Part {
  let part = stored
  for (let schema = integer(stored, 'schema', 1); schema !== SCHEMA; schema += 1) {
    const next = Object.hasOwn(UPGRADES, schema) ? UPGRADES[schema] : undefined
    if (next === undefined) {
      const newer = `at most ${SCHEMA} (it is ${schema}: a newer version of countersign wrote it, so upgrade this one)`
      throw damaged(stored, 'schema', newer)
    }
    part = partOf(next(part.fields), '')
  }
  return part
}

function authenticator(parent: Part, key: Key): StoredAuthenticator {
  const part = partAt(parent, key)
  return authenticatorType(part) === 'totp' ? app(part) : passkey(part)
}

function authenticatorType(part: Part): StoredAuthenticator['type'] {
  const { type } = part.fields
  if (type === 'totp' || type === 'passkey') return type
  throw damaged(part, 'type', "'totp' or 'passkey'")
}

function app(part: Part): StoredApp {
  return {
    id: id(part, 'id'),
    type: 'totp',
    name: name(part, 'name'),
    secret: text(part, 'secret', MAX_SEALED),
    algorithm: algorithm(part, 'algorithm'),
    digits: integer(part, 'digits', 6, 8),
    periodSeconds: integer(part, 'periodSeconds', 1, 120),
    weak: boolean(part, 'weak'),
    createdAtMs: time(part, 'createdAtMs'),
    lastUsedAtMs: nullable(part, 'lastUsedAtMs', time),
    lastStep: integer(part, 'lastStep', -1),
  }
}

function passkey(part: Part): StoredPasskey {
  return {
    id: id(part, 'id'),
    type: 'passkey',
    name: name(part, 'name'),
    credentialId: text(part, 'credentialId', MAX_CREDENTIAL_ID),
    rpId: text(part, 'rpId', MAX_RP_ID),
    transports: list(part, 'transports', MAX_TRANSPORTS, id) as readonly PasskeyTransport[],
    sealed: text(part, 'sealed', MAX_SEALED_CREDENTIAL),
    counter: integer(part, 'counter', 0),
    backupEligible: boolean(part, 'backupEligible'),
    backedUp: boolean(part, 'backedUp'),
    createdAtMs: time(part, 'createdAtMs'),
    lastUsedAtMs: nullable(part, 'lastUsedAtMs', time),
    counterToldAtMs: nullable(part, 'counterToldAtMs', time),
  }
}

function pendingSetup(parent: Part, key: Key): PendingSetup {
  const part = partAt(parent, key)
  const fields = {
    id: id(part, 'id'),
    name: name(part, 'name'),
    expiresAtMs: time(part, 'expiresAtMs'),
    failures: integer(part, 'failures', 0),
    replaces: list(part, 'replaces', LIMITS.authenticators, id),
  }
  if (authenticatorType(part) === 'passkey') return { type: 'passkey', ...fields }
  return {
    type: 'totp',
    ...fields,
    secret: text(part, 'secret', MAX_SEALED),
    algorithm: algorithm(part, 'algorithm'),
    digits: integer(part, 'digits', 6, 8),
    periodSeconds: integer(part, 'periodSeconds', 1, 120),
  }
}

function recoveryCodes(parent: Part, key: Key): StoredRecoveryCodes {
  const part = partAt(parent, key)
  const { kept } = part.fields
  if (kept !== 'sealed' && kept !== 'hashed' && kept !== 'imported') {
    throw damaged(part, 'kept', "'sealed', 'hashed' or 'imported'")
  }
  const usedAtMs = list(part, 'usedAtMs', LIMITS.recoveryCodes, (codes, index) => nullable(codes, index, time))
  const hashes = list(part, 'hashes', LIMITS.recoveryCodes, id)
  if (hashes.length !== (kept === 'hashed' ? usedAtMs.length : 0)) throw damaged(part, 'hashes', 'one per hashed code')
  const isImported = kept === 'imported'
  const min = isImported ? IMPORTED_CODE.minLength : RECOVERY_CODE_LENGTH.min
  const { max } = RECOVERY_CODE_LENGTH
  return {
    id: id(part, 'id'),
    kept,
    madeHere: boolean(part, 'madeHere'),
    sealed: text(part, 'sealed', isImported ? MAX_SEALED_HASHES : MAX_SEALED),
    hashes,
    lengths: list(part, 'lengths', LIMITS.recoveryCodes, (lengths, index) => integer(lengths, index, min, max)),
    usedAtMs,
    createdAtMs: time(part, 'createdAtMs'),
    savedAtMs: nullable(part, 'savedAtMs', time),
  }
}

function issuedCode(parent: Part, key: Key): IssuedCode {
  const part = partAt(parent, key)
  return {
    sealed: text(part, 'sealed', MAX_SEALED_CODE),
    createdAtMs: time(part, 'createdAtMs'),
    expiresAtMs: time(part, 'expiresAtMs'),
    usedAtMs: nullable(part, 'usedAtMs', time),
  }
}

function trustedDevice(parent: Part, key: Key): StoredTrustedDevice {
  const part = partAt(parent, key)
  return {
    id: id(part, 'id'),
    name: name(part, 'name'),
    createdAtMs: time(part, 'createdAtMs'),
    expiresAtMs: time(part, 'expiresAtMs'),
  }
}

function userHandle(part: Part, key: Key): string {
  return text(part, key, MAX_USER_HANDLE)
}

function challenges(parent: Part, key: Key): Challenges {
  const part = partAt(parent, key)
  return {
    epoch: nullable(part, 'epoch', id),
    sinceMs: time(part, 'sinceMs'),
    used: list(part, 'used', LISTED_CHALLENGES, id),
    previous: nullable(part, 'previous', previousEpoch),
  }
}

function previousEpoch(parent: Part, key: Key) {
  const part = partAt(parent, key)
  return { epoch: nullable(part, 'epoch', id), used: list(part, 'used', LISTED_CHALLENGES, id) }
}

function change(parent: Part, key: Key): SecurityChange {
  const part = partAt(parent, key)
  const line: SecurityChange = { type: eventType(part, 'type'), atMs: time(part, 'atMs') }
  if (hasField(part, 'also')) line.also = list(part, 'also', LIMITS.changes, eventType)
  if (hasField(part, 'authenticator')) line.authenticator = changedAuthenticator(part, 'authenticator')
  if (hasField(part, 'device')) {
    const device = partAt(part, 'device')
    line.device = { ...(hasField(device, 'id') && { id: id(device, 'id') }), name: name(device, 'name') }
  }
  if (hasField(part, 'untrusted')) {
    const device = partAt(part, 'untrusted')
    line.untrusted = { id: id(device, 'id'), name: name(device, 'name') }
  }
  return line
}

function changedAuthenticator(parent: Part, key: Key) {
  const part = partAt(parent, key)
  return { id: id(part, 'id'), type: authenticatorType(part), name: name(part, 'name') }
}

function throttle(parent: Part, key: Key): ThrottleState {
  const part = partAt(parent, key)
  const codes = partAt(part, 'codes')
  const recovery = partAt(part, 'recoveryCodes')
  const inARow = partAt(part, 'codesInARow')
  return {
    codes: { known: attempts(codes, 'known', KEPT.known), strangers: attempts(codes, 'strangers', KEPT.strangers) },
    recoveryCodes: { known: recoveryAttempts(recovery, 'known'), strangers: recoveryAttempts(recovery, 'strangers') },
    passwords: attempts(part, 'passwords', KEPT.passwords),
    codesInARow: { known: integer(inARow, 'known', 0), strangers: integer(inARow, 'strangers', 0) },
    reliefAtMs: nullable(part, 'reliefAtMs', time),
  }
}

function attempts(parent: Part, key: Key, kept: number): Attempts {
  const part = partAt(parent, key)
  return { sinceSuccess: integer(part, 'sinceSuccess', 0), failedAtMs: list(part, 'failedAtMs', kept, time) }
}

function recoveryAttempts(parent: Part, key: Key): RecoveryAttempts {
  const part = partAt(parent, key)
  return { sinceSuccess: integer(part, 'sinceSuccess', 0), lastFailedAtMs: time(part, 'lastFailedAtMs') }
}

function algorithm(part: Part, key: Key): OtpAlgorithm {
  const value = part.fields[key]
  if (value === 'SHA1' || value === 'SHA256' || value === 'SHA512') return value
  throw damaged(part, key, "'SHA1', 'SHA256' or 'SHA512'")
}

function eventType(part: Part, key: Key): TwoFactorEventType {
  const value = part.fields[key]
  if (typeof value === 'string' && Object.hasOwn(EVENT_TYPES, value)) return value as TwoFactorEventType
  throw damaged(part, key, 'a type of event')
}

function partAt(parent: Part, key: Key): Part {
  return partOf(parent.fields[key], pathOf(parent, key))
}

function partOf(value: unknown, path: string): Part {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { fields: value as Part['fields'], path }
  }
  throw damagedAt(path === '' ? 'the record' : path, 'an object')
}

/** The items are read as the list's fields 0, 1 … */
function list<Item>(parent: Part, key: Key, most: number, parse: (items: Part, index: Key) => Item): readonly Item[] {
  const value = parent.fields[key]
  if (!Array.isArray(value) || value.length > most) throw damaged(parent, key, `a list of at most ${most}`)
  if (value.length === 0) return []
  const items: Part = { fields: value as unknown as Part['fields'], path: pathOf(parent, key) }
  return value.map((_, index) => parse(items, index))
}

function nullable<Value>(part: Part, key: Key, parse: (part: Part, key: Key) => Value): Value | null {
  return part.fields[key] === null ? null : parse(part, key)
}

/** For a field that not every record has. */
function hasField(part: Part, key: Key): boolean {
  return part.fields[key] !== undefined
}

function text(part: Part, key: Key, most: number): string {
  const value = part.fields[key]
  if (typeof value === 'string' && value.length > 0 && value.length <= most) return value
  throw damaged(part, key, `text of 1 to ${most} characters`)
}

function id(part: Part, key: Key): string {
  return text(part, key, MAX_ID)
}

function name(part: Part, key: Key): string {
  const value = part.fields[key]
  if (typeof value === 'string' && value.length <= LIMITS.nameBytes) return value
  throw damaged(part, key, `text of at most ${LIMITS.nameBytes} characters`)
}

function boolean(part: Part, key: Key): boolean {
  const value = part.fields[key]
  if (typeof value === 'boolean') return value
  throw damaged(part, key, 'true or false')
}

function time(part: Part, key: Key): number {
  return integer(part, key, 0)
}

function integer(part: Part, key: Key, least: number, most: number = Number.MAX_SAFE_INTEGER): number {
  const value = part.fields[key]
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most) return value
  throw damaged(part, key, `a whole number from ${least} to ${most}`)
}

function pathOf({ fields, path }: Part, key: Key): string {
  if (Array.isArray(fields)) return `${path}[${key}]`
  return path === '' ? String(key) : `${path}.${key}`
}

function damaged(part: Part, key: Key, allowed: string): CountersignError {
  return damagedAt(pathOf(part, key), allowed)
}

function damagedAt(field: string, allowed: string): CountersignError {
  return new CountersignError(
    'record_invalid',
    `The stored two-factor record is damaged: ${field} must be ${allowed}. Nothing was changed; restore it, or turn two-factor authentication off with admin.reset.`,
  )
}
