import { storeInvalid } from '../answers/store-invalid.ts'
import type { SqlResult } from './driver.ts'

/** Whether a statement that writes at most one row wrote it. */
export function wrote({ rowsAffected }: SqlResult): boolean {
  if (rowsAffected === 1 || rowsAffected === 1n) return true
  if (rowsAffected === 0 || rowsAffected === 0n) return false
  throw storeInvalid(`the driver says that a save wrote ${rowsAffected} rows`)
}
