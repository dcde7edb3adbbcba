import { invalidOption } from './invalid-option.ts'

// biome-ignore lint/complexity/noBannedTypes: only that it can be called is checked here
export function hookOption<Hook extends Function>(name: string, hook: Hook | undefined): Hook | undefined {
  if (hook === undefined || typeof hook === 'function') return hook
  throw invalidOption(name, hook, 'a function')
}

/** A clock that is looked at each time it is asked: a wrong one is found then. */
export function clockOption(now: (() => number) | undefined): () => number {
  const clock = hookOption('now', now) ?? (() => Date.now())
  return () => {
    const nowMs = clock()
    if (Number.isFinite(nowMs) && nowMs >= 0 && nowMs <= Number.MAX_SAFE_INTEGER) return Math.floor(nowMs)
    throw invalidOption('now()', nowMs, 'a time in Unix milliseconds')
  }
}
