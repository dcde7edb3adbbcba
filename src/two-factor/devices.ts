import type { Core } from '../engine/core.ts'
import { untrusted, withoutDevices } from '../engine/devices.ts'
import { isEnabled } from '../engine/record.ts'
import { refusal } from '../engine/refusal.ts'
import { transact } from '../engine/transact.ts'
import { optionsArgument } from '../options/groups.ts'
import { subjectOf, userIdArgument } from './arguments.ts'
import type { RevokeTrustedDevicesOptions } from './options.ts'
import type { RevokeTrustedDevicesResult } from './outcomes.ts'

export async function revokeTrustedDevices(
  core: Core,
  user: string,
  options?: RevokeTrustedDevicesOptions,
): Promise<RevokeTrustedDevicesResult> {
  const userId = userIdArgument(user)
  const given = optionsArgument(options)
  const { id, device } = given
  return transact<RevokeTrustedDevicesResult>(core, subjectOf(userId, given), (record, nowMs) => {
    if (!isEnabled(record)) return { result: refusal('not-enabled') }
    if (id === undefined) {
      const forgotten = withoutDevices(record, { userId, device, nowMs }, core)
      return { result: { ok: true, revoked: record.trustedDevices.length }, ...forgotten }
    }
    const leaving = record.trustedDevices.find((trusted) => trusted.id === id)
    if (leaving === undefined) return { result: refusal('not-found') }
    return {
      result: { ok: true, revoked: 1 },
      record: { ...record, trustedDevices: record.trustedDevices.filter((trusted) => trusted !== leaving) },
      events: [untrusted(leaving)],
    }
  })
}
