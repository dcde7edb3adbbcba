import type { Client } from '@libsql/client'
import type { TwoFactorEvent } from 'countersign'
import type { AccessTokenEvent } from 'countersign/tokens'
import * as v from 'valibot'
import type { ActivityEntry } from '../answers.ts'
import { readContext } from './request-context.ts'

const KEPT_PER_USER = 200
const SHOWN = 50

export type ActivityEvent = TwoFactorEvent | AccessTokenEvent
export type Activity = ReturnType<typeof createActivity>

/** What happened to each account, for its owner to read. */
export function createActivity(database: Client) {
  return {
    async add(event: ActivityEvent): Promise<void> {
      const { ip, browser } = readContext(event.context)
      const entry: ActivityEntry = {
        type: event.type,
        atMs: event.atMs,
        notify: event.notify,
        knownDevice: 'knownDevice' in event ? (event.knownDevice ?? null) : null,
        by: event.by ?? null,
        note: event.note ?? null,
        ip,
        browser,
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
