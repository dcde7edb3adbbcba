import { refusal } from '../engine/refusal.ts'
import { groupOption } from '../options/groups.ts'
import { invalidOption } from '../options/invalid-option.ts'
import type { TokenCore } from './core.ts'
import { isExpired } from './limits.ts'
import type { VerifyTokenOptions } from './options.ts'
import type { VerifyTokenResult } from './outcomes.ts'
import { scopeArgument } from './scopes.ts'
import { findToken, type Kept, replaceToken } from './stored.ts'
import { hashToken, isTokenText } from './token-text.ts'

const TOUCH_EVERY_MS = 60_000

export async function verify(
  core: TokenCore,
  text: unknown,
  options: VerifyTokenOptions | undefined,
): Promise<VerifyTokenResult> {
  const scope = options === undefined ? null : askedScope(options)
  if (!isTokenText(core.prefix, text)) return refusal('malformed')

  const kept = await findToken(core, hashToken(text))
  if (kept === null) return refusal('unknown')
  const { token } = kept
  const nowMs = core.now()
  if (token.revokedAtMs !== null) return refusal('revoked')
  if (isExpired(token, nowMs)) return refusal('expired')
  if (scope !== null && !token.scopes.includes(scope)) return refusal('scope')

  await touch(core, kept, nowMs)
  return { ok: true, userId: token.userId, tokenId: token.id, scopes: [...token.scopes] }
}

/**
 * A mistake by the host, in the name or the value, must not count as "no scope is needed". Nor must a scope that
 * `Object.keys` does not list: a getter of a class, or one on a prototype.
 */
function askedScope(options: VerifyTokenOptions): string | null {
  const given = groupOption('options', options)
  const names = namesIn(given)
  if (names.length === 0 && !('scope' in given)) return null
  if (names.every((name) => name === 'scope')) return scopeArgument(given.scope)
  throw invalidOption('options', options, 'an object with nothing but scope in it')
}

/** The names of all properties of an object, including inherited ones, except those of every object or class. */
function namesIn(options: object): PropertyKey[] {
  const names: PropertyKey[] = []
  for (let part: object | null = options; part !== null; ) {
    const next: object | null = Object.getPrototypeOf(part)
    // A chain ends with Object.prototype, of this realm or another, unless the options have no prototype.
    if (next === null && part !== options) break
    names.push(...Reflect.ownKeys(part).filter((name) => part === options || name !== 'constructor'))
    part = next
  }
  return names
}

/** If the race is lost, another use was recorded or the token changed: neither may be overwritten. */
async function touch(core: TokenCore, kept: Kept, nowMs: number): Promise<void> {
  const { lastUsedAtMs } = kept.token
  // If the clock went back, the last use is in the future, and stays.
  if (lastUsedAtMs !== null && nowMs - lastUsedAtMs < TOUCH_EVERY_MS) return
  await replaceToken(core, kept, { ...kept.token, lastUsedAtMs: nowMs })
}
