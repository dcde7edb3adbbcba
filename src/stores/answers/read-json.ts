/**
 * Text that is not JSON is returned as it is: the caller checks every field and refuses it by name, and operations that
 * read no record (`admin.reset`, `revokeAll`) can still delete it.
 */
export function readJson<Kept>(stored: unknown): Kept {
  try {
    if (typeof stored === 'string') return JSON.parse(stored)
  } catch {
    // Not JSON.
  }
  return stored as Kept
}
