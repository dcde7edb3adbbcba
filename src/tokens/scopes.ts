import { invalidOption } from '../options/invalid-option.ts'

export const MAX_SCOPES = 20
const MAX_KNOWN_SCOPES = 1000
const SCOPE = /^[a-z0-9][a-z0-9:._-]{0,63}$/
const SHAPE = "a lower-case letter or digit, and at most 63 more of those, ':', '.', '_' and '-'"

export function isScope(scope: unknown): scope is string {
  return typeof scope === 'string' && SCOPE.test(scope)
}

/** The scope that a request needs. An invalid one is the host's mistake and must not count as "none". */
export function scopeArgument(scope: unknown): string {
  if (isScope(scope)) return scope
  throw invalidOption('scope', scope, `a scope: ${SHAPE}`)
}

/** The scopes of a new token; none by default. */
export function scopesArgument(scopes: unknown): readonly string[] {
  return scopes === undefined ? [] : listOfScopes(scopes, MAX_SCOPES)
}

/** The scopes that tokens can have. `null` if every scope is allowed. */
export function scopesOption(scopes: unknown): readonly string[] | null {
  return scopes === undefined ? null : Object.freeze(listOfScopes(scopes, MAX_KNOWN_SCOPES))
}

function listOfScopes(scopes: unknown, most: number): string[] {
  if (!Array.isArray(scopes) || scopes.length > most) {
    throw invalidOption('scopes', scopes, `a list of at most ${most} different scopes, each ${SHAPE}`)
  }
  const list: unknown[] = [...scopes]
  return list.map((scope, index) => {
    if (!isScope(scope)) throw invalidOption(`scopes[${index}]`, scope, SHAPE)
    if (list.indexOf(scope) !== index)
      throw invalidOption(`scopes[${index}]`, scope, 'different from the scopes before it')
    return scope
  })
}
