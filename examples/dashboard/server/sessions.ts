import { createHash, randomBytes } from 'node:crypto'
import type { Client } from '@libsql/client'
import { parse, serialize } from 'hono/utils/cookie'
import * as v from 'valibot'

const LIFETIME_SECONDS = 12 * 60 * 60

const SessionRow = v.pipe(
  v.object({ id: v.string(), user_id: v.string() }),
  v.transform((row) => ({ id: row.id, userId: row.user_id })),
)
/** `id` is the token's hash: it names the session, and opens nothing. */
export type Session = v.InferOutput<typeof SessionRow>
export type Sessions = ReturnType<typeof createSessions>

/** RFC 6750 §2.1. */
export function bearerIn(request: Request): string | undefined {
  return /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
}

/**
 * Who is signed in. The token goes to the client, a browser's in a cookie; the database holds its hash, so reading it
 * opens no session.
 */
export function createSessions(database: Client, { secure, now }: { secure: boolean; now: () => number }) {
  const cookieName = secure ? '__Host-session' : 'session'
  const cookie = (token: string, maxAge: number) =>
    serialize(cookieName, token, { path: '/', httpOnly: true, sameSite: 'Lax', secure, maxAge })

  /** A script sends it as `Authorization: Bearer`, or has a cookie jar. */
  function idIn(request: Request): string {
    const token = bearerIn(request) ?? parse(request.headers.get('cookie') ?? '', cookieName)[cookieName]
    return idOf(token ?? '')
  }

  return {
    idIn,

    async find(request: Request): Promise<Session | null> {
      const { rows } = await database.execute({
        sql: 'SELECT id, user_id FROM sessions WHERE id = ? AND expires_at_ms > ?',
        args: [idIn(request), now()],
      })
      return rows[0] ? v.parse(SessionRow, rows[0]) : null
    },

    async open(userId: string): Promise<{ token: string; cookie: string }> {
      const token = randomBytes(32).toString('base64url')
      await database.batch(
        [
          { sql: 'DELETE FROM sessions WHERE expires_at_ms <= ?', args: [now()] },
          {
            sql: 'INSERT INTO sessions (id, user_id, expires_at_ms) VALUES (?, ?, ?)',
            args: [idOf(token), userId, now() + LIFETIME_SECONDS * 1000],
          },
        ],
        'write',
      )
      return { token, cookie: cookie(token, LIFETIME_SECONDS) }
    },

    async end(id: string): Promise<void> {
      await database.execute({ sql: 'DELETE FROM sessions WHERE id = ?', args: [id] })
    },
    /** Takes the cookie away. */
    endCookie: cookie('', 0),

    /** All of a user's sessions, or all but the one that asks for it. */
    async endAll(userId: string, { except }: { except: string | null }): Promise<void> {
      await database.execute({
        sql: 'DELETE FROM sessions WHERE user_id = ? AND id <> ?',
        args: [userId, except ?? ''],
      })
    },
  }
}

function idOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
