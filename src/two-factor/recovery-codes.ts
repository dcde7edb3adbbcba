import type { Core } from '../engine/core.ts'
import type { EventDetails } from '../engine/events.ts'
import { transactWithProof } from '../engine/proof.ts'
import { isEnabled, type UserRecord } from '../engine/record.ts'
import { refusal } from '../engine/refusal.ts'
import { freshRecoveryCodes } from '../engine/setup.ts'
import { transact } from '../engine/transact.ts'
import { isOfThisView, sealView } from '../engine/view-token.ts'
import { optionsArgument } from '../options/groups.ts'
import { viewRecoveryCodes as view } from '../recovery-codes/keep.ts'
import { subjectOf, userIdArgument } from './arguments.ts'
import type {
  ContextOption,
  MarkRecoveryCodesSavedOptions,
  ProofOption,
  RegenerateRecoveryCodesOptions,
} from './options.ts'
import type {
  MarkRecoveryCodesSavedResult,
  RegenerateRecoveryCodesResult,
  ViewRecoveryCodesResult,
} from './outcomes.ts'

export async function viewRecoveryCodes(
  core: Core,
  user: string,
  options: ProofOption & ContextOption,
): Promise<ViewRecoveryCodesResult> {
  const userId = userIdArgument(user)
  const given = optionsArgument(options)
  return transactWithProof<ViewRecoveryCodesResult, 'not-enabled' | 'not-viewable'>(
    core,
    subjectOf(userId, given),
    given,
    (record) => {
      if (!isEnabled(record)) return 'not-enabled'
      return record.recoveryCodes?.kept === 'sealed' ? null : 'not-viewable'
    },
    (record, nowMs) => {
      const { recoveryCodes: stored } = record
      const codes = stored === null ? [] : view(stored, { vault: core.vault, userId })
      return {
        result: {
          ok: true,
          recoveryCodes: codes.map((code, index) => ({ code, usedAtMs: stored?.usedAtMs[index] ?? null })),
          createdAtMs: stored?.createdAtMs ?? 0,
          token: sealView(core.vault, userId, record, nowMs),
        },
        record,
        events: [{ type: 'recovery-codes.viewed' }],
      }
    },
  )
}

export async function regenerateRecoveryCodes(
  core: Core,
  user: string,
  options: RegenerateRecoveryCodesOptions,
): Promise<RegenerateRecoveryCodesResult> {
  const userId = userIdArgument(user)
  const given = optionsArgument(options)
  const subject = subjectOf(userId, given)
  const regenerate = (record: UserRecord, nowMs: number) => {
    const { codes, stored } = freshRecoveryCodes(core, userId, nowMs)
    const events: EventDetails[] = [{ type: 'recovery-codes.regenerated', recoveryCodesLeft: codes.length }]
    return {
      result: { ok: true as const, recoveryCodes: codes },
      record: { ...record, recoveryCodes: stored, issuedCodes: [] },
      events,
    }
  }

  const token = viewTokenIn(given.proof)
  if (token !== null) {
    return transact<RegenerateRecoveryCodesResult>(core, subject, (record, nowMs) => {
      if (!isEnabled(record)) return { result: refusal('not-enabled') }
      const isProven = isOfThisView(core.vault, userId, record, token.value, nowMs)
      return isProven ? regenerate(record, nowMs) : { result: refusal('proof-required') }
    })
  }
  return transactWithProof<RegenerateRecoveryCodesResult, 'not-enabled'>(
    core,
    subject,
    given,
    (record) => (isEnabled(record) ? null : 'not-enabled'),
    regenerate,
  )
}

export async function markRecoveryCodesSaved(
  core: Core,
  user: string,
  options: MarkRecoveryCodesSavedOptions,
): Promise<MarkRecoveryCodesSavedResult> {
  const userId = userIdArgument(user)
  const { createdAtMs, context } = optionsArgument(options)
  return transact<MarkRecoveryCodesSavedResult>(core, { userId, context }, (record, nowMs) => {
    if (!isEnabled(record)) return { result: refusal('not-enabled') }
    const { recoveryCodes } = record
    if (recoveryCodes === null || recoveryCodes.createdAtMs !== createdAtMs) return { result: refusal('not-found') }
    if (recoveryCodes.savedAtMs !== null) return { result: { ok: true } }
    return { result: { ok: true }, record: { ...record, recoveryCodes: { ...recoveryCodes, savedAtMs: nowMs } } }
  })
}

/** The token of a proof `{ token }` without other keys; null for any other proof. */
function viewTokenIn(proof: unknown): { value: unknown } | null {
  if (typeof proof !== 'object' || proof === null) return null
  const keys = Reflect.ownKeys(proof)
  return keys.length === 1 && keys[0] === 'token' ? { value: Reflect.get(proof, 'token') } : null
}
