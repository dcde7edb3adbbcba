/**
 * What reads a store checks every field before it trusts any, and so it does here: text that is no JSON is handed up
 * as it is. It is refused by name there, and what reads no record (`admin.reset`, `revokeAll`) can still delete it.
 */
export function readJson<Kept>(stored: unknown): Kept {
  try {
    if (typeof stored === 'string') return JSON.parse(stored)
  } catch {
    // No JSON.
  }
  return stored as Kept
}
