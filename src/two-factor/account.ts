import { authenticatorTypes, usablePasskeys } from '../engine/authenticators.ts'
import { newEpoch } from '../engine/challenges.ts'
import type { Core } from '../engine/core.ts'
import { findDevice } from '../engine/device-token.ts'
import { isTrusted, trustEndsMs, withoutTrust } from '../engine/devices.ts'
import { acceptedRecoveryCodes } from '../engine/imported-codes.ts'
import { goodIssuedCodes } from '../engine/issued-codes.ts'
import { digitsShown } from '../engine/methods.ts'
import { acceptedProofKinds, transactWithProof } from '../engine/proof.ts'
import { emptyRecord, isEnabled } from '../engine/record.ts'
import { lightestRecoveryAttempt } from '../engine/recovery-step.ts'
import { isWithin } from '../engine/sealed-token.ts'
import { lightestAttempt } from '../engine/second-step.ts'
import { SETUP_MS } from '../engine/setup-token.ts'
import { gate, relieved } from '../engine/throttle.ts'
import { loadRecord, transact } from '../engine/transact.ts'
import type { Visitor } from '../engine/visitor.ts'
import { optionsArgument } from '../options/groups.ts'
import { recoveryCodesLeft } from '../recovery-codes/keep.ts'
import { subjectOf, userIdArgument } from './arguments.ts'
import { isRequired, requiredFrom, requirementOf } from './hooks.ts'
import type { ContextOption, DeviceOption, PasswordChangedOptions, ProofOption } from './options.ts'
import type { AuthenticatorStatus, DisableResult, TwoFactorStatus } from './outcomes.ts'

const STRANGER: Visitor = { pool: 'strangers', trusted: null, lastMethod: null }

export async function status(core: Core, user: string, options?: DeviceOption): Promise<TwoFactorStatus> {
  const userId = userIdArgument(user)
  const { device } = optionsArgument(options)
  const [record, requirement] = await Promise.all([loadRecord(core.store, userId), requirementOf(core, userId)])
  const nowMs = core.now()
  const { trustDeviceDays } = core
  const known = record ?? emptyRecord()
  const { enabledAtMs, authenticators, pending, trustedDevices, throttle, changes } = known
  const recoveryCodes = acceptedRecoveryCodes(known, core)
  const currentId = findDevice(core.vault, userId, device, known, nowMs)?.claims.trustedId ?? null
  const usable = usablePasskeys(core, { authenticators })
  return {
    enabled: isEnabled(record),
    required: requirement.required,
    ...requiredFrom(requirement),
    enabledAtMs,
    authenticators: authenticators.map((one): AuthenticatorStatus => {
      const { id, name, createdAtMs, lastUsedAtMs } = one
      const fields = { id, name, createdAtMs, lastUsedAtMs, weak: one.type === 'totp' && one.weak }
      if (one.type === 'totp') return { ...fields, type: 'totp' }
      const { credentialId, rpId, backedUp } = one
      return { ...fields, type: 'passkey', credentialId, rpId, backedUp, usable: usable.includes(one) }
    }),
    authenticatorTypes: authenticatorTypes(core),
    pendingSetup:
      pending !== null && isWithin(pending.expiresAtMs, SETUP_MS, nowMs)
        ? { type: pending.type, name: pending.name, replaces: [...pending.replaces], expiresAtMs: pending.expiresAtMs }
        : null,
    recoveryCodes: {
      total: recoveryCodes?.usedAtMs.length ?? 0,
      left: recoveryCodesLeft(recoveryCodes),
      createdAtMs: recoveryCodes?.createdAtMs ?? null,
      savedAtMs: recoveryCodes?.savedAtMs ?? null,
      viewable: recoveryCodes?.kept === 'sealed',
      issued: goodIssuedCodes(known, nowMs).map(({ createdAtMs, expiresAtMs }) => ({ createdAtMs, expiresAtMs })),
    },
    trustedDevices: trustedDevices.flatMap((trusted) =>
      isTrusted(trusted, trustDeviceDays, nowMs)
        ? [{ ...trusted, expiresAtMs: trustEndsMs(trusted, trustDeviceDays ?? 0), current: trusted.id === currentId }]
        : [],
    ),
    totpDigits: digitsShown(core, record),
    trustDeviceDays,
    throttle: {
      knownDevices: gate(throttle, { kind: 'code', pool: 'known', weight: 1 }, nowMs),
      strangers: gate(throttle, lightestAttempt(known, STRANGER), nowMs),
      recoveryCodes: gate(throttle, lightestRecoveryAttempt(known, STRANGER, nowMs), nowMs),
      passwords: gate(throttle, { kind: 'password' }, nowMs),
    },
    changes: changes.map((change) => ({ ...change })),
    acceptedProofs: acceptedProofKinds(core, record),
  }
}

export async function disable(core: Core, user: string, options: ProofOption & ContextOption): Promise<DisableResult> {
  const userId = userIdArgument(user)
  const given = optionsArgument(options)
  const requirement = await requirementOf(core, userId)
  return transactWithProof<DisableResult, 'not-enabled' | 'two-factor-required'>(
    core,
    subjectOf(userId, given),
    given,
    (record) => {
      if (!isEnabled(record)) return 'not-enabled'
      return requirement.required ? 'two-factor-required' : null
    },
    () => ({
      result: { ok: true, ...requiredFrom(requirement) },
      record: null,
      events: [{ type: 'two-factor.disabled' }],
    }),
  )
}

export async function passwordChanged(
  core: Core,
  user: string,
  options?: PasswordChangedOptions,
): Promise<{ ok: true }> {
  const userId = userIdArgument(user)
  const given = optionsArgument(options)
  // A check of the old password may be running without a record: creating one voids its answer.
  const required = await isRequired(core, userId)
  return transact(core, subjectOf(userId, given), (record, nowMs) => {
    if (record === null && !required) return { result: { ok: true } }
    const before = record ?? emptyRecord()
    const trust = given.keepTrustedDevices === true ? { record: before, events: [] } : withoutTrust(before)
    return {
      result: { ok: true },
      record: {
        ...trust.record,
        challenges: newEpoch(nowMs, core.nonces),
        pending: null,
        throttle: relieved(before.throttle, nowMs),
      },
      events: [{ type: 'password.changed' }, ...trust.events],
    }
  })
}
