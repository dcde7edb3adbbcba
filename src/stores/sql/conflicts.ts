const MOST_WRAPPINGS = 6

/** The codes of an error, and of what it wraps: query builders put the driver's error into one of their own. */
export function codesOf(error: unknown): ReadonlySet<string> {
  const codes = new Set<string>()
  collect(error, codes, 0)
  return codes
}

function collect(error: unknown, codes: Set<string>, depth: number): void {
  if (typeof error !== 'object' || error === null || depth > MOST_WRAPPINGS) return
  for (const name of ['code', 'errno', 'originalCode']) {
    const code: unknown = Reflect.get(error, name)
    if (typeof code === 'string' || typeof code === 'number') codes.add(String(code))
  }
  for (const name of ['cause', 'meta', 'driverAdapterError']) collect(Reflect.get(error, name), codes, depth + 1)
}

const TRIES = 20
const LONGEST_PAUSE_MS = 64

/** PostgreSQL's in_failed_sql_transaction: the statement ran in a transaction of the host's, which is lost. */
const TRANSACTION_LOST = '25P02'

/**
 * Runs a statement again where the database says, by one of these codes, that it did nothing because another was in
 * its way. Inside of a transaction, which such an error ends, it rejects with that error: the host begins anew.
 */
export async function untilAlone<T>(codes: readonly string[], attempt: () => Promise<T>): Promise<T> {
  let first: unknown
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt()
    } catch (error) {
      const found = codesOf(error)
      if (first !== undefined && found.has(TRANSACTION_LOST)) throw first
      if (tries === TRIES || !codes.some((code) => found.has(code))) throw error
      first ??= error
    }
    if (tries > 1) await pause(Math.min(2 ** tries, LONGEST_PAUSE_MS))
  }
}

function pause(longestMs: number): Promise<void> {
  const [random = 0] = crypto.getRandomValues(new Uint8Array(1))
  return new Promise((resolve) => setTimeout(resolve, (random / 255) * longestMs))
}
