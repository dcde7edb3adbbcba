import { type Patience, retryOnConflict } from '../../engine/retry.ts'
import { randomBytes } from '../../vault/random.ts'

/** For conflicts that end with the transaction of another writer, which is short. */
const PATIENCE: Patience = { tries: 20, triesWithoutWait: 1, longestWaitMs: 64 }

/** PostgreSQL's in_failed_sql_transaction: the statement ran in one of the host's transactions, which is lost. */
const TRANSACTION_LOST = '25P02'

/**
 * Runs an attempt again while it fails with a conflict: an error after which nothing was done. After the last one it
 * rejects with the error.
 */
export async function retryOnError<T>(
  patience: Patience,
  isConflict: (error: unknown) => boolean,
  attempt: () => Promise<T>,
): Promise<T> {
  const outcome = await retryOnConflict(patience, randomBytes, async () => {
    try {
      return { result: await attempt() }
    } catch (error) {
      if (!isConflict(error)) throw error
      return { conflict: error }
    }
  })
  if ('result' in outcome) return outcome.result
  throw outcome.conflict
}

/**
 * Runs a statement again if the database says, by one of these codes, that it did nothing because another was in its
 * way. Inside a transaction, which such an error ends, it rejects with that error: the host begins again.
 */
export function retryOnCodes<T>(codes: readonly string[], attempt: () => Promise<T>): Promise<T> {
  let first: unknown
  return retryOnError(
    PATIENCE,
    (error) => {
      const found = codesOf(error)
      if (first !== undefined && found.has(TRANSACTION_LOST)) throw first
      first ??= error
      return codes.some((code) => found.has(code))
    },
    attempt,
  )
}

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
