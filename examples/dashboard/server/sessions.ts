import { createHash, randomBytes } from 'node:crypto'
import type { Client } from '@libsql/client'
import * as v from 'valibot'

const LIFETIME_MS = 12 * 60 * 60 * 1000

const SessionRow = v.pipe(
  v.object({ id: v.string(), user_id: v.string() }),
  v.transform((row) => ({ id: row.id, userId: row.user_id })),
)
/** `id` is the token's hash: it names the session, and opens nothing. */
export type Session = v.InferOutput<typeof SessionRow>
export type Sessions = ReturnType<typeof createSessions>

const idOf = (token: string) => createHash('sha256').update(token).digest('base64url')

/** Who is signed in. The token goes to the client; the database holds its hash, so reading it opens no session. */
export function createSessions(database: Client, now: () => number) {
  return {
    lifetimeSeconds: LIFETIME_MS / 1000,

    async open(userId: string): Promise<string> {
      const token = randomBytes(32).toString('base64url')
      await database.batch(
        [
          { sql: 'DELETE FROM sessions WHERE expires_at_ms <= ?', args: [now()] },
          {
            sql: 'INSERT INTO sessions (id, user_id, expires_at_ms) VALUES (?, ?, ?)',
            args: [idOf(token), userId, now() + LIFETIME_MS],
          },
        ],
        'write',
      )
      return token
    },

    async find(token: string): Promise<Session | null> {
      const { rows } = await database.execute({
        sql: 'SELECT id, user_id FROM sessions WHERE id = ? AND expires_at_ms > ?',
        args: [idOf(token), now()],
      })
      return rows[0] ? v.parse(SessionRow, rows[0]) : null
    },

    async end(id: string): Promise<void> {
      await database.execute({ sql: 'DELETE FROM sessions WHERE id = ?', args: [id] })
    },

    /** All of a user's sessions, or all but the one that asks for it. */
    async endAll(userId: string, options: { except: string | null }): Promise<void> {
      await database.execute({
        sql: 'DELETE FROM sessions WHERE user_id = ? AND id <> ?',
        args: [userId, options.except ?? ''],
      })
    },
  }
}
