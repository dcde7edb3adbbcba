import type { Core } from '../engine/core.ts'
import { transactWithProof } from '../engine/proof.ts'
import { isEnabled } from '../engine/record.ts'
import { freshRecoveryCodes } from '../engine/setup.ts'
import { optionsArgument } from '../options/groups.ts'
import { viewRecoveryCodes as view } from '../recovery-codes/keep.ts'
import { userIdArgument } from './arguments.ts'
import type { ContextOption, ProofOption } from './options.ts'
import type { RegenerateRecoveryCodesResult, ViewRecoveryCodesResult } from './outcomes.ts'

export async function viewRecoveryCodes(
  core: Core,
  user: string,
  options: ProofOption & ContextOption,
): Promise<ViewRecoveryCodesResult> {
  const userId = userIdArgument(user)
  const given = optionsArgument(options)
  return transactWithProof<ViewRecoveryCodesResult, 'not-enabled' | 'not-viewable'>(
    core,
    { userId, context: given.context },
    given,
    (record) => {
      if (!isEnabled(record)) return 'not-enabled'
      return record.recoveryCodes?.kept === 'sealed' ? null : 'not-viewable'
    },
    (record) => {
      const { recoveryCodes: stored } = record
      const codes = stored === null ? [] : view(stored, { vault: core.vault, userId })
      return {
        result: {
          ok: true,
          recoveryCodes: codes.map((code, index) => ({ code, usedAtMs: stored?.usedAtMs[index] ?? null })),
          createdAtMs: stored?.createdAtMs ?? 0,
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
  options: ProofOption & ContextOption,
): Promise<RegenerateRecoveryCodesResult> {
  const userId = userIdArgument(user)
  const given = optionsArgument(options)
  return transactWithProof<RegenerateRecoveryCodesResult, 'not-enabled'>(
    core,
    { userId, context: given.context },
    given,
    (record) => (isEnabled(record) ? null : 'not-enabled'),
    (record, nowMs) => {
      const { codes, stored } = freshRecoveryCodes(core, userId, nowMs)
      return {
        result: { ok: true, recoveryCodes: codes },
        record: { ...record, recoveryCodes: stored },
        events: [{ type: 'recovery-codes.regenerated', recoveryCodesLeft: codes.length }],
      }
    },
  )
}
