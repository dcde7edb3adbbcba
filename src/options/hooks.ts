import { CountersignError } from '../errors.ts'
import { describeType, invalidOption } from './invalid-option.ts'

// biome-ignore lint/complexity/noBannedTypes: only that it can be called is checked here
export function hookOption<Hook extends Function>(name: string, hook: Hook | undefined): Hook | undefined {
  if (hook === undefined || typeof hook === 'function') return hook
  throw invalidOption(name, hook, 'a function')
}

// biome-ignore lint/complexity/noBannedTypes: only that it can be called is checked here
export function requiredHook<Hook extends Function>(name: string, hook: Hook | undefined): Hook {
  if (typeof hook === 'function') return hook
  throw invalidOption(name, hook, 'a function')
}

/** A clock whose result is checked at each call. */
export function clockOption(now: (() => number) | undefined): () => number {
  const clock = hookOption('now', now) ?? (() => Date.now())
  return () => {
    const nowMs = clock()
    if (Number.isFinite(nowMs) && nowMs >= 0 && nowMs <= Number.MAX_SAFE_INTEGER) return Math.floor(nowMs)
    throw invalidOption('now()', nowMs, 'a time in Unix milliseconds')
  }
}

/**
 * The error for a hook that returned something invalid. It names only the type: the value may be a user or a session.
 *
 * @param allowed what it may return: `true or false`
 */
export function hookInvalid(hook: string, returned: unknown, allowed: string, hint?: string): CountersignError {
  const advice = hint ?? (returned === undefined ? 'Is a `return` missing?' : '')
  const message = `${hook} must return ${allowed}; it returned ${describeType(returned)}.`
  return new CountersignError('hook_invalid', `${message} ${advice}`.trimEnd())
}

/** The answer of a yes-or-no hook. Anything but a boolean is a fault, never a "no". */
export function booleanFrom(hook: string, returned: unknown): boolean {
  if (typeof returned === 'boolean') return returned
  throw hookInvalid(hook, returned, 'true or false')
}
