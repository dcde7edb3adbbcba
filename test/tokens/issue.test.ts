import { reauthenticated } from 'countersign'
import { createAccessTokens, memoryTokenStore } from 'countersign/tokens'
import { describe, expect, test } from 'vitest'
import { addPasskey, steppingUp, verifier } from '../passkeys/world.ts'
import { DAY, enrolled, faultOf, MINUTE, PASSWORD, START, textsIn, untyped, wrongCode } from '../world.ts'
import { createTokenWorld, proof, staff } from './world.ts'

const refused = (reason: string) => ({ ok: false, reason, retryAfterSeconds: null })

describe('issue', () => {
  test('returns the token once, and what the list shows of it', async () => {
    const { tokens, tokenStore } = createTokenWorld()
    const wanted = { name: 'Backup', scopes: ['read', 'repo:write'], expiresAtMs: START + DAY }
    const result = await tokens.issue('ann', { ...wanted, proof })
    if (!result.ok) throw new Error(result.reason)
    const shown = { ...wanted, id: expect.any(String), createdAtMs: START, lastUsedAtMs: null }
    expect(result).toEqual({ ok: true, token: expect.stringMatching(/^acme_[0-9a-z]{39}$/), accessToken: shown })
    expect(await tokens.list('ann')).toEqual([result.accessToken])
    expect(await tokens.verify(result.token, { scope: 'repo:write' })).toMatchObject({ ok: true, userId: 'ann' })
    const stored = textsIn(await tokenStore.rows())
    expect(stored.filter((text) => text.includes(result.token) || text.includes(result.token.slice(5, 37)))).toEqual([])
  })

  test('by default a token is good for no scope and never expires', async () => {
    const { tokens } = createTokenWorld()
    for (const expiresAtMs of [undefined, null]) {
      const result = await tokens.issue('ann', { name: 'Plain', proof, expiresAtMs })
      expect(result).toMatchObject({ ok: true, accessToken: { scopes: [], expiresAtMs: null } })
    }
  })

  test('takes a passkey as the proof, once, and only of the same user', async () => {
    const world = createTokenWorld({}, { passkeys: verifier() })
    const passkey = await addPasskey(world)
    const evesPasskey = await addPasskey(world, 'eve')
    const prove = async () => {
      const { token, passkey: asked } = await steppingUp(world)
      return { token, passkey: await passkey.get(asked) }
    }
    const proof = await prove()
    expect(await world.tokens.issue('ann', { name: 'A', proof })).toMatchObject({ ok: true })
    expect(await world.tokens.issue('ann', { name: 'B', proof })).toEqual(refused('wrong-passkey'))
    expect(await world.tokens.issue('eve', { name: 'C', proof: await prove() })).toEqual(refused('wrong-passkey'))
    const { token, passkey: asked } = await steppingUp(world)
    const evesOptions = (await steppingUp(world, 'eve')).passkey
    if (asked === null || evesOptions === null) throw new Error('No passkey is asked for.')
    const passkeyOfEve = await evesPasskey.get({ ...asked, allowCredentials: evesOptions.allowCredentials })
    expect(await world.tokens.issue('ann', { name: 'D', proof: { token, passkey: passkeyOfEve } })).toEqual(
      refused('wrong-passkey'),
    )
    expect(await world.tokens.list('ann')).toHaveLength(1)
    expect(await world.tokens.list('eve')).toHaveLength(0)
  })

  test('asks for proof, and spends the code', async () => {
    const world = createTokenWorld()
    const { phone } = await enrolled(world)
    const { tokens } = world
    const code = phone.next()
    const wrong = { code: wrongCode(world, phone) }
    expect(await tokens.issue('ann', { name: 'A', proof: wrong })).toEqual(refused('wrong-code'))
    expect(await tokens.issue('ann', { name: 'A', proof: { password: 'wrong' } })).toEqual(refused('wrong-password'))
    expect(await tokens.issue('ann', { name: 'A', proof: { code } })).toMatchObject({ ok: true })
    const again = await tokens.issue('ann', { name: 'B', proof: { code } })
    expect(again).toMatchObject({ ok: false, reason: 'code-used' })
    expect(await tokens.list('ann')).toHaveLength(1)
  })

  test.each([
    ['none', undefined],
    ['null', null],
    ['no kind', {}],
    ['two kinds', { password: PASSWORD, code: '123456' }],
    ['text', PASSWORD],
    ['a host that does not vouch', reauthenticated(START)],
  ])('is refused with %s as the proof', async (_what, proof) => {
    const { tokens, tokenStore } = createTokenWorld()
    const result = await tokens.issue('ann', { name: 'A', proof: untyped(proof) })
    expect(result).toEqual(refused('proof-required'))
    expect(tokenStore.saves).toBe(0)
  })

  test('hands device and context on to the proof', async () => {
    const world = createTokenWorld()
    const { phone } = await enrolled(world)
    const context = { requestId: 7 }
    const wrong = { code: wrongCode(world, phone) }
    await world.tokens.issue('ann', { name: 'A', proof: wrong, device: 'none', context })
    expect(world.events.at(-1)).toMatchObject({ type: 'code.wrong', knownDevice: false, context })
  })

  test('what can be refused without the proof spends no code', async () => {
    const world = createTokenWorld({ scopes: ['read'] })
    const { phone } = await enrolled(world)
    const { tokens, store } = world
    const asked = { name: 'A', proof: { code: phone.next() } }
    store.forget()
    expect(await tokens.issue('ann', { ...asked, scopes: ['write'] })).toEqual(refused('unknown-scope'))
    expect(await tokens.issue('ann', { ...asked, expiresAtMs: START })).toEqual(refused('already-expired'))
    for (const _ of Array.from({ length: 50 })) await world.issued()
    expect(await tokens.issue('ann', asked)).toEqual(refused('limit-reached'))
    expect(store).toMatchObject({ loads: 0, saves: 0 })
    const [newest] = await tokens.list('ann')
    await tokens.revoke('ann', { id: newest?.id ?? '' })
    expect(await tokens.issue('ann', asked)).toMatchObject({ ok: true })
  })

  test('with scopes named, only those are issued; a scope that went later still verifies', async () => {
    const { tokens, anotherTokens } = createTokenWorld({ scopes: ['read', 'write'] })
    expect(tokens.scopes).toEqual(['read', 'write'])
    expect(tokens.prefix).toBe('acme')
    for (const scopes of [['admin'], ['read', 'admin']]) {
      expect(await tokens.issue('ann', { name: 'A', scopes, proof })).toEqual(refused('unknown-scope'))
      expect(await tokens.admin.issue('ann', { name: 'A', scopes, ...staff })).toEqual(refused('unknown-scope'))
    }
    const result = await tokens.issue('ann', { name: 'A', scopes: ['write'], proof })
    if (!result.ok) throw new Error(result.reason)
    const later = anotherTokens({ scopes: ['read'] })
    expect(await later.verify(result.token, { scope: 'write' })).toMatchObject({ ok: true })
  })

  test('two tokens may have one name, and differ', async () => {
    const { issued } = createTokenWorld()
    const [first, second] = [await issued(), await issued()]
    expect(first.token).not.toBe(second.token)
    expect(first.id).not.toBe(second.id)
  })

  test('a random source that repeats itself makes no two tokens of one text', async () => {
    const { tokens } = createTokenWorld({ random: (bytes) => new Uint8Array(bytes) })
    expect(await tokens.issue('ann', { name: 'A', proof })).toMatchObject({ ok: true })
    expect((await faultOf(() => tokens.issue('bob', { name: 'B', proof }))).code).toBe('store_conflict')
    expect(await tokens.list('bob')).toEqual([])
  })
})

describe('an argument of the wrong shape is a fault, before any proof is asked', () => {
  test.each([
    ['text for scopes', { scopes: 'read' }],
    ['null for scopes', { scopes: null }],
    ['a scope in capitals', { scopes: ['Read'] }],
    ['a scope with a space', { scopes: ['read write'] }],
    ['an empty scope', { scopes: [''] }],
    ['a scope of 65 characters', { scopes: ['s'.repeat(65)] }],
    ['one scope twice', { scopes: ['read', 'read'] }],
    ['21 scopes', { scopes: Array.from({ length: 21 }, (_, n) => `s${n}`) }],
    ['a hole for a scope', { scopes: new Array(1) }],
    ['a text for a time', { expiresAtMs: '2030-01-01' }],
    ['a Date for a time', { expiresAtMs: new Date(START + DAY) }],
    ['half a millisecond', { expiresAtMs: START + 0.5 }],
    ['NaN', { expiresAtMs: Number.NaN }],
    ['infinity', { expiresAtMs: Number.POSITIVE_INFINITY }],
    ['a time that no Date has', { expiresAtMs: 8_640_000_000_000_001 }],
  ])('%s', async (_what, fields) => {
    const { tokens, passwordsChecked, tokenStore } = createTokenWorld()
    const asked = untyped<{ name: string }>({ name: 'A', ...fields })
    expect((await faultOf(() => tokens.issue('ann', { ...asked, proof }))).code).toBe('invalid_option')
    expect((await faultOf(() => tokens.admin.issue('ann', { ...asked, ...staff }))).code).toBe('invalid_option')
    expect(passwordsChecked).toEqual([])
    expect(tokenStore).toMatchObject({ finds: 0, lists: 0, saves: 0 })
  })

  test.each([undefined, '', ' \u3000', `${'é'.repeat(32)}x`, 'a\nb', '\ud83d', 5, 'x'.repeat(1e6)])(
    'a name that it cannot have is an outcome, before any proof is asked: %j',
    async (name) => {
      const { tokens, passwordsChecked, tokenStore } = createTokenWorld()
      const asked = untyped<{ name: string }>({ name })
      expect(await tokens.issue('ann', { ...asked, proof })).toEqual(refused('invalid-name'))
      expect(await tokens.admin.issue('ann', { ...asked, ...staff })).toEqual(refused('invalid-name'))
      expect(passwordsChecked).toEqual([])
      expect(tokenStore).toMatchObject({ finds: 0, lists: 0, saves: 0 })
    },
  )

  test.each([undefined, '', 5, 'x'.repeat(256), '\ud800'])('the user id %j', async (userId) => {
    const { tokens } = createTokenWorld()
    const user = untyped<string>(userId)
    for (const call of [
      () => tokens.issue(user, { name: 'A', proof }),
      () => tokens.admin.issue(user, { name: 'A', ...staff }),
      () => tokens.list(user),
      () => tokens.rename(user, { id: 'x', name: 'A' }),
      () => tokens.revoke(user, { id: 'x' }),
      () => tokens.revokeAll(user),
    ]) {
      expect((await faultOf(call)).code).toBe('invalid_option')
    }
  })

  test('the largest allowed values are accepted', async () => {
    const { tokens } = createTokenWorld()
    const scopes = Array.from({ length: 20 }, (_, n) => `${'s'.repeat(62)}${String(n).padStart(2, '0')}`)
    const wanted = { name: 'é'.repeat(32), scopes, expiresAtMs: 8_640_000_000_000_000 }
    expect(await tokens.issue('x'.repeat(255), { ...wanted, proof })).toMatchObject({ ok: true, accessToken: wanted })
    expect(await tokens.list('x'.repeat(255))).toHaveLength(1)
  })
})

describe('admin.issue', () => {
  test('asks for no proof, and says who did it and why', async () => {
    const { tokens, tokenEvents } = createTokenWorld()
    const result = await tokens.admin.issue('bot', { name: 'CI', scopes: ['write'], ...staff, context: 'x' })
    if (!result.ok) throw new Error(result.reason)
    expect(await tokens.verify(result.token)).toMatchObject({ ok: true, userId: 'bot', scopes: ['write'] })
    expect(tokenEvents).toMatchObject([{ type: 'access-token.issued', userId: 'bot', ...staff, context: 'x' }])
  })

  test('has the same limits', async () => {
    const { tokens, issued } = createTokenWorld()
    const asked = { name: 'A', ...staff }
    expect(await tokens.admin.issue('ann', { ...asked, expiresAtMs: START })).toEqual(refused('already-expired'))
    for (const _ of Array.from({ length: 50 })) await issued()
    expect(await tokens.admin.issue('ann', asked)).toEqual(refused('limit-reached'))
  })

  test.each([{ by: '' }, { note: '' }, { by: undefined }, { note: 'x'.repeat(1001) }])(
    'is refused with %j',
    async (more) => {
      const { tokens } = createTokenWorld()
      const options = untyped<{ name: string; by: string; note: string }>({ name: 'A', ...staff, ...more })
      expect((await faultOf(() => tokens.admin.issue('ann', options))).code).toBe('invalid_option')
    },
  )
})

describe('an option of createAccessTokens', () => {
  const { twoFactor } = createTokenWorld()
  const good = { twoFactor, store: memoryTokenStore(), prefix: 'acme' }

  test.each<[name: string, options: unknown]>([
    ['options', undefined],
    ['twoFactor', { ...good, twoFactor: undefined }],
    ['twoFactor', { ...good, twoFactor: {} }],
    ['store', { ...good, store: undefined }],
    ['store', { ...good, store: { find: good.store.find, save: good.store.save } }],
    ...['', 'a', 'Acme', '1acme', '_acme', 'acme_', 'ac__me', 'ac-me', 'a'.repeat(21), 'acmé', 'acme\n', 5, null].map(
      (prefix) => ['prefix', { ...good, prefix }] satisfies [string, unknown],
    ),
    ...['read', null, ['Read'], ['read', 'read'], [5]].map(
      (scopes) => ['scopes', { ...good, scopes }] satisfies [string, unknown],
    ),
    ['onEvent', { ...good, onEvent: 'log' }],
    ['onEventError', { ...good, onEventError: 5 }],
    ['now', { ...good, now: 5 }],
    ['random', { ...good, random: 'x' }],
  ])('%s is checked at the door', async (name, options) => {
    const fault = await faultOf(() => createAccessTokens(untyped(options)))
    expect(fault.code).toBe('invalid_option')
    if (options !== undefined) expect(fault.message.startsWith(name)).toBe(true)
  })

  test.each(['ab', 'a1', 'acme', 'my_app', 'a_b_c_1', 'a'.repeat(20)])('prefix may be %s', async (prefix) => {
    const { issued } = createTokenWorld({ prefix })
    expect((await issued()).token.startsWith(`${prefix}_`)).toBe(true)
  })

  test('now must return a time, which is rounded down to the millisecond', async () => {
    const { tokens } = createTokenWorld({ now: () => Number.NaN })
    expect((await faultOf(() => tokens.issue('ann', { name: 'A', proof }))).code).toBe('invalid_option')
    const result = await createTokenWorld({ now: () => START + 0.9 + MINUTE }).tokens.admin.issue('ann', {
      name: 'A',
      ...staff,
    })
    expect(result).toMatchObject({ accessToken: { createdAtMs: START + MINUTE } })
  })

  test('clock and randomness are the platform’s by default', async () => {
    const tokens = createAccessTokens(good)
    const before = Date.now()
    const result = await tokens.admin.issue('ann', { name: 'A', ...staff })
    expect(result.ok && result.accessToken.createdAtMs).toBeGreaterThanOrEqual(before)
    expect(result.ok && (await tokens.verify(result.token))).toMatchObject({ ok: true })
  })
})
