import type { StoreChange, TwoFactorRecord } from 'countersign'

/** A save of a record that holds a count, and is no record to the engine. */
export function counted(count: number, expected: string | null): StoreChange {
  const record: TwoFactorRecord = JSON.parse(JSON.stringify({ schema: 1, count }))
  return { expected, version: crypto.randomUUID(), record, enabledAtMs: null, events: [] }
}
