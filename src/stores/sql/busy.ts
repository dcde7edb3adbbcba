import type { Patience } from '../../engine/retry.ts'
import { codesOf, retryOnError } from './conflicts.ts'

/** Longer than any live writer holds the lock, even on a slow disk and with many waiting. */
export const PATIENCE_MS = 15_000

const PATIENCE: Patience = {
  tries: Number.POSITIVE_INFINITY,
  forMs: PATIENCE_MS,
  triesWithoutWait: 0,
  longestWaitMs: 32,
}

/**
 * Runs a statement again while another connection holds SQLite's lock, for about fifteen seconds, and then rejects with
 * the driver's error. A statement that failed so did nothing, so running it again is safe. SQLite's own busy timeout
 * would block the whole event loop.
 *
 * @param isLocked recognizes the error of a lock
 */
export function retryWhileLocked<T>(
  attempt: () => Promise<T>,
  isLocked: (error: unknown) => boolean = isBusy,
): Promise<T> {
  return retryOnError(PATIENCE, isLocked, attempt)
}

/** The primary result codes, https://sqlite.org/rescode.html: the lock of another connection, or of this one. */
const SQLITE_BUSY = 5
const SQLITE_LOCKED = 6

function isBusy(error: unknown): boolean {
  // node:sqlite reports SQLite's number, whose lowest byte is the primary code.
  if (typeof error === 'object' && error !== null && 'errcode' in error && typeof error.errcode === 'number') {
    const primary = error.errcode & 0xff
    return primary === SQLITE_BUSY || primary === SQLITE_LOCKED
  }
  // The others report its name. TRANSACTION_ACTIVE: all connections of a libSQL client were in the host's transactions.
  return [...codesOf(error)].some((code) => /^(SQLITE_BUSY|SQLITE_LOCKED|TRANSACTION_ACTIVE)/.test(code))
}
