import type { TwoFactorOptions } from 'countersign'
import {
  type AccessTokenEvent,
  type AccessTokens,
  type AccessTokensOptions,
  createAccessTokens,
  memoryTokenStore,
  type StoredToken,
  type TokenStore,
} from 'countersign/tokens'
import { createWorld, PASSWORD, type World } from '../world.ts'

/** The proof that users here give. */
export const proof = { password: PASSWORD }
export const staff = { by: 'sam', note: 'asked by phone' }

/** A token store that counts its calls and lets a test look at what it holds. */
export interface WatchedTokenStore extends TokenStore {
  finds: number
  lists: number
  saves: number
  /** Counts from zero again. */
  forget(): void
  /** What is stored of a user, without counting. */
  rows(userId?: string): Promise<StoredToken[]>
  /** Writes any JSON value over this user's token of that id, as somebody with a database console would. */
  plant(id: string, value: unknown, userId?: string): Promise<void>
}

export interface TokenWorld extends World {
  tokens: AccessTokens
  tokenStore: WatchedTokenStore
  tokenEvents: AccessTokenEvent[]
  /** A second process over the same stores. */
  anotherTokens(options?: Partial<AccessTokensOptions>): AccessTokens
  /** A token of this user's that needed no proof. */
  issued(userId?: string, more?: IssueMore): Promise<{ token: string; id: string }>
}

type IssueMore = { name?: string; scopes?: string[]; expiresAtMs?: number }

export function createTokenWorld(
  given: Partial<AccessTokensOptions> = {},
  engine: Omit<Partial<TwoFactorOptions>, 'store'> = {},
): TokenWorld {
  const world = createWorld(engine)
  const tokenStore = watched(given.store ?? memoryTokenStore())
  const tokenEvents: AccessTokenEvent[] = []
  const options: AccessTokensOptions = {
    twoFactor: world.twoFactor,
    prefix: 'acme',
    now: world.clock.now,
    random: world.random,
    onEvent: (event) => {
      tokenEvents.push(event)
    },
    ...given,
    store: tokenStore,
  }
  const tokens = createAccessTokens(options)
  return {
    ...world,
    tokens,
    tokenStore,
    tokenEvents,
    anotherTokens: (more = {}) => createAccessTokens({ ...options, ...more }),
    issued: async (userId = 'ann', more = {}) => {
      const result = await tokens.admin.issue(userId, { name: 'Script', ...more, ...staff })
      if (!result.ok) throw new Error(`No token was issued: ${result.reason}`)
      return { token: result.token, id: result.accessToken.id }
    },
  }
}

export function watched(inner: TokenStore): WatchedTokenStore {
  const store: WatchedTokenStore = {
    finds: 0,
    lists: 0,
    saves: 0,
    find(hash) {
      store.finds += 1
      return inner.find(hash)
    },
    list(userId) {
      store.lists += 1
      return inner.list(userId)
    },
    save(hash, change) {
      store.saves += 1
      return inner.save(hash, change)
    },
    forget() {
      store.finds = 0
      store.lists = 0
      store.saves = 0
    },
    rows: async (userId = 'ann') => (await inner.list(userId)).map(({ token }) => token),
    async plant(id, value, userId = 'ann') {
      const row = (await inner.list(userId)).find(({ token }) => token.id === id)
      if (row === undefined) throw new Error('There is no such token.')
      const change = { expected: row.version, version: `planted-${crypto.randomUUID()}`, userId }
      await inner.save(row.hash, { ...change, token: value as StoredToken })
    },
  }
  return store
}

/** How often each outcome came. */
export function countOf(results: readonly ({ ok: true } | { ok: false; reason: string })[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const result of results) {
    const key = result.ok ? 'ok' : result.reason
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}
