import type { Vault } from '../vault/vault.ts'
import { findDevice } from './device-token.ts'
import { readDeviceName } from './devices.ts'
import { EVENT_TYPES, type EventDetails, MINOR_CHANGES, type SecurityChange } from './events.ts'
import { LIMITS, type UserRecord } from './record.ts'

/** Who requested a write, and from where, as far as known. */
export interface ChangedBy {
  userId: string
  /** The device token that the browser presented, or a list of them. */
  device?: unknown
  /** The name of that browser. */
  deviceName?: unknown
}

/** The first of these among the events of one write names its line. */
const BY_WEIGHT = Object.keys(EVENT_TYPES)
const weight = ({ type }: EventDetails) => BY_WEIGHT.indexOf(type) + (MINOR_CHANGES.includes(type) ? 100 : 0)

/** The record with this write as one line on top of its last security changes. */
export function withChange(
  before: UserRecord | null,
  record: UserRecord,
  events: readonly EventDetails[],
  by: ChangedBy,
  vault: Vault,
  nowMs: number,
): UserRecord {
  const changing = events.filter(({ type }) => EVENT_TYPES[type].change).sort((a, b) => weight(a) - weight(b))
  const [first] = changing
  if (first === undefined) return record
  const also = new Set(changing.map(({ type }) => type))
  also.delete(first.type)
  const change: SecurityChange = {
    type: first.type,
    atMs: nowMs,
    ...(also.size > 0 && { also: [...also] }),
    ...authenticatorOf(changing, record, before),
    ...deviceOf(changing, record, before, by, vault, nowMs),
    ...(changing.length === 1 && untrustedOf(first, before)),
  }
  return { ...record, changes: latest([change, ...record.changes]) }
}

/** With its name after the write; if it was removed, its last name. */
function authenticatorOf(
  events: readonly EventDetails[],
  record: UserRecord,
  before: UserRecord | null,
): Pick<SecurityChange, 'authenticator'> {
  const id = events.find(({ authenticatorId }) => authenticatorId !== undefined)?.authenticatorId
  const found = [...record.authenticators, ...(before?.authenticators ?? [])].find((one) => one.id === id)
  return found === undefined ? {} : { authenticator: { id: found.id, type: found.type, name: found.name } }
}

/** Its entry in the list, if its token proves that it is that device; otherwise the name that it claims. */
function deviceOf(
  events: readonly EventDetails[],
  record: UserRecord,
  before: UserRecord | null,
  { userId, device, deviceName }: ChangedBy,
  vault: Vault,
  nowMs: number,
): Pick<SecurityChange, 'device'> {
  const given = readDeviceName(deviceName)
  const trustedNow = events.find(({ type }) => type === 'device.trusted')?.deviceId
  const presented =
    before === null || before.trustedDevices.length === 0 || trustedNow !== undefined
      ? null
      : findDevice(vault, userId, device, before, nowMs)
  const id = trustedNow ?? presented?.claims.trustedId
  const entry = [...record.trustedDevices, ...(before?.trustedDevices ?? [])].find((one) => one.id === id)
  if (entry !== undefined) return { device: { id: entry.id, name: entry.name || given } }
  return given === '' ? {} : { device: { name: given } }
}

/** The device whose trust ended. */
function untrustedOf({ type, deviceId }: EventDetails, before: UserRecord | null): Pick<SecurityChange, 'untrusted'> {
  if (type !== 'device.untrusted') return {}
  const entry = before?.trustedDevices.find(({ id }) => id === deviceId)
  return entry === undefined ? {} : { untrusted: { id: entry.id, name: entry.name } }
}

/** The latest that fit: the others before the minor ones, so that a flood of those hides nothing. */
function latest(changes: readonly SecurityChange[]): SecurityChange[] {
  const isMinor = ({ type }: SecurityChange) => MINOR_CHANGES.includes(type)
  const kept = changes.filter((change) => !isMinor(change)).slice(0, LIMITS.changes)
  const minor = changes.filter(isMinor).slice(0, LIMITS.changes - kept.length)
  return changes.filter((change) => kept.includes(change) || minor.includes(change))
}
