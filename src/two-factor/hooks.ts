import type { Core } from '../engine/core.ts'
import { booleanFrom } from '../options/hooks.ts'

/** Must this user have two-factor authentication? */
export async function isRequired({ isRequired: hook }: Core, userId: string): Promise<boolean> {
  return hook === undefined ? false : booleanFrom('isRequired', await hook(userId))
}
