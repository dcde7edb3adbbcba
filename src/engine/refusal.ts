/** An outcome that was expected, and is not what the caller hoped for. */
export interface Refusal<Reason extends string> {
  ok: false
  reason: Reason
  /** Whole seconds until trying again can help; null where no time is known. */
  retryAfterSeconds: number | null
}

export function refusal<Reason extends string>(
  reason: Reason,
  retryAfterSeconds: number | null = null,
): Refusal<Reason> {
  return { ok: false, reason, retryAfterSeconds }
}
