import type { CountedFailure } from './throttle.ts'
import type { Decision } from './transact.ts'

/** What the host must compare before a typed code can be answered. */
export interface ImportedCheck {
  /** The set that the hashes are of. */
  setId: string
  /** What was typed, its case and dashes kept. */
  typed: string
  candidates: readonly { index: number; hash: string }[]
  /** The failure that is written already; null: none is. */
  counted: CountedFailure | null
}

/** Which hashes the typed code belongs to, as the host said. */
export interface ImportedAnswer {
  setId: string
  matching: readonly number[]
  counted: CountedFailure | null
}

/** As {@link Decision}; with `check`, its result stands only until the host has compared. */
export interface CodeDecision<Result> extends Decision<Result> {
  check?: ImportedCheck
}
