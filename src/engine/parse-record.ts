import { CountersignError } from '../errors.ts'
import type { OtpAlgorithm } from '../otp/index.ts'
import type { StoredRecoveryCodes } from '../recovery-codes/keep.ts'
import { RECOVERY_CODE_LENGTH } from '../recovery-codes/read.ts'
import { type Challenges, LISTED_CHALLENGES } from './challenges.ts'
import { EVENT_TYPES, type SecurityChange, type TwoFactorEventType } from './events.ts'
import {
  LIMITS,
  type PendingSetup,
  type StoredAuthenticator,
  type StoredTrustedDevice,
  type TwoFactorRecord,
} from './record.ts'
import { type Attempts, KEPT, type RecoveryAttempts, type ThrottleState } from './throttle.ts'

const MAX_SEALED = 2048
const MAX_ID = 64
const SCHEMA = 1

/** From the schema of the key to the next one. Schema 1 is the first, so there is nothing to upgrade from yet. */
const UPGRADES: Readonly<Record<number, (older: Fields) => Fields>> = {}

type Fields = Readonly<Record<string, unknown>>

/**
 * What a store gave back, checked field by field into a record of this version's schema. Fields that no schema names,
 * `__proto__` among them, are left behind.
 *
 * @throws CountersignError `record_invalid` naming the field; nothing is ever written over such a record
 */
export function parseRecord(stored: unknown): TwoFactorRecord {
  const fields = upgrade(object(stored, 'record'))
  const record: TwoFactorRecord = {
    schema: SCHEMA,
    enrolment: nullable(fields['enrolment'], 'enrolment', id),
    enabledAtMs: nullable(fields['enabledAtMs'], 'enabledAtMs', time),
    authenticators: list(fields['authenticators'], 'authenticators', LIMITS.authenticators, authenticator),
    pending: nullable(fields['pending'], 'pending', pendingSetup),
    recoveryCodes: nullable(fields['recoveryCodes'], 'recoveryCodes', recoveryCodes),
    trustedDevices: list(fields['trustedDevices'], 'trustedDevices', LIMITS.trustedDevices, trustedDevice),
    challenges: challenges(fields['challenges'], 'challenges'),
    throttle: nullable(fields['throttle'], 'throttle', throttle),
    changes: list(fields['changes'], 'changes', LIMITS.changes, change),
  }
  const isOn = record.authenticators.length > 0
  // All three go on together and off together: one without the others is damage, and must not be read as "off".
  if ((record.enrolment !== null) !== isOn) throw damaged('enrolment', 'set exactly while there are authenticators')
  if ((record.enabledAtMs !== null) !== isOn) throw damaged('enabledAtMs', 'set exactly while there are authenticators')
  if (isOn && record.challenges.epoch === null) throw damaged('challenges.epoch', 'set while there are authenticators')
  return record
}

function upgrade(fields: Fields): Fields {
  let current = fields
  for (let schema = integer(fields['schema'], 'schema', 1); schema !== SCHEMA; schema += 1) {
    const next = Object.hasOwn(UPGRADES, schema) ? UPGRADES[schema] : undefined
    if (next === undefined) {
      throw damaged('schema', `at most ${SCHEMA} (it is ${schema}: written by a newer version, so upgrade this one)`)
    }
    current = next(current)
  }
  return current
}

function authenticator(value: unknown, field: string): StoredAuthenticator {
  const fields = object(value, field)
  if (fields['type'] !== 'totp') throw damaged(`${field}.type`, "'totp'")
  return {
    id: id(fields['id'], `${field}.id`),
    type: 'totp',
    name: name(fields['name'], `${field}.name`),
    ...otp(fields, field),
    weak: boolean(fields['weak'], `${field}.weak`),
    createdAtMs: time(fields['createdAtMs'], `${field}.createdAtMs`),
    lastUsedAtMs: nullable(fields['lastUsedAtMs'], `${field}.lastUsedAtMs`, time),
    lastStep: integer(fields['lastStep'], `${field}.lastStep`, -1),
  }
}

function pendingSetup(value: unknown, field: string): PendingSetup {
  const fields = object(value, field)
  return {
    name: name(fields['name'], `${field}.name`),
    ...otp(fields, field),
    expiresAtMs: time(fields['expiresAtMs'], `${field}.expiresAtMs`),
    failures: integer(fields['failures'], `${field}.failures`, 0),
    replaces: list(fields['replaces'], `${field}.replaces`, LIMITS.authenticators, id),
  }
}

function otp(fields: Fields, field: string) {
  return {
    secret: text(fields['secret'], `${field}.secret`, MAX_SEALED),
    algorithm: algorithm(fields['algorithm'], `${field}.algorithm`),
    digits: integer(fields['digits'], `${field}.digits`, 6, 8),
    periodSeconds: integer(fields['periodSeconds'], `${field}.periodSeconds`, 1, 120),
  }
}

function recoveryCodes(value: unknown, field: string): StoredRecoveryCodes {
  const fields = object(value, field)
  const kept = fields['kept']
  if (kept !== 'sealed' && kept !== 'hashed') throw damaged(`${field}.kept`, "'sealed' or 'hashed'")
  const usedAtMs = list(fields['usedAtMs'], `${field}.usedAtMs`, LIMITS.recoveryCodes, (used, at) =>
    nullable(used, at, time),
  )
  const hashes = list(fields['hashes'], `${field}.hashes`, LIMITS.recoveryCodes, id)
  if (hashes.length !== (kept === 'hashed' ? usedAtMs.length : 0)) throw damaged(`${field}.hashes`, 'one a hashed code')
  return {
    kept,
    sealed: text(fields['sealed'], `${field}.sealed`, MAX_SEALED),
    hashes,
    lengths: list(fields['lengths'], `${field}.lengths`, LIMITS.recoveryCodes, (length, at) =>
      integer(length, at, RECOVERY_CODE_LENGTH.min, RECOVERY_CODE_LENGTH.max),
    ),
    usedAtMs,
    createdAtMs: time(fields['createdAtMs'], `${field}.createdAtMs`),
  }
}

function trustedDevice(value: unknown, field: string): StoredTrustedDevice {
  const fields = object(value, field)
  return {
    id: id(fields['id'], `${field}.id`),
    name: name(fields['name'], `${field}.name`),
    createdAtMs: time(fields['createdAtMs'], `${field}.createdAtMs`),
    expiresAtMs: time(fields['expiresAtMs'], `${field}.expiresAtMs`),
  }
}

function challenges(value: unknown, field: string): Challenges {
  const fields = object(value, field)
  return {
    ...epoch(value, field),
    sinceMs: time(fields['sinceMs'], `${field}.sinceMs`),
    previous: nullable(fields['previous'], `${field}.previous`, epoch),
  }
}

function epoch(value: unknown, field: string) {
  const fields = object(value, field)
  return {
    epoch: nullable(fields['epoch'], `${field}.epoch`, id),
    used: list(fields['used'], `${field}.used`, LISTED_CHALLENGES, id),
  }
}

function change(value: unknown, field: string): SecurityChange {
  const fields = object(value, field)
  return { type: eventType(fields['type'], `${field}.type`), atMs: time(fields['atMs'], `${field}.atMs`) }
}

function throttle(value: unknown, field: string): ThrottleState {
  const fields = object(value, field)
  const codes = object(fields['codes'], `${field}.codes`)
  const recovery = object(fields['recoveryCodes'], `${field}.recoveryCodes`)
  return {
    codes: {
      known: attempts(codes['known'], `${field}.codes.known`, KEPT.known),
      strangers: attempts(codes['strangers'], `${field}.codes.strangers`, KEPT.strangers),
    },
    recoveryCodes: {
      known: recoveryAttempts(recovery['known'], `${field}.recoveryCodes.known`),
      strangers: recoveryAttempts(recovery['strangers'], `${field}.recoveryCodes.strangers`),
    },
    passwords: attempts(fields['passwords'], `${field}.passwords`, KEPT.passwords),
    codesInARow: integer(fields['codesInARow'], `${field}.codesInARow`, 0),
    reliefAtMs: nullable(fields['reliefAtMs'], `${field}.reliefAtMs`, time),
  }
}

function attempts(value: unknown, field: string, kept: number): Attempts {
  const fields = object(value, field)
  return {
    sinceSuccess: integer(fields['sinceSuccess'], `${field}.sinceSuccess`, 0),
    failedAtMs: list(fields['failedAtMs'], `${field}.failedAtMs`, kept, time),
  }
}

function recoveryAttempts(value: unknown, field: string): RecoveryAttempts {
  const fields = object(value, field)
  return {
    sinceSuccess: integer(fields['sinceSuccess'], `${field}.sinceSuccess`, 0),
    lastFailedAtMs: time(fields['lastFailedAtMs'], `${field}.lastFailedAtMs`),
  }
}

function algorithm(value: unknown, field: string): OtpAlgorithm {
  if (value === 'SHA1' || value === 'SHA256' || value === 'SHA512') return value
  throw damaged(field, "'SHA1', 'SHA256' or 'SHA512'")
}

function eventType(value: unknown, field: string): TwoFactorEventType {
  if (typeof value === 'string' && Object.hasOwn(EVENT_TYPES, value)) return value as TwoFactorEventType
  throw damaged(field, 'a type of event')
}

function object(value: unknown, field: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw damaged(field, 'an object')
}

function list<Item>(
  value: unknown,
  field: string,
  most: number,
  parse: (item: unknown, field: string) => Item,
): readonly Item[] {
  if (!Array.isArray(value) || value.length > most) throw damaged(field, `a list of at most ${most}`)
  return value.map((item: unknown, index) => parse(item, `${field}[${index}]`))
}

function nullable<Value>(value: unknown, field: string, parse: (value: unknown, field: string) => Value): Value | null {
  return value === null ? null : parse(value, field)
}

function text(value: unknown, field: string, most: number): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= most) return value
  throw damaged(field, `text of 1 to ${most} characters`)
}

function id(value: unknown, field: string): string {
  return text(value, field, MAX_ID)
}

function name(value: unknown, field: string): string {
  if (typeof value === 'string' && value.length <= LIMITS.nameBytes) return value
  throw damaged(field, `text of at most ${LIMITS.nameBytes} characters`)
}

function boolean(value: unknown, field: string): boolean {
  if (typeof value === 'boolean') return value
  throw damaged(field, 'true or false')
}

function time(value: unknown, field: string): number {
  return integer(value, field, 0)
}

function integer(value: unknown, field: string, least: number, most: number = Number.MAX_SAFE_INTEGER): number {
  if (Number.isSafeInteger(value) && typeof value === 'number' && value >= least && value <= most) return value
  throw damaged(field, `a whole number from ${least} to ${most}`)
}

function damaged(field: string, allowed: string): CountersignError {
  return new CountersignError(
    'record_invalid',
    `The stored two-factor record is damaged: ${field} must be ${allowed}. Nothing was changed; restore it, or turn two-factor authentication off with admin.reset.`,
  )
}
