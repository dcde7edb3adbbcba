import type { TokenStore } from './store.ts'

interface Row {
  userId: string
  version: string
  /** JSON, so that the store and its callers share no objects. */
  text: string
}

/**
 * Keeps access tokens in this process's memory: for tests and for trying things out. They are gone when the process
 * ends, and no other process sees them.
 *
 * @example
 * const tokens = createAccessTokens({ twoFactor, store: memoryTokenStore(), prefix: 'acme' })
 */
export function memoryTokenStore(): TokenStore {
  const rows = new Map<string, Row>()
  const hashesOf = new Map<string, Set<string>>()

  return {
    async find(hash) {
      const row = rows.get(hash)
      return row === undefined ? null : { token: JSON.parse(row.text), version: row.version }
    },

    async list(userId) {
      return [...(hashesOf.get(userId) ?? [])].flatMap((hash) => {
        const row = rows.get(hash)
        return row === undefined ? [] : [{ hash, token: JSON.parse(row.text), version: row.version }]
      })
    },

    async save(hash, { expected, version, userId, token }) {
      const row = rows.get(hash)
      if ((row?.version ?? null) !== expected) return false
      const hashes = hashesOf.get(row?.userId ?? userId) ?? new Set()
      if (token === null) {
        rows.delete(hash)
        hashes.delete(hash)
      } else {
        rows.set(hash, { userId: row?.userId ?? userId, version, text: JSON.stringify(token) })
        hashes.add(hash)
      }
      if (hashes.size === 0) hashesOf.delete(row?.userId ?? userId)
      else hashesOf.set(row?.userId ?? userId, hashes)
      return true
    },
  }
}
