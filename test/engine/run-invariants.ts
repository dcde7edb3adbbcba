import type { UserRecord } from '../../src/engine/record.ts'
import { isOk, type Operation } from './operation.ts'

/** Operations that ran at once, what each came to, and the record before and after. */
export interface Run {
  operations: readonly Operation[]
  results: readonly unknown[]
  before: UserRecord | null
  after: UserRecord | null
  /** The order of the store calls: `1 loads, 2 loads, 1 saves, 2 saves`. */
  schedule: string
}

/** What must hold whatever the order was, said without the engine's help; null if it holds. */
export function brokenInvariant(run: Run): string | null {
  return spentTwice(run) ?? codesLost(run) ?? failuresLost(run) ?? stalePassword(run)
}

/** A step, a recovery code, a challenge, a step-up and a setup succeed at most once. */
function spentTwice(run: Run): string | null {
  const spent = succeeded(run).flatMap((operation) => spends(operation))
  const twice = spent.find((one, index) => spent.indexOf(one) !== index)
  return twice === undefined ? null : `accepted twice: ${twice}`
}

/** Accepted + left = issued. */
function codesLost(run: Run): string | null {
  const { before, after } = run
  if (after === null || after.recoveryCodes === null || after.recoveryCodes.id !== before?.recoveryCodes?.id)
    return null
  const accepted = succeeded(run)
    .flatMap(spends)
    .filter((one) => one.startsWith('recovery code')).length
  const isUsed = (usedAtMs: number | null) => usedAtMs !== null
  const used = after.recoveryCodes.usedAtMs.filter(isUsed).length - before.recoveryCodes.usedAtMs.filter(isUsed).length
  return used === accepted ? null : `${accepted} recovery codes were accepted, ${used} are used`
}

/** Failures are forgotten by whoever may, and none that was looked at is lost. */
function failuresLost(run: Run): string | null {
  const { operations, results, before, after } = run
  const forgets = (operation: Operation) => operation.includes('ends proofs') || operation.includes('forgets failures')
  if (succeeded(run).some(forgets)) return null
  // Of imported codes that were replaced, a wrong one is no guess any more.
  if (before?.recoveryCodes?.kept === 'imported' && after?.recoveryCodes?.id !== before.recoveryCodes.id) return null
  const guessed = operations.filter((one, index) => one.includes('guesses') && isWrong(results[index])).length
  const counted = failuresIn(after) - failuresIn(before)
  return counted >= guessed ? null : `${guessed} wrong guesses were looked at, ${counted} were counted`
}

/** A password that was looked at before something ended all proofs is not taken after it. */
function stalePassword({ operations, results, schedule }: Run): string | null {
  const calls = schedule.split(', ')
  const isDone = operations.map((_, index) => isOk(results[index]))
  for (const [ender, ending] of operations.entries()) {
    if (!ending.includes('ends proofs') || !isDone[ender]) continue
    const ended = calls.lastIndexOf(`${ender + 1} saves`)
    const stale = operations.findIndex((operation, index) => {
      const [began, saved] = [calls.indexOf(`${index + 1} loads`), calls.lastIndexOf(`${index + 1} saves`)]
      return operation.includes('by password') && isDone[index] && began < ended && ended < saved && index !== ender
    })
    if (stale >= 0) return `“${operations[stale]?.[0]}” went by a password of before “${ending[0]}”`
  }
  return null
}

function succeeded({ operations, results }: Run): Operation[] {
  return operations.filter((_, index) => isOk(results[index]))
}

function spends(operation: Operation): string[] {
  return operation.flatMap((tag) => (typeof tag === 'string' && tag.startsWith('spends ') ? [tag.slice(7)] : []))
}

function isWrong(result: unknown): boolean {
  const reason = typeof result === 'object' && result !== null && 'reason' in result ? result.reason : null
  return reason === 'wrong-code' || reason === 'wrong-password'
}

function failuresIn(record: UserRecord | null): number {
  const throttle = record?.throttle ?? null
  if (throttle === null) return 0
  return [throttle.codes.known, throttle.codes.strangers, throttle.passwords].flatMap((one) => one.failedAtMs).length
}
