import type { Core } from '../engine/core.ts'
import { hookInvalid } from '../options/hooks.ts'

/** Whether a user must have two-factor authentication. */
export interface Requirement {
  required: boolean
  /** When it becomes required, in Unix milliseconds; null if it already is or never will be. */
  fromMs: number | null
}

/** Must this user have two-factor authentication now? */
export async function isRequired(core: Core, userId: string): Promise<boolean> {
  return (await requirementOf(core, userId)).required
}

/** What the host's `isRequired` says now. An answer of another kind is a fault, never a "no". */
export async function requirementOf({ isRequired: hook, now }: Core, userId: string): Promise<Requirement> {
  if (hook === undefined) return { required: false, fromMs: null }
  const answer: unknown = await hook(userId)
  if (typeof answer === 'boolean') return { required: answer, fromMs: null }
  const fromMs = Math.ceil(fromMsOf(answer))
  return fromMs <= now() ? { required: true, fromMs: null } : { required: false, fromMs }
}

/** What results carry until the requirement begins. */
export function requiredFrom({ fromMs }: Requirement): { requiredFromMs?: number } {
  return fromMs === null ? {} : { requiredFromMs: fromMs }
}

function fromMsOf(answer: unknown): number {
  const isObject = typeof answer === 'object' && answer !== null
  const fromMs: unknown = isObject ? Reflect.get(answer, 'fromMs') : undefined
  if (typeof fromMs === 'number' && Number.isFinite(fromMs)) return fromMs
  const hint = isObject ? 'Its fromMs must be a finite number.' : undefined
  throw hookInvalid('isRequired', answer, 'true, false or { fromMs } with a time in Unix milliseconds', hint)
}
