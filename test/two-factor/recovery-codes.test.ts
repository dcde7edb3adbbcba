import { describe, expect, test } from 'vitest'
import { addPhone, createWorld, enrolled, PASSWORD, START, signIn, textsIn, wrongCode } from '../world.ts'

const proof = { password: PASSWORD }
const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'

describe('viewRecoveryCodes', () => {
  test('shows each code, in its order, and when it was used', async () => {
    const world = createWorld()
    const { recoveryCodes = [] } = await addPhone(world, 'ann')
    world.clock.advance({ seconds: 60 })
    await signIn(world, 'ann', { code: recoveryCodes[2] ?? '' })
    const usedAtMs = world.clock.now()
    world.clock.advance({ seconds: 60 })
    world.store.forget()
    expect(await world.twoFactor.viewRecoveryCodes('ann', { proof })).toEqual({
      ok: true,
      recoveryCodes: recoveryCodes.map((code, index) => ({ code, usedAtMs: index === 2 ? usedAtMs : null })),
      createdAtMs: START,
      token: expect.any(String),
    })
  })

  test('shows a recovery code that was itself the proof as used', async () => {
    const world = createWorld()
    const { recoveryCodes } = await enrolled(world)
    const result = await world.twoFactor.viewRecoveryCodes('ann', { proof: { code: recoveryCodes[9] ?? '' } })
    expect(result.ok && result.recoveryCodes.map(({ usedAtMs }) => usedAtMs !== null)).toEqual([
      ...Array.from({ length: 9 }, () => false),
      true,
    ])
  })

  test('is refused without proof, with a wrong one, and where there is nothing to see', async () => {
    const world = createWorld()
    const refused = (reason: string) => ({ ok: false, reason, retryAfterSeconds: null })
    expect(await world.twoFactor.viewRecoveryCodes('ann', { proof })).toEqual(refused('not-enabled'))
    const { phone } = await enrolled(world)
    const withProof = (proof: { password: string } | { code: string }) =>
      world.twoFactor.viewRecoveryCodes('ann', { proof: proof })
    expect(await withProof({ password: 'wrong' })).toEqual(refused('wrong-password'))
    expect(await withProof({ code: wrongCode(world, phone) })).toEqual(refused('wrong-code'))
    await world.twoFactor.admin.importUser('ben', { authenticators: [{ secret: SECRET }] })
    expect(await world.twoFactor.viewRecoveryCodes('ben', { proof })).toEqual(refused('not-viewable'))
  })
})

describe('regenerateRecoveryCodes', () => {
  test('returns new codes, and the old ones end in the same write [CS-CODES-07]', async () => {
    const world = createWorld()
    const { recoveryCodes: old } = await enrolled(world)
    world.clock.advance({ seconds: 60 })
    const result = await world.twoFactor.regenerateRecoveryCodes('ann', { proof })
    if (!result.ok) throw new Error(result.reason)
    expect(result.recoveryCodes).toHaveLength(10)
    expect(world.store.saves).toBe(1)
    expect(result.recoveryCodes.filter((code) => old.includes(code))).toEqual([])
    expect(await signIn(world, 'ann', { code: old[0] ?? '' })).toMatchObject({ ok: false, reason: 'wrong-code' })
    expect(await signIn(world, 'ann', { code: result.recoveryCodes[0] ?? '' })).toMatchObject({ ok: true })
    expect((await world.twoFactor.status('ann')).recoveryCodes).toEqual({
      total: 10,
      left: 9,
      createdAtMs: START + 60_000,
      savedAtMs: null,
      viewable: true,
      issued: [],
    })
  })

  test('with an old recovery code as its proof returns a full new set', async () => {
    const world = createWorld()
    const { recoveryCodes } = await enrolled(world)
    const result = await world.twoFactor.regenerateRecoveryCodes('ann', { proof: { code: recoveryCodes[0] ?? '' } })
    expect(result.ok && result.recoveryCodes).toHaveLength(10)
    expect((await world.twoFactor.status('ann')).recoveryCodes.left).toBe(10)
  })

  test('is refused without its proof, and changes nothing', async () => {
    const world = createWorld()
    const { recoveryCodes } = await enrolled(world)
    const wrong = { proof: { password: 'wrong' } }
    expect(await world.twoFactor.regenerateRecoveryCodes('ann', wrong)).toMatchObject({ reason: 'wrong-password' })
    expect(await world.twoFactor.regenerateRecoveryCodes('ben', { proof })).toMatchObject({ reason: 'not-enabled' })
    expect(await signIn(world, 'ann', { code: recoveryCodes[0] ?? '' })).toMatchObject({ ok: true })
  })

  test('follows the current options: from sealed to hashed, from ten to twenty', async () => {
    const world = createWorld()
    await enrolled(world)
    const later = world.another({ recoveryCodes: { keep: 'hashed', count: 20 } })
    const result = await later.regenerateRecoveryCodes('ann', { proof })
    expect(result.ok && result.recoveryCodes).toHaveLength(20)
    expect((await later.status('ann')).recoveryCodes).toMatchObject({ total: 20, left: 20, viewable: false })
    const code = result.ok ? (result.recoveryCodes[7] ?? '') : ''
    expect(await world.twoFactor.verify('ann', { code })).toMatchObject({ ok: true, recoveryCodesLeft: 19 })
  })
})

describe('kept hashed', () => {
  const hashed = { recoveryCodes: { keep: 'hashed' } } as const

  test('codes carry 120 bits: 24 characters', async () => {
    const world = createWorld(hashed)
    const { recoveryCodes = [] } = await addPhone(world, 'ann')
    expect(recoveryCodes).toHaveLength(10)
    for (const code of recoveryCodes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/)
  })

  test('each works once, however it is typed [CS-CODES-04]', async () => {
    const world = createWorld(hashed)
    const { recoveryCodes = [] } = await addPhone(world, 'ann')
    const [first = '', second = ''] = recoveryCodes
    expect(await signIn(world, 'ann', { code: first })).toMatchObject({ ok: true, recoveryCodesLeft: 9 })
    expect(await signIn(world, 'ann', { code: first })).toMatchObject({ reason: 'code-used' })
    const typed = second.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'L')
    expect(await signIn(world, 'ann', { code: typed })).toMatchObject({ ok: true, recoveryCodesLeft: 8 })
  })

  test('they are never shown again', async () => {
    const world = createWorld(hashed)
    await addPhone(world, 'ann')
    const refused = { ok: false, reason: 'not-viewable', retryAfterSeconds: null }
    expect(await world.twoFactor.viewRecoveryCodes('ann', { proof })).toEqual(refused)
    expect((await world.twoFactor.status('ann')).recoveryCodes.viewable).toBe(false)
  })
})

test('what is stored holds no code and no secret, sealed or hashed [CS-CODES-06]', async () => {
  for (const keep of ['sealed', 'hashed'] as const) {
    const world = createWorld({ recoveryCodes: { keep } })
    const phone = await addPhone(world, 'ann')
    const stored = textsIn(await world.store.record('ann')).join('\n')
    for (const code of phone.recoveryCodes ?? []) {
      expect(stored).not.toContain(code)
      expect(stored).not.toContain(code.replaceAll('-', ''))
    }
    expect(stored).not.toContain(phone.secret)
  }
})

test('two users with the same imported codes store different hashes: the pepper is their own [CS-CODES-03]', async () => {
  const world = createWorld({ recoveryCodes: { keep: 'hashed' } })
  const recoveryCodes = ['ABCDE-12345', 'FGHJK-67890']
  const hashes = []
  for (const userId of ['ann', 'ben']) {
    await world.twoFactor.admin.importUser(userId, { authenticators: [{ secret: SECRET }], recoveryCodes })
    hashes.push(...((await world.store.record(userId))?.recoveryCodes?.hashes ?? []))
  }
  expect(new Set(hashes).size).toBe(4)
})

test("a sealed or hashed list of codes copied to another user's record opens nothing", async () => {
  for (const keep of ['sealed', 'hashed'] as const) {
    const world = createWorld({ recoveryCodes: { keep } })
    const { recoveryCodes: [code = ''] = [] } = await addPhone(world, 'ann')
    await addPhone(world, 'ben')
    const [ann, ben] = [await world.store.record('ann'), await world.store.record('ben')]
    await world.store.plant('ben', { ...ben, recoveryCodes: ann?.recoveryCodes })
    const attempt = world.twoFactor.verify('ben', { code })
    await expect(attempt).rejects.toMatchObject({ code: 'record_invalid' })
    await expect(attempt).rejects.toThrow('recoveryCodes.sealed')
  }
})

test('codes of 1 to 20 are made, as the option says', async () => {
  for (const count of [1, 20]) {
    const world = createWorld({ recoveryCodes: { count } })
    const phone = await addPhone(world, 'ann')
    expect(new Set(phone.recoveryCodes).size).toBe(count)
  }
})

test('the last code works, and none after it', async () => {
  const world = createWorld({ recoveryCodes: { count: 2 } })
  const { recoveryCodes = [] } = await addPhone(world, 'ann')
  for (const [index, code] of recoveryCodes.entries()) {
    expect(await signIn(world, 'ann', { code })).toMatchObject({ ok: true, recoveryCodesLeft: 1 - index })
  }
  for (const code of recoveryCodes) expect(await signIn(world, 'ann', { code })).toMatchObject({ reason: 'code-used' })
})
