/** The part of a Redis client that is used: running a script over one key. */
export interface RedisDriver {
  /** EVALSHA */
  bySha1(sha1: string, key: string, args: string[]): Promise<unknown>
  /** EVAL */
  byText(script: string, key: string, args: string[]): Promise<unknown>
  /** The servers that hold keys: one, or each master of a cluster. */
  scans(): Promise<readonly RedisScan[]>
}

/** SCAN on one server. */
export interface RedisScan {
  /** Stays the same for the same server. */
  name: string
  /** What the client itself puts before each key. */
  keyPrefix: string
  scan(cursor: string, match: string, count: number): Promise<{ cursor: string; keys: readonly unknown[] }>
}

/** Runs a script over one key, in one atomic step. */
export type RunScript = (key: string, ...args: string[]) => Promise<unknown>

/**
 * One round trip per call; if the server does not know the script yet, one more, and the first did nothing.
 *
 * Reads are scripts too: a client configured to send reads to replicas (`scaleReads`, `useReplicas`) still sends
 * scripts to the master, so that no read is stale.
 */
export function redisScript(driver: RedisDriver, script: string): RunScript {
  let digest: Promise<string> | null = null

  return async (key, ...args) => {
    digest ??= sha1(script)
    try {
      return await driver.bySha1(await digest, key, args)
    } catch (error) {
      if (!isUnknownScript(error)) throw error
      return driver.byText(script, key, args)
    }
  }
}

function isUnknownScript(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'message' in error && String(error.message).startsWith('NOSCRIPT')
  )
}

/** Redis names scripts by SHA-1, in hexadecimal. */
async function sha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
