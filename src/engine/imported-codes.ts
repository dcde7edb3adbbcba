import { booleanFrom } from '../options/hooks.ts'
import { readTypedText } from '../otp/typed-code.ts'
import { openImportedCodes } from '../recovery-codes/imported.ts'
import type { StoredRecoveryCodes } from '../recovery-codes/keep.ts'
import type { Vault } from '../vault/vault.ts'
import type { Core } from './core.ts'
import type { CodeDecision, ImportedAnswer, ImportedCheck } from './imported-check.ts'
import type { UserRecord } from './record.ts'
import { type Refusal, refusal } from './refusal.ts'
import { type Subject, transact } from './transact.ts'

/*
 * Recovery codes that another library stored as hashes. The host compares them, and its hook may be slow, hang or
 * throw, so it runs between two transactions. The first checks everything else, and returns what must be compared. The
 * second checks everything again, with the answer.
 *
 * Nothing that can fail may come between checking a guess and counting it. Hence:
 * - A typed code is compared with every hash that it could belong to, and only then answered. If the hook throws at one
 *   of them, nothing was revealed by the others.
 * - A code that could also be an authenticator's is tried as that first, and that failure is written before the hook
 *   runs. The write that accepts the code takes it back.
 */

const PRINTABLE = /^[!-~]+$/

/** Whether the record's recovery codes can be used: imported hashes only with the host's hook. */
export function acceptedRecoveryCodes(
  { recoveryCodes }: UserRecord,
  { verifyImportedCode }: Pick<Core, 'verifyImportedCode'>,
): StoredRecoveryCodes | null {
  return recoveryCodes?.kept === 'imported' && verifyImportedCode === undefined ? null : recoveryCodes
}

/**
 * What must be compared with this code, or null if it cannot be one of them. Empty if all of that length were used.
 *
 * @param typed without dashes: its length is that of the code
 */
export function importedCheck(
  recoveryCodes: StoredRecoveryCodes | null,
  typed: string,
  code: unknown,
  keeping: { vault: Vault; userId: string },
): ImportedCheck | null {
  if (recoveryCodes?.kept !== 'imported' || !recoveryCodes.lengths.includes(typed.length)) return null
  const text = readTypedText(code)
  if (text === null || !PRINTABLE.test(text)) return null
  const candidates = openImportedCodes(recoveryCodes, keeping).flatMap((one, index) =>
    one !== null && one.length === typed.length ? [{ index, hash: one.hash }] : [],
  )
  return { setId: recoveryCodes.id, typed: text, candidates, counted: null }
}

/** The indexes of the matching hashes that are still unused. */
export function stillMatching({ id, usedAtMs }: StoredRecoveryCodes, { setId, matching }: ImportedAnswer): number[] {
  return setId === id ? matching.filter((index) => usedAtMs[index] === null) : []
}

/**
 * An operation with a typed code. One transaction; two if an imported hash must be compared. One comparison runs per
 * user at a time.
 */
export async function transactWithCode<Result>(
  core: Core,
  subject: Subject,
  decide: (record: UserRecord | null, nowMs: number, answer: ImportedAnswer | null) => CodeDecision<Result>,
): Promise<Result | Refusal<'throttled'>> {
  const decided = (answer: ImportedAnswer | null) =>
    transact(core, subject, (record, nowMs) => {
      const { result, check, record: next, events } = decide(record, nowMs, answer)
      return { result: { result, check }, record: next, events }
    })

  const first = await decided(null)
  if (first.check === undefined) return first.result
  const answer = await compare(core, subject.userId, first.check)
  if (answer === null) return refusal('throttled', 1)
  if (answer.matching.length === 0 && answer.counted !== null) return first.result
  const { result } = await decided(answer)
  return result
}

/** Null: a comparison for this user is already running, or too many in this process. */
async function compare(
  { verifyImportedCode: hook, importedChecks }: Core,
  userId: string,
  { setId, typed, candidates, counted }: ImportedCheck,
): Promise<ImportedAnswer | null> {
  const running = importedChecks.run(userId, async () => {
    const matching: number[] = []
    for (const { index, hash } of candidates) {
      if (booleanFrom('verifyImportedCode', await hook?.(typed, hash))) matching.push(index)
    }
    return matching
  })
  return running === null ? null : { setId, matching: await running, counted }
}
