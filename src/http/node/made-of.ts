import { CountersignError } from '../../errors.ts'

/**
 * Attaches to a Request what it was made of. A property rather than a WeakMap, so that it works across the copies of
 * this package that a process may load, as a module and as CommonJS.
 */
export function markRequest(request: Request, key: symbol, source: object): void {
  Object.defineProperty(request, key, { value: source })
}

/** What `markRequest` attached; the error names the functions to check. */
export function sourceOf<T extends object>(request: Request, key: symbol, getter: string, mount: string): T {
  const source = typeof request === 'object' && request !== null ? Reflect.get(request, key) : undefined
  if (source !== undefined) return source
  const hint = `Mount the handler with ${mount}, and pass the Request that your hook received, not a copy of it.`
  throw new CountersignError('invalid_option', `${getter}: ${mount} did not make this Request. ${hint}`)
}
