import type { StoreChange, TwoFactorEvent, TwoFactorRecord, UserStore } from 'countersign'
import type { MigrateOptions, StoreOptions } from 'countersign/stores/sql'

/** What is needed of a database to see what became of a change and its events. */
export interface AuditedDatabase {
  store(options?: StoreOptions): UserStore
  migrate(options?: MigrateOptions): Promise<void>
  /** Runs a statement past the store. */
  query(sql: string): Promise<readonly unknown[]>
  /** Runs work in a transaction of the host's, which is undone where it throws. */
  transaction?(work: (storeWith: (options: StoreOptions) => UserStore) => Promise<void>): Promise<void>
}

/** For any test runner, and for runtimes without one of ours: each throws where the database does something else. */
export interface AuditCase {
  name: string
  run(): Promise<void>
}

/** To a store a record is any JSON object. */
export const record: TwoFactorRecord = JSON.parse('{"schema":1}')

export const WRONG: TwoFactorEvent = {
  type: 'code.wrong',
  userId: '',
  atMs: 1_700_000_000_123,
  notify: false,
  context: { ip: '::1', request: 5 },
}

/** A change with two events, the first with whatever text may be in one. */
export function creating(userId: string): StoreChange {
  const events: TwoFactorEvent[] = [
    { ...WRONG, userId, note: `'"\\u0000 \\ \u0000\ud800 $1 ? -- 👩` },
    { ...WRONG, userId, type: 'attempts.locked' },
  ]
  return { expected: null, version: crypto.randomUUID(), record, enabledAtMs: null, events }
}

interface Trail {
  at: number
  type: unknown
  event: TwoFactorEvent
}

/** Drivers differ in how they give 64 bits, and some parse JSON. */
export async function trailOf({ query }: AuditedDatabase, userId: string): Promise<Trail[]> {
  const rows = await query(`SELECT at, type, event FROM two_factor_events WHERE user_id = '${userId}' ORDER BY id`)
  return rows.map((row) => {
    if (typeof row !== 'object' || row === null || !('at' in row) || !('type' in row) || !('event' in row)) {
      throw new Error('A row of the trail lacks a column.')
    }
    const event = typeof row.event === 'string' ? JSON.parse(row.event) : row.event
    return { at: Number(row.at), type: row.type, event: JSON.parse(JSON.stringify(event)) }
  })
}
