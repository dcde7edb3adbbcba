import { createAccessTokens, memoryTokenStore, type TokenStore } from 'countersign/tokens'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isTokenText } from '../../src/tokens/token-text.ts'
import { createWorld, MINUTE, START } from '../world.ts'
import { countOf, createTokenWorld, staff } from './world.ts'

const refused = (reason: string) => ({ ok: false, reason, retryAfterSeconds: null })

describe('a revoked token', () => {
  test('is accepted by no verify that begins after, whatever 64 others do meanwhile', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { tokens, issued, anotherTokens, clock } = createTokenWorld({ store: slow(memoryTokenStore()) })
      const { token, id } = await issued()
      clock.advance({ seconds: 120 })
      const during = Array.from({ length: 64 }, async (_, number) => {
        for (let turn = 0; turn < number % 16; turn += 1) await null
        return anotherTokens().verify(token)
      })
      const after = tokens.revoke('ann', { id }).then(async (result) => {
        expect(result).toEqual({ ok: true })
        return Promise.all(Array.from({ length: 16 }, () => anotherTokens().verify(token)))
      })
      expect(countOf(await after)).toEqual({ revoked: 16 })
      await Promise.all(during)
      clock.advance({ seconds: 120 })
      expect(await tokens.verify(token)).toEqual(refused('revoked'))
      expect(await tokens.list('ann')).toEqual([])
    }
  })

  test('stays revoked, and a rename stays, in whatever order uses, renames and revocations reach the store', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const inner = memoryTokenStore()
        const { tokens, issued, anotherTokens, clock, tokenStore } = createTokenWorld({ store: inner })
        const { token, id } = await issued()
        clock.advance({ seconds: 120 })
        const over = anotherTokens({ store: scheduled(scheduler, inner) })
        const [first, renamed, , second] = await scheduler.waitFor(
          Promise.all([
            over.verify(token),
            over.rename('ann', { id, name: 'Renamed' }),
            over.revoke('ann', { id }),
            over.verify(token),
            over.revokeAll('ann'),
          ]),
        )
        expect(await tokens.verify(token)).toEqual(refused('revoked'))
        const [stored] = await tokenStore.rows()
        expect(stored?.name).toBe(renamed.ok ? 'Renamed' : 'Script')
        if (!first.ok && !second.ok) expect(stored?.lastUsedAtMs).toBeNull()
      }),
      { numRuns: 200 },
    )
  })

  test('a use that is recorded as late as possible never brings the token back', async () => {
    const inner = memoryTokenStore()
    const { tokens, issued, anotherTokens } = createTokenWorld({ store: inner })
    const { token, id } = await issued()
    const late = anotherTokens({
      store: {
        ...inner,
        save: async (hash, change) => {
          await tokens.revoke('ann', { id })
          return inner.save(hash, change)
        },
      },
    })
    expect(await late.verify(token)).toMatchObject({ ok: true })
    expect(await tokens.verify(token)).toEqual(refused('revoked'))
    expect(await tokens.list('ann')).toEqual([])
  })
})

describe('revokeAll', () => {
  test('leaves none alive that was issued before it began, in whatever order they reach the store', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const inner = memoryTokenStore()
        const { tokens, issued, anotherTokens } = createTokenWorld({ store: inner })
        const before = [await issued(), await issued()]
        const over = anotherTokens({ store: scheduled(scheduler, inner) })
        const [, during, verified] = await scheduler.waitFor(
          Promise.all([
            over.revokeAll('ann'),
            over.admin.issue('ann', { name: 'During', ...staff }),
            over.verify(before[0]?.token),
            over.rename('ann', { id: before[1]?.id ?? '', name: 'Renamed' }),
          ]),
        )
        for (const { token } of before) expect(await tokens.verify(token)).toEqual(refused('revoked'))
        expect(during.ok).toBe(true)
        expect(['ok', 'revoked']).toContain(verified.ok ? 'ok' : verified.reason)
      }),
      { numRuns: 200 },
    )
  })
})

describe('many issued at once', () => {
  test.each([0, 30, 49, 50])('with %i there already: never more than 50 are good', async (there) => {
    const { tokens, issued, anotherTokens, tokenStore } = createTokenWorld({ store: slow(memoryTokenStore()) })
    for (const _ of Array.from({ length: there })) await issued()
    const issues = Array.from({ length: 60 }, () => anotherTokens().admin.issue('ann', { name: 'Racing', ...staff }))
    const results = await Promise.all(issues)
    const given = results.flatMap((result) => (result.ok ? [result.token] : []))
    expect(Object.keys(countOf(results)).filter((key) => key !== 'ok' && key !== 'limit-reached')).toEqual([])
    expect(await tokens.list('ann')).toHaveLength(there + given.length)
    expect(there + given.length).toBeLessThanOrEqual(50)
    if (there < 50) expect(given.length).toBeGreaterThan(0)
    for (const token of given) expect(await tokens.verify(token)).toMatchObject({ ok: true })
    expect(await tokenStore.rows()).toHaveLength(there + given.length)
  })

  test('with room for one, two at once, at one time: the last gives way at once, and the first is not kept waiting', async () => {
    const { issued, anotherTokens, tokenStore } = createTokenWorld({ store: slow(memoryTokenStore()) })
    for (const _ of Array.from({ length: 49 })) await issued()
    tokenStore.forget()
    const issue = () => anotherTokens().admin.issue('ann', { name: 'Racing', ...staff })
    expect(countOf(await Promise.all([issue(), issue()]))).toEqual({ ok: 1, 'limit-reached': 1 })
    expect(tokenStore.lists).toBeLessThanOrEqual(8)
  })

  test('of clocks that disagree: never more than 50 are good', async () => {
    const world = createWorld()
    const store = slow(memoryTokenStore())
    const issues = Array.from({ length: 60 }, (_, number) => {
      const now = () => START + ((number * 7) % 60) * MINUTE
      const tokens = createAccessTokens({ twoFactor: world.twoFactor, store, prefix: 'acme', now })
      return tokens.admin.issue('ann', { name: 'Racing', ...staff })
    })
    const results = await Promise.all(issues)
    const given = results.filter((result) => result.ok)
    expect(given.length).toBeGreaterThan(0)
    expect(given.length).toBeLessThanOrEqual(50)
    expect(await store.list('ann')).toHaveLength(given.length)
  })

  test('in whatever order they reach the store, with room for one: one is given out, or none', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const inner = memoryTokenStore()
        const { tokens, issued, anotherTokens } = createTokenWorld({ store: inner })
        for (const _ of Array.from({ length: 49 })) await issued()
        const over = anotherTokens({ store: scheduled(scheduler, inner) })
        const issues = [1, 2, 3].map(() => over.admin.issue('ann', { name: 'Racing', ...staff }))
        const results = await scheduler.waitFor(Promise.all(issues))
        const given = results.filter((result) => result.ok)
        expect(given.length).toBeLessThanOrEqual(1)
        expect(await tokens.list('ann')).toHaveLength(49 + given.length)
      }),
      { numRuns: 20 },
    )
  })

  test('no two of ten thousand are the same, and all are well-formed', async () => {
    const { tokens } = createTokenWorld({ random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)) })
    const seen = new Set<string>()
    for (let user = 0; user < 200; user += 1) {
      for (let number = 0; number < 50; number += 1) {
        const result = await tokens.admin.issue(`user-${user}`, { name: 'A', ...staff })
        if (result.ok && isTokenText('acme', result.token)) seen.add(result.token)
      }
    }
    expect(seen.size).toBe(10_000)
  })
})

/** Lets others run between a question and its answer, for a time that differs from call to call. */
function slow(inner: TokenStore): TokenStore {
  let calls = 0
  const wait = async () => {
    calls += 1
    for (let turn = 0; turn < (calls * 7) % 5; turn += 1) await null
  }
  return {
    find: async (hash) => {
      await wait()
      return inner.find(hash)
    },
    list: async (userId) => {
      await wait()
      return inner.list(userId)
    },
    save: async (hash, change) => {
      await wait()
      return inner.save(hash, change)
    },
  }
}

/** Each call reaches the store when the scheduler says so. */
function scheduled(scheduler: fc.Scheduler, inner: TokenStore): TokenStore {
  return {
    find: async (hash) => {
      await scheduler.schedule(Promise.resolve())
      return inner.find(hash)
    },
    list: async (userId) => {
      await scheduler.schedule(Promise.resolve())
      return inner.list(userId)
    },
    save: async (hash, change) => {
      await scheduler.schedule(Promise.resolve())
      return inner.save(hash, change)
    },
  }
}
