import { describe, expect, test } from 'vitest'
import { MINUTE, START, untyped } from '../world.ts'
import { createTokenWorld } from './world.ts'

const notFound = { ok: false, reason: 'not-found', retryAfterSeconds: null }
const refused = (reason: string) => ({ ok: false, reason, retryAfterSeconds: null })

describe('list', () => {
  test('shows all that are not revoked, the newest first, expired ones too', async () => {
    const { tokens, issued, clock } = createTokenWorld()
    const names = ['First', 'Second', 'Third', 'Fourth']
    const ids: string[] = []
    for (const name of names) {
      ids.push((await issued('ann', { name, expiresAtMs: START + 5 * MINUTE })).id)
      clock.advance({ seconds: 60 })
    }
    await tokens.revoke('ann', { id: ids[1] ?? '' })
    clock.advance({ seconds: 600 })
    expect((await tokens.list('ann')).map(({ name }) => name)).toEqual(['Fourth', 'Third', 'First'])
    expect(await tokens.list('bob')).toEqual([])
  })

  test('shows nothing from which a token or its hash could be had', async () => {
    const { tokens, issued } = createTokenWorld()
    await issued()
    const [shown] = await tokens.list('ann')
    expect(Object.keys(shown ?? {}).sort()).toEqual(
      ['createdAtMs', 'expiresAtMs', 'id', 'lastUsedAtMs', 'name', 'scopes'].sort(),
    )
  })
})

describe('rename', () => {
  test('changes the name and nothing else', async () => {
    const { tokens, issued } = createTokenWorld()
    const { token, id } = await issued('ann', { scopes: ['read'] })
    await tokens.verify(token)
    const [before] = await tokens.list('ann')
    expect(await tokens.rename('ann', { id, name: 'New name' })).toEqual({ ok: true })
    expect(await tokens.list('ann')).toEqual([{ ...before, name: 'New name' }])
    expect(await tokens.verify(token, { scope: 'read' })).toMatchObject({ ok: true })
  })

  test.each(['', 'a\nb', 'x'.repeat(65), undefined, 5])('is refused with the name %j', async (name) => {
    const { tokens, issued } = createTokenWorld()
    const { id } = await issued()
    expect(await tokens.rename('ann', { id, name: untyped(name) })).toEqual({
      ok: false,
      reason: 'invalid-name',
      retryAfterSeconds: null,
    })
  })

  test('does not find a revoked one', async () => {
    const { tokens, issued } = createTokenWorld()
    const { id } = await issued()
    await tokens.revoke('ann', { id })
    expect(await tokens.rename('ann', { id, name: 'New name' })).toEqual(notFound)
  })
})

describe('revoke', () => {
  test('ends one token, and no other', async () => {
    const { tokens, issued } = createTokenWorld()
    const [first, second] = [await issued(), await issued()]
    expect(await tokens.revoke('ann', { id: first.id })).toEqual({ ok: true })
    expect(await tokens.verify(first.token)).toEqual(refused('revoked'))
    expect(await tokens.verify(second.token)).toMatchObject({ ok: true })
    expect(await tokens.list('ann')).toMatchObject([{ id: second.id }])
  })

  test('a second time changes nothing, and succeeds', async () => {
    const { tokens, issued, tokenEvents, tokenStore, clock } = createTokenWorld()
    const { id } = await issued()
    await tokens.revoke('ann', { id })
    const before = await tokenStore.rows()
    clock.advance({ seconds: 60 })
    expect(await tokens.revoke('ann', { id })).toEqual({ ok: true })
    expect(await tokenStore.rows()).toEqual(before)
    expect(tokenEvents.map(({ type }) => type)).toEqual(['access-token.issued', 'access-token.revoked'])
  })
})

test.each([
  ['of another user', 'theirs'],
  ['that nobody has', 'no-such-id'],
  ['that is empty', ''],
  ['that is no text', 5],
  ['that is left out', undefined],
  ['that is a megabyte', 'x'.repeat(1_000_000)],
  ['that is a key of objects', '__proto__'],
])('an id %s is found by neither rename nor revoke', async (_what, given) => {
  const { tokens, issued, tokenStore, tokenEvents } = createTokenWorld()
  await issued('ann')
  const theirs = await issued('bob')
  const id = untyped<string>(given === 'theirs' ? theirs.id : given)
  tokenStore.forget()
  tokenEvents.length = 0
  expect(await tokens.rename('ann', { id, name: 'Mine now' })).toEqual(notFound)
  expect(await tokens.revoke('ann', { id })).toEqual(notFound)
  expect(tokenStore.saves).toBe(0)
  expect(tokenEvents).toEqual([])
  expect(await tokens.verify(theirs.token)).toMatchObject({ ok: true, userId: 'bob' })
  expect(await tokens.list('bob')).toMatchObject([{ name: 'Script' }])
})

describe('revokeAll', () => {
  test("ends all of a user's, expired ones too, and nobody else's", async () => {
    const { tokens, issued, clock } = createTokenWorld()
    const mine = [await issued(), await issued('ann', { expiresAtMs: START + MINUTE }), await issued()]
    const theirs = await issued('bob')
    clock.advance({ seconds: 120 })
    expect(await tokens.revokeAll('ann')).toEqual({ ok: true, revoked: 3 })
    for (const { token } of mine) expect(await tokens.verify(token)).toEqual(refused('revoked'))
    expect(await tokens.verify(theirs.token)).toMatchObject({ ok: true })
    expect(await tokens.list('ann')).toEqual([])
  })

  test('does nothing for a user without tokens, or a second time', async () => {
    const { tokens, issued } = createTokenWorld()
    expect(await tokens.revokeAll('ann')).toEqual({ ok: true, revoked: 0 })
    await issued()
    await tokens.revokeAll('ann')
    expect(await tokens.revokeAll('ann')).toEqual({ ok: true, revoked: 0 })
    await issued()
    expect(await tokens.list('ann')).toHaveLength(1)
  })

  test('leaves room for 50 new ones', async () => {
    const { tokens, issued } = createTokenWorld()
    for (const _ of Array.from({ length: 50 })) await issued()
    expect(await tokens.revokeAll('ann')).toEqual({ ok: true, revoked: 50 })
    for (const _ of Array.from({ length: 50 })) await issued()
    expect(await tokens.list('ann')).toHaveLength(50)
  })
})

describe('erase', () => {
  test("leaves nothing of a user's tokens, whether good, expired, revoked or damaged, and all of everybody else's", async () => {
    const { tokens, issued, clock, tokenStore, tokenEvents } = createTokenWorld()
    const good = await issued('ann', { name: 'Laptop of Ann Miller' })
    const expired = await issued('ann', { expiresAtMs: START + MINUTE })
    const revoked = await issued()
    const damaged = await issued()
    const theirs = await issued('bob')
    clock.advance({ seconds: 120 })
    await tokens.revoke('ann', { id: revoked.id })
    await tokenStore.plant(damaged.id, { schema: 99 })
    tokenEvents.length = 0
    expect(await tokens.erase('ann', { context: 'request 7' })).toEqual({ ok: true, erased: 4 })
    expect(await tokenStore.rows()).toEqual([])
    for (const { token } of [good, expired, revoked]) expect(await tokens.verify(token)).toEqual(refused('unknown'))
    expect(await tokens.verify(theirs.token)).toMatchObject({ ok: true })
    const ended = { type: 'access-token.revoked', userId: 'ann', context: 'request 7' }
    expect(tokenEvents).toMatchObject([ended, ended, ended])
    expect(new Set(tokenEvents.map(({ tokenId }) => tokenId))).toEqual(new Set([good.id, expired.id, '']))
  })

  test('after revokeAll takes the names that were left behind', async () => {
    const { tokens, issued, tokenStore } = createTokenWorld()
    await issued('ann', { name: 'Laptop of Ann Miller' })
    await tokens.revokeAll('ann')
    expect(await tokenStore.rows()).toMatchObject([{ name: 'Laptop of Ann Miller' }])
    expect(await tokens.erase('ann')).toEqual({ ok: true, erased: 1 })
    expect(await tokenStore.rows()).toEqual([])
    expect(await tokens.erase('ann')).toEqual({ ok: true, erased: 0 })
  })

  test('removes what is used while it runs, too', async () => {
    const { tokens, issued, tokenStore } = createTokenWorld()
    const used = await Promise.all(Array.from({ length: 10 }, () => issued()))
    const [erased] = await Promise.all([tokens.erase('ann'), ...used.map(({ token }) => tokens.verify(token))])
    expect(erased).toEqual({ ok: true, erased: 10 })
    expect(await tokenStore.rows()).toEqual([])
  })
})
