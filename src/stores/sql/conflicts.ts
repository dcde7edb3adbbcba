import { type Patience, retryOnConflict } from '../../engine/retry.ts'
import { randomBytes } from '../../vault/random.ts'

/** For conflicts that end with the transaction of another writer, which is short. */
const PATIENCE: Patience = { tries: 20, triesWithoutWait: 1, longestWaitMs: 64 }

/** PostgreSQL's in_failed_sql_transaction: the statement ran in a transaction of the host, which is lost. */
const TRANSACTION_LOST = '25P02'

/**
 * Retries an attempt while it fails with a conflict, which means that nothing was done. After the last try it rejects
 * with the error.
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
 * Retries a statement if one of these codes says that it did nothing because of another one. Inside a transaction,
 * which such an error ends, it rejects with that error: the host must start again.
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

/** The codes of an error, and of those it wraps: query builders wrap the driver's error. */
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
