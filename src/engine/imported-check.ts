import type { CountedFailure } from './throttle.ts'
import type { Decision } from './transact.ts'

/** What the host must compare before a typed code is answered. */
export interface ImportedCheck {
  /** The set that the hashes are of. */
  setId: string
  /** What was typed, with its case and dashes. */
  typed: string
  candidates: readonly { index: number; hash: string }[]
  /** The failure that was already written; null: none. */
  counted: CountedFailure | null
}

/** Which hashes match the typed code, as the host said. */
export interface ImportedAnswer {
  setId: string
  matching: readonly number[]
  counted: CountedFailure | null
}

/** As {@link Decision}; with `check`, its result is provisional until the host has compared. */
export interface CodeDecision<Result> extends Decision<Result> {
  check?: ImportedCheck
}
