import { codesOf } from './conflicts.ts'

/** Longer than any living writer holds the lock, even on a slow disk and with many in line. */
export const PATIENCE_MS = 15_000
const LONGEST_PAUSE_MS = 32

/**
 * Runs a statement again while another connection holds SQLite's lock, for about fifteen seconds, and then rejects with
 * the driver's error. A statement that failed so did nothing, so that running it again is safe.
 * It waits here rather than in SQLite's own busy timeout, which would hold up the whole event loop.
 */
export async function whileBusy<T>(attempt: () => Promise<T>): Promise<T> {
  let busySinceMs: number | null = null
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await attempt()
    } catch (error) {
      if (!isBusy(error)) throw error
      busySinceMs ??= performance.now()
      if (performance.now() - busySinceMs > PATIENCE_MS) throw error
    }
    await pause(pauseMs)
  }
}

/** Between nothing and `longestMs`: writers that met once should not meet again. */
function pause(longestMs: number): Promise<void> {
  const [random = 0] = crypto.getRandomValues(new Uint8Array(1))
  return new Promise((resolve) => setTimeout(resolve, (random / 255) * longestMs))
}

/** The primary result codes, https://sqlite.org/rescode.html: the lock of another connection, or of this one. */
const SQLITE_BUSY = 5
const SQLITE_LOCKED = 6

function isBusy(error: unknown): boolean {
  // node:sqlite gives SQLite's number, whose lowest byte is the primary code.
  if (typeof error === 'object' && error !== null && 'errcode' in error && typeof error.errcode === 'number') {
    const primary = error.errcode & 0xff
    return primary === SQLITE_BUSY || primary === SQLITE_LOCKED
  }
  // The others give its name. TRANSACTION_ACTIVE: all connections of a libSQL client were in transactions of the host's.
  return [...codesOf(error)].some((code) => /^(SQLITE_BUSY|SQLITE_LOCKED|TRANSACTION_ACTIVE)/.test(code))
}
