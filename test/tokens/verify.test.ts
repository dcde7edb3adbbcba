import { describe, expect, test } from 'vitest'
import { faultOf, MINUTE, SECOND, START, untyped } from '../world.ts'
import { createTokenWorld } from './world.ts'

const refused = (reason: string) => ({ ok: false, reason, retryAfterSeconds: null })

describe('verify', () => {
  test('says whose token it is, and what it allows', async () => {
    const { tokens, issued } = createTokenWorld()
    const { token, id } = await issued('ann', { scopes: ['read', 'write'] })
    expect(await tokens.verify(token)).toEqual({ ok: true, userId: 'ann', tokenId: id, scopes: ['read', 'write'] })
    expect(await tokens.verify(token, {})).toMatchObject({ ok: true })
    expect(await tokens.verify(token, { scope: 'write' })).toMatchObject({ ok: true })
  })

  test('is one lookup, and one write if the last use must be recorded', async () => {
    const { tokens, issued, tokenStore, clock } = createTokenWorld()
    const { token } = await issued()
    tokenStore.forget()
    await tokens.verify(token)
    expect(tokenStore).toMatchObject({ finds: 1, lists: 0, saves: 1 })
    clock.advance({ seconds: 59 })
    await tokens.verify(token)
    expect(tokenStore).toMatchObject({ finds: 2, lists: 0, saves: 1 })
  })

  test('a well-formed token that was never issued is unknown', async () => {
    const { tokens, issued, tokenStore } = createTokenWorld()
    const foreign = await createTokenWorld().issued('ann')
    await issued()
    tokenStore.forget()
    const { token } = foreign
    await tokens.revokeAll('ann')
    expect(await createTokenWorld().tokens.verify(token)).toEqual(refused('unknown'))
  })

  test('refuses a scope that the token does not have, without a write', async () => {
    const { tokens, issued, tokenStore } = createTokenWorld()
    const { token } = await issued('ann', { scopes: ['read'] })
    tokenStore.forget()
    expect(await tokens.verify(token, { scope: 'write' })).toEqual(refused('scope'))
    expect(await tokens.verify(token, { scope: 'rea' })).toEqual(refused('scope'))
    expect(await tokens.verify(token, { scope: 'read:more' })).toEqual(refused('scope'))
    expect(tokenStore.saves).toBe(0)
    expect((await tokens.list('ann'))[0]?.lastUsedAtMs).toBeNull()
  })

  test('a token without scopes is good for no scope', async () => {
    const { tokens, issued } = createTokenWorld()
    const { token } = await issued()
    expect(await tokens.verify(token, { scope: 'read' })).toEqual(refused('scope'))
    expect(await tokens.verify(token)).toMatchObject({ ok: true, scopes: [] })
  })

  test.each([
    ['no scope', undefined],
    ['null', null],
    ['empty text', ''],
    ['capitals', 'Read'],
    ['a list', ['read']],
    ['65 characters', 's'.repeat(65)],
    ['a line break', 'read\n'],
  ])('%s instead of a scope is a fault of the host, whatever the token is', async (_what, scope) => {
    const { tokens, issued } = createTokenWorld()
    const { token } = await issued('ann', { scopes: ['read'] })
    for (const text of [token, 'garbage', undefined]) {
      expect((await faultOf(() => tokens.verify(text, { scope: untyped(scope) }))).code).toBe('invalid_option')
    }
  })

  test('a scope passed instead of the options does not mean "no scope"', async () => {
    const { tokens, issued } = createTokenWorld()
    const { token } = await issued()
    for (const options of ['read', null, ['read']]) {
      expect((await faultOf(() => tokens.verify(token, untyped(options)))).code).toBe('invalid_option')
    }
  })

  test('an unknown option, such as scopes, does not mean "no scope"', async () => {
    const { tokens, issued } = createTokenWorld()
    const { token } = await issued()
    const fault = await faultOf(() => tokens.verify(token, untyped({ scopes: ['write'] })))
    expect(fault.code).toBe('invalid_option')
  })

  test('a scope behind a getter or on a prototype is asked for, not overlooked', async () => {
    const { tokens, issued } = createTokenWorld()
    const { token } = await issued('ann', { scopes: ['read'] })
    class Needs {
      get scope() {
        return 'write'
      }
    }
    class Inherited extends Needs {}
    const hidden = Object.defineProperty({}, 'scope', { value: 'write', enumerable: false })
    for (const options of [new Needs(), new Inherited(), Object.create({ scope: 'write' }), hidden]) {
      expect(await tokens.verify(token, options)).toEqual(refused('scope'))
    }
    for (const options of [{}, Object.create(null), new (class {})()]) {
      expect(await tokens.verify(token, options)).toMatchObject({ ok: true })
    }
  })

  test('an unknown option is refused wherever it is', async () => {
    const { tokens, issued } = createTokenWorld()
    const { token } = await issued()
    class Slip {
      get scopes() {
        return ['write']
      }
    }
    const hidden = Object.defineProperty({}, 'Scope', { value: 'write', enumerable: false })
    for (const options of [new Slip(), Object.create({ scopes: ['write'] }), hidden, { [Symbol('scope')]: 'write' }]) {
      expect((await faultOf(() => tokens.verify(token, untyped(options)))).code).toBe('invalid_option')
    }
  })

  test('its result shares no objects with the store', async () => {
    const { tokens, issued } = createTokenWorld()
    const { token } = await issued('ann', { scopes: ['read'] })
    const first = await tokens.verify(token)
    if (first.ok) first.scopes.push('write')
    expect(await tokens.verify(token, { scope: 'write' })).toEqual(refused('scope'))
  })
})

describe('an expiry', () => {
  test('is the first millisecond at which the token is refused', async () => {
    const { tokens, issued, clock } = createTokenWorld()
    const { token } = await issued('ann', { expiresAtMs: START + MINUTE })
    clock.set(START + MINUTE - 1)
    expect(await tokens.verify(token)).toMatchObject({ ok: true })
    clock.set(START + MINUTE)
    expect(await tokens.verify(token)).toEqual(refused('expired'))
    clock.set(START + MINUTE - 1)
    expect(await tokens.verify(token)).toMatchObject({ ok: true })
  })

  test('says nothing of a token that was revoked: that comes first', async () => {
    const { tokens, issued, clock } = createTokenWorld()
    const { token, id } = await issued('ann', { expiresAtMs: START + MINUTE })
    await tokens.revoke('ann', { id })
    clock.advance({ seconds: 61 })
    expect(await tokens.verify(token)).toEqual(refused('revoked'))
  })
})

describe('the time of last use', () => {
  test('is written at most once a minute', async () => {
    const { tokens, issued, clock, tokenStore } = createTokenWorld()
    const { token } = await issued()
    tokenStore.forget()
    for (let second = 0; second < 180; second += 1) {
      await tokens.verify(token)
      clock.advance({ seconds: 1 })
    }
    expect(tokenStore.saves).toBe(3)
    expect((await tokens.list('ann'))[0]?.lastUsedAtMs).toBe(START + 120 * SECOND)
  })

  test('never goes back with the clock, and goes on once the clock has caught up', async () => {
    const { tokens, issued, clock } = createTokenWorld()
    const { token } = await issued()
    const lastUsed = async () => (await tokens.list('ann'))[0]?.lastUsedAtMs
    clock.set(START + 60 * MINUTE)
    await tokens.verify(token)
    clock.set(START)
    expect(await tokens.verify(token)).toMatchObject({ ok: true })
    expect(await lastUsed()).toBe(START + 60 * MINUTE)
    clock.set(START + 61 * MINUTE)
    await tokens.verify(token)
    expect(await lastUsed()).toBe(START + 61 * MINUTE)
  })
})

describe('what is not a token is malformed, without a lookup', () => {
  test.each([
    ['undefined', undefined],
    ['null', null],
    ['a number', 5],
    ['an object', { toString: () => 'acme_' }],
    ['an array', ['acme_0']],
    ['empty text', ''],
    ['the prefix', 'acme_'],
    ['a JWT', 'eyJhbGciOiJIUzI1NiJ9.e30.XmNK3GpH3Ys_7wsYBfq4C3M6goz71I7dTgUkuIa5lyQ'],
    ['a megabyte', `acme_${'0'.repeat(1_000_000)}`],
    ['a token of zeros', `acme_${'0'.repeat(39)}`],
  ])('%s', async (_what, text) => {
    const { tokens, tokenStore } = createTokenWorld()
    expect(await tokens.verify(text)).toEqual(refused('malformed'))
    expect(tokenStore.finds).toBe(0)
  })

  test('a token of another prefix, though its checksum is right', async () => {
    const { issued, tokenStore, anotherTokens } = createTokenWorld()
    const { token } = await issued()
    tokenStore.forget()
    for (const prefix of ['acm', 'acmee', 'acme_x', 'bcme']) {
      expect(await anotherTokens({ prefix }).verify(token)).toEqual(refused('malformed'))
    }
    expect(tokenStore.finds).toBe(0)
  })

  test('a token in other spellings', async () => {
    const { tokens, issued, tokenStore } = createTokenWorld()
    const { token } = await issued()
    tokenStore.forget()
    const spellings = [
      token.toUpperCase(),
      ` ${token}`,
      `${token} `,
      `${token}\n`,
      token.replace('_', '-'),
      token.replace('_', '__'),
      `Bearer ${token}`,
      `${token.slice(0, 20)}\0${token.slice(21)}`,
      token.slice(0, -1),
      `${token}0`,
    ]
    for (const text of spellings) expect(await tokens.verify(text)).toEqual(refused('malformed'))
    expect(tokenStore.finds).toBe(0)
  })
})
