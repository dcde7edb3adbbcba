import type { Core } from '../engine/core.ts'
import { untrusted } from '../engine/devices.ts'
import { isEnabled } from '../engine/record.ts'
import { refusal } from '../engine/refusal.ts'
import { transact } from '../engine/transact.ts'
import { optionsArgument } from '../options/groups.ts'
import { userIdArgument } from './arguments.ts'
import type { RevokeTrustedDevicesOptions } from './options.ts'
import type { RevokeTrustedDevicesResult } from './outcomes.ts'

export async function revokeTrustedDevices(
  core: Core,
  user: string,
  options?: RevokeTrustedDevicesOptions,
): Promise<RevokeTrustedDevicesResult> {
  const userId = userIdArgument(user)
  const { id, context } = optionsArgument(options)
  return transact<RevokeTrustedDevicesResult>(core, { userId, context }, (record) => {
    if (!isEnabled(record)) return { result: refusal('not-enabled') }
    const leaving = record.trustedDevices.filter((device) => id === undefined || device.id === id)
    if (id !== undefined && leaving.length === 0) return { result: refusal('not-found') }
    if (leaving.length === 0) return { result: { ok: true, revoked: 0 } }
    return {
      result: { ok: true, revoked: leaving.length },
      record: { ...record, trustedDevices: record.trustedDevices.filter((device) => !leaving.includes(device)) },
      events: leaving.map(untrusted),
    }
  })
}
