import type { Core } from '../engine/core.ts'
import { transactWithProof } from '../engine/proof.ts'
import { optionsArgument } from '../options/groups.ts'
import { subjectOf, userIdArgument } from './arguments.ts'
import type { ContextOption, ProofOption } from './options.ts'
import type { VerifyProofResult } from './outcomes.ts'

export async function verifyProof(
  core: Core,
  user: string,
  options: ProofOption & ContextOption,
): Promise<VerifyProofResult> {
  const userId = userIdArgument(user)
  const given = optionsArgument(options)
  return transactWithProof<VerifyProofResult, never>(
    core,
    subjectOf(userId, given),
    given,
    () => null,
    (record) => ({ result: { ok: true }, record }),
  )
}
