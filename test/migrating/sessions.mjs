import { randomBytes } from 'node:crypto'

/** Random names for something kept in memory: sessions, and sign-ins that wait for a code. */
export function createSessions() {
  const kept = new Map()
  return {
    open: (value) => {
      const id = randomBytes(16).toString('hex')
      kept.set(id, value)
      return id
    },
    find: (id) => kept.get(id) ?? null,
  }
}
