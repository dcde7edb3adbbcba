/** Why a browser returned no passkey. `passkey-canceled` is also used if it does not say why. */
export type PasskeyProblem =
  | 'passkey-canceled'
  | 'passkey-timed-out'
  | 'passkey-not-allowed'
  | 'passkey-not-supported'
  | 'passkey-wrong-site'

const PROBLEMS: Record<string, PasskeyProblem | 'already-registered'> = {
  ConstraintError: 'passkey-not-supported',
  InvalidStateError: 'already-registered',
  NotSupportedError: 'passkey-not-supported',
  SecurityError: 'passkey-wrong-site',
}

/** A browser's timer may end a little early. */
const SLACK_MS = 1000

/**
 * What an exception of `navigator.credentials` means. `NotAllowedError` is vague by design: the person canceled, the
 * time ran out, or the page may not ask.
 */
export function problemOf(
  fault: unknown,
  { tookMs, timeout }: { tookMs: number; timeout: number },
): PasskeyProblem | 'already-registered' {
  const name = fault instanceof Error || fault instanceof DOMException ? fault.name : ''
  if (name !== 'NotAllowedError') return PROBLEMS[name] ?? 'passkey-canceled'
  if (isFramedByAnotherSite()) return 'passkey-not-allowed'
  return tookMs >= timeout - SLACK_MS ? 'passkey-timed-out' : 'passkey-canceled'
}

/** The server refuses a passkey that was used in such a frame, even where the browser allows it. */
function isFramedByAnotherSite(): boolean {
  try {
    return globalThis.top?.document === undefined
  } catch {
    return true
  }
}
