import { memoryTokenStore, type TokenStore } from 'countersign/tokens'
import { describe, expect, test } from 'vitest'
import { faultOf, START, untyped } from '../world.ts'
import { createTokenWorld, proof, staff } from './world.ts'

const refused = (reason: string) => ({ ok: false, reason, retryAfterSeconds: null })

/** A world with one token of ann's and one of bob's, and a second process over a store that is not to be trusted. */
async function worldWith(lie: (inner: TokenStore) => Partial<TokenStore>) {
  const inner = memoryTokenStore()
  const world = createTokenWorld({ store: inner })
  const [ann, bob] = [await world.issued('ann'), await world.issued('bob')]
  world.tokenEvents.length = 0
  return { ...world, inner, ann, bob, lied: world.anotherTokens({ store: { ...inner, ...lie(inner) } }) }
}

describe('a store that lies', () => {
  test("gives nobody access with another token's row", async () => {
    const { lied, inner, ann } = await worldWith((inner) => ({
      find: async () => {
        const [row] = await inner.list('bob')
        return row === undefined ? null : { token: row.token, version: row.version }
      },
    }))
    expect((await faultOf(() => lied.verify(ann.token))).code).toBe('store_invalid')
    expect((await inner.list('bob'))[0]?.token.lastUsedAtMs).toBeNull()
  })

  test("lets nobody see, rename or end another user's tokens", async () => {
    const { lied, tokens, bob } = await worldWith((inner) => ({ list: () => inner.list('bob') }))
    for (const call of [
      () => lied.list('ann'),
      () => lied.rename('ann', { id: bob.id, name: 'Mine' }),
      () => lied.revoke('ann', { id: bob.id }),
      () => lied.revokeAll('ann'),
    ]) {
      expect((await faultOf(call)).code).toBe('store_invalid')
    }
    expect(await tokens.verify(bob.token)).toMatchObject({ ok: true, userId: 'bob' })
  })

  test.each([
    undefined,
    0,
    '',
    'row',
    true,
    [],
    {},
    { token: {} },
    { version: 'v' },
    { token: {}, version: 5 },
    { token: {}, version: '' },
  ])('is detected if find returns %j', async (answer) => {
    const { lied, ann } = await worldWith(() => ({ find: async () => untyped(answer) }))
    expect((await faultOf(() => lied.verify(ann.token))).code).toBe('store_invalid')
  })

  test.each([
    undefined,
    null,
    {},
    'rows',
    [null],
    [5],
    [{}],
    [{ token: {}, version: 'v' }],
    [{ hash: 5, token: {}, version: 'v' }],
  ])('is detected if list returns %j', async (answer) => {
    const { lied, ann } = await worldWith(() => ({ list: async () => untyped(answer) }))
    for (const call of [
      () => lied.list('ann'),
      () => lied.issue('ann', { name: 'A', proof }),
      () => lied.rename('ann', { id: ann.id, name: 'A' }),
      () => lied.revoke('ann', { id: ann.id }),
      () => lied.revokeAll('ann'),
    ]) {
      expect((await faultOf(call)).code).toBe('store_invalid')
    }
  })

  test.each([undefined, null, 0, 1, 'true', {}])(
    'never turns a save that returns %j into a success',
    async (answer) => {
      const { lied, ann, tokenEvents } = await worldWith(() => ({ save: async () => untyped(answer) }))
      for (const call of [
        () => lied.verify(ann.token),
        () => lied.admin.issue('ann', { name: 'A', ...staff }),
        () => lied.rename('ann', { id: ann.id, name: 'A' }),
        () => lied.revoke('ann', { id: ann.id }),
        () => lied.revokeAll('ann'),
      ]) {
        expect((await faultOf(call)).code).toBe('store_invalid')
      }
      expect(tokenEvents).toEqual([])
    },
  )

  test('that never writes ends in a fault, not in a success; only a use that cannot be noted is let through', async () => {
    const { lied, ann, tokenEvents } = await worldWith(() => ({ save: async () => false }))
    expect(await lied.verify(ann.token)).toMatchObject({ ok: true })
    for (const call of [
      () => lied.rename('ann', { id: ann.id, name: 'A' }),
      () => lied.revoke('ann', { id: ann.id }),
      () => lied.revokeAll('ann'),
    ]) {
      expect((await faultOf(call)).code).toBe('store_conflict')
    }
    expect(tokenEvents).toEqual([])
  })
})

describe('a store that fails', () => {
  const down = async () => {
    throw new Error('The database is down.')
  }

  test.each(['find', 'list', 'save'] as const)(
    'in %s: every operation that needs it rejects with its error',
    async (part) => {
      const { lied, ann, tokenEvents } = await worldWith(() => ({ [part]: down }))
      const needs = {
        find: [() => lied.verify(ann.token)],
        list: [
          () => lied.list('ann'),
          () => lied.issue('ann', { name: 'A', proof }),
          () => lied.rename('ann', { id: ann.id, name: 'A' }),
          () => lied.revoke('ann', { id: ann.id }),
          () => lied.revokeAll('ann'),
        ],
        save: [
          () => lied.verify(ann.token),
          () => lied.issue('ann', { name: 'A', proof }),
          () => lied.rename('ann', { id: ann.id, name: 'A' }),
          () => lied.revoke('ann', { id: ann.id }),
          () => lied.revokeAll('ann'),
        ],
      }
      for (const call of needs[part]) await expect(call()).rejects.toThrow('The database is down.')
      expect(tokenEvents).toEqual([])
    },
  )

  test('in the check after the write: no token is handed out', async () => {
    let lists = 0
    const { lied, tokenEvents } = await worldWith((inner) => ({
      list: (userId) => {
        lists += 1
        return lists > 1 ? down() : inner.list(userId)
      },
    }))
    await expect(lied.admin.issue('ann', { name: 'A', ...staff })).rejects.toThrow('The database is down.')
    expect(tokenEvents).toEqual([])
  })

  test('half-way through revokeAll: those that were revoked are reported', async () => {
    let saves = 0
    const { lied, issued, tokens, tokenEvents } = await worldWith((inner) => ({
      save: (hash, change) => {
        saves += 1
        return saves > 2 ? down() : inner.save(hash, change)
      },
    }))
    for (const _ of [1, 2, 3]) await issued()
    tokenEvents.length = 0
    await expect(lied.revokeAll('ann')).rejects.toThrow('The database is down.')
    expect(tokenEvents.map(({ type }) => type)).toEqual(['access-token.revoked', 'access-token.revoked'])
    expect(await tokens.list('ann')).toHaveLength(2)
  })
})

describe('a damaged token', () => {
  const DAMAGE: readonly [what: string, damage: (token: object) => unknown][] = [
    ['a number', () => 5],
    ['text', () => 'no JSON'],
    ['a list', (token) => [token]],
    ['no schema', (token) => ({ ...token, schema: undefined })],
    ['a schema to come', (token) => ({ ...token, schema: 2 })],
    ['no hash', (token) => ({ ...token, hash: undefined })],
    ['a short hash', (token) => ({ ...token, hash: 'h' })],
    ['no id', (token) => ({ ...token, id: '' })],
    ['no user', (token) => ({ ...token, userId: undefined })],
    ['an empty name', (token) => ({ ...token, name: '' })],
    ['text for scopes', (token) => ({ ...token, scopes: 'read' })],
    ['a wrong scope', (token) => ({ ...token, scopes: ['*'] })],
    ['too many scopes', (token) => ({ ...token, scopes: Array.from({ length: 21 }, () => 'read') })],
    ['no time of issue', (token) => ({ ...token, createdAtMs: null })],
    ['no word of its expiry', (token) => ({ ...token, expiresAtMs: undefined })],
    ['text for its expiry', (token) => ({ ...token, expiresAtMs: '2030' })],
    ['no word of its revocation', (token) => ({ ...token, revokedAtMs: undefined })],
    ['false for its revocation', (token) => ({ ...token, revokedAtMs: false })],
    ['a time of last use before time', (token) => ({ ...token, lastUsedAtMs: -1 })],
  ]

  async function damagedWorld(damage: (token: object) => unknown) {
    const world = createTokenWorld()
    const [damaged, good] = [await world.issued(), await world.issued()]
    const row = (await world.tokenStore.rows()).find(({ id }) => id === damaged.id)
    await world.tokenStore.plant(damaged.id, damage(row ?? {}))
    world.tokenEvents.length = 0
    return { ...world, damaged, good }
  }

  test.each(DAMAGE)('with %s never verifies, and is not passed over in a list', async (_what, damage) => {
    const { tokens, damaged, good, tokenStore } = await damagedWorld(damage)
    const before = JSON.stringify(await tokenStore.rows())
    expect((await faultOf(() => tokens.verify(damaged.token))).code).toBe('record_invalid')
    expect((await faultOf(() => tokens.list('ann'))).code).toBe('record_invalid')
    expect((await faultOf(() => tokens.issue('ann', { name: 'A', proof }))).code).toBe('record_invalid')
    expect((await faultOf(() => tokens.revoke('ann', { id: 'another' }))).code).toBe('record_invalid')
    expect(JSON.stringify(await tokenStore.rows())).toBe(before)
    expect(await tokens.verify(good.token)).toMatchObject({ ok: true })
  })

  test.each(DAMAGE)(
    'with %s does not prevent revoking the others, and is deleted by revokeAll',
    async (_what, damage) => {
      const { tokens, damaged, good, tokenEvents } = await damagedWorld(damage)
      expect(await tokens.rename('ann', { id: good.id, name: 'Good' })).toEqual({ ok: true })
      expect(await tokens.revoke('ann', { id: good.id })).toEqual({ ok: true })
      expect(await tokens.revokeAll('ann')).toEqual({ ok: true, revoked: 1 })
      expect(tokenEvents.at(-1)).toMatchObject({ type: 'access-token.revoked', tokenId: '' })
      expect(await tokens.verify(damaged.token)).toEqual(refused('unknown'))
      expect(await tokens.list('ann')).toEqual([])
    },
  )

  test('moved to another hash or another user is a fault', async () => {
    const { tokens, issued, tokenStore } = createTokenWorld()
    const [first, second] = [await issued(), await issued()]
    const row = (await tokenStore.rows()).find(({ id }) => id === second.id)
    await tokenStore.plant(first.id, row)
    expect((await faultOf(() => tokens.verify(first.token))).code).toBe('store_invalid')
    expect((await faultOf(() => tokens.list('ann'))).code).toBe('store_invalid')
    const other = createTokenWorld()
    const { id, token } = await other.issued()
    const [stored] = await other.tokenStore.rows()
    await other.tokenStore.plant(id, { ...stored, userId: 'mallory' })
    expect((await faultOf(() => other.tokens.list('ann'))).code).toBe('store_invalid')
    expect(await other.tokens.verify(token)).toMatchObject({ ok: true, userId: 'mallory' })
  })

  test('fields that no schema names are left behind', async () => {
    const { tokens, issued, tokenStore } = createTokenWorld()
    const { id, token } = await issued()
    const [row] = await tokenStore.rows()
    await tokenStore.plant(id, JSON.parse(JSON.stringify(row).replace('{', '{"__proto__":{"admin":true},"extra":1,')))
    expect(await tokens.verify(token)).toEqual({ ok: true, userId: 'ann', tokenId: id, scopes: [] })
    expect(Object.keys((await tokenStore.rows())[0] ?? {})).not.toContain('extra')
    expect((await tokenStore.rows())[0]?.lastUsedAtMs).toBe(START)
  })
})
