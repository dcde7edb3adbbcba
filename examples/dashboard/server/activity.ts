import type { Client } from '@libsql/client'
import type { TwoFactorEvent } from 'countersign'
import * as v from 'valibot'
import type { ActivityEntry } from '../answers.ts'
import { browserName } from './browser-name.ts'
import { readContext } from './request-context.ts'

const KEPT_PER_USER = 200
const SHOWN = 50

export type Activity = ReturnType<typeof createActivity>

/** What happened to each account, for its owner to read. */
export function createActivity(database: Client) {
  return {
    async add(event: TwoFactorEvent): Promise<void> {
      const { ip, userAgent } = readContext(event.context)
      const entry: ActivityEntry = {
        type: event.type,
        atMs: event.atMs,
        notify: event.notify,
        method: event.method ?? null,
        knownDevice: event.knownDevice ?? null,
        by: event.by ?? null,
        note: event.note ?? null,
        ip,
        browser: userAgent === null ? null : browserName(userAgent),
      }
      await database.batch(
        [
          {
            sql: 'INSERT INTO events (user_id, at_ms, type, entry) VALUES (?, ?, ?, ?)',
            args: [event.userId, event.atMs, event.type, JSON.stringify(entry)],
          },
          {
            sql: `DELETE FROM events WHERE user_id = ?1 AND id <= (
                    SELECT id FROM events WHERE user_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ${KEPT_PER_USER})`,
            args: [event.userId],
          },
        ],
        'write',
      )
    },

    /** The newest first. */
    async list(userId: string): Promise<ActivityEntry[]> {
      const { rows } = await database.execute({
        sql: `SELECT entry FROM events WHERE user_id = ? ORDER BY id DESC LIMIT ${SHOWN}`,
        args: [userId],
      })
      // Written by `add` alone.
      return rows.map((row) => JSON.parse(v.parse(v.string(), row['entry'])) as ActivityEntry)
    },
  }
}
