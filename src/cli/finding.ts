/** The result of one check of `doctor`. `todo` null: it is fine. */
export interface Finding {
  check: string
  found: string
  todo: string | null
  /** It could not be looked at here: `found` says what it needs. */
  isSkipped?: true
}

export function fine(check: string, found: string): Finding {
  return { check, found, todo: null }
}

/** With its cause, which says why `fetch` failed. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Node's own, if a name has several addresses and none answers.
  if (error instanceof AggregateError && error.message === '') return messageOf(error.errors[0])
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
