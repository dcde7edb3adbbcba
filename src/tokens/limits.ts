import { waitRandomly } from '../engine/retry.ts'
import { PATIENCE } from '../engine/transact.ts'
import { LIMITS, type TokenCore } from './core.ts'
import type { StoredToken } from './store.ts'
import { findToken, type Kept, listTokens, replaceToken, untilWritten } from './stored.ts'

const LOOKS = 12

export function isFull(kept: readonly Kept[], nowMs: number): boolean {
  return liveOf(kept, nowMs).length >= LIMITS.live
}

/**
 * Before a token is issued, deletes the oldest revoked and expired tokens beyond the limits. One that changed meanwhile
 * stays.
 */
export async function makeRoom(core: TokenCore, kept: readonly Kept[], nowMs: number): Promise<void> {
  const revoked = kept.filter(({ token }) => token.revokedAtMs !== null)
  const expired = kept.filter(({ token }) => token.revokedAtMs === null && isExpired(token, nowMs))
  const excess = [
    ...oldest(revoked, ({ revokedAtMs }) => revokedAtMs, revoked.length - LIMITS.revoked),
    ...oldest(expired, ({ expiresAtMs }) => expiresAtMs, kept.length - revoked.length + 1 - LIMITS.live),
  ]
  for (const old of excess) await replaceToken(core, old, null)
}

/**
 * Each token is a write of its own, so several issued at once can exceed the limit together. Therefore each lists again
 * after its write, and is handed out only if the list is within the limit: the last one written saw all others. The
 * newest give way, so that not all do.
 *
 * @param before the tokens listed when this one was requested: all are older
 * @returns false if the token was deleted again
 */
export async function staysWithinLimit(core: TokenCore, token: StoredToken, before: readonly Kept[]): Promise<boolean> {
  const known = new Set(before.map((kept) => kept.token.hash))
  for (let looks = 1; looks <= LOOKS; looks += 1) {
    const live = liveOf(await listTokens(core, token.userId), core.now())
    if (live.length <= LIMITS.live) return true
    const older = live.filter((kept) => known.has(kept.token.hash) || isOlder(kept.token, token))
    if (older.length >= LIMITS.live) break
    await waitRandomly(Math.min(2 ** looks, PATIENCE.longestWaitMs), core.random)
  }
  await untilWritten(core.random, async () => {
    const kept = await findToken(core, token.hash)
    return kept === null || (await replaceToken(core, kept, null)) ? true : null
  })
  return false
}

function liveOf(kept: readonly Kept[], nowMs: number): Kept[] {
  return kept.filter(({ token }) => token.revokedAtMs === null && !isExpired(token, nowMs))
}

export function isExpired({ expiresAtMs }: StoredToken, nowMs: number): boolean {
  return expiresAtMs !== null && expiresAtMs <= nowMs
}

function isOlder(a: StoredToken, b: StoredToken): boolean {
  return a.createdAtMs < b.createdAtMs || (a.createdAtMs === b.createdAtMs && a.id < b.id)
}

function oldest(kept: readonly Kept[], timeOf: (token: StoredToken) => number | null, count: number): Kept[] {
  const byTime = [...kept].sort((a, b) => (timeOf(a.token) ?? 0) - (timeOf(b.token) ?? 0))
  return byTime.slice(0, Math.max(0, count))
}
