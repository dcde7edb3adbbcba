import type { Core } from '../engine/core.ts'
import { CountersignError } from '../errors.ts'

/** Must this user have two-factor authentication? Anything but true or false is a fault, never a "no". */
export async function isRequired({ isRequired: hook }: Core, userId: string): Promise<boolean> {
  if (hook === undefined) return false
  const answer: unknown = await hook(userId)
  if (typeof answer === 'boolean') return answer
  throw new CountersignError('hook_invalid', `isRequired must give true or false; it gave ${typeof answer}.`)
}
