import { generateKey } from 'countersign'
import { describe, expect, test } from 'vitest'
import {
  addPhone,
  challengeToken,
  createWorld,
  DAY,
  enrolled,
  faultOf,
  MINUTE,
  PASSWORD,
  START,
  sealedIn,
  signIn,
  textsIn,
  untyped,
  type World,
  wrongCode,
} from '../world.ts'

const HOUR = 60 * MINUTE
const staff = { by: 'sam@support', note: 'ticket 4711' }
const proof = { password: PASSWORD }
const refused = (reason: string) => ({ ok: false, reason, retryAfterSeconds: null })
const NEVER_ISSUED = 'ZZZZ-ZZZZ-ZZZZ-ZZZZ'

async function issue(world: World, userId = 'ann', more: { validMs?: number } = {}): Promise<string> {
  const issued = await world.twoFactor.admin.issueRecoveryCode(userId, { ...staff, ...more })
  if (!issued.ok) throw new Error(issued.reason)
  return issued.recoveryCode
}

describe('admin.issueRecoveryCode', () => {
  test('makes a code that signs in once, in one write, and notifies of both [CS-CODES-08]', async () => {
    const world = createWorld()
    await enrolled(world)
    const issued = await world.twoFactor.admin.issueRecoveryCode('ann', staff)
    expect(issued).toEqual({
      ok: true,
      recoveryCode: expect.stringMatching(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/),
      expiresAtMs: START + DAY,
    })
    expect([world.store.loads, world.store.saves]).toEqual([1, 1])
    expect(world.events.at(-1)).toMatchObject({ type: 'recovery-code.issued', ...staff, userId: 'ann', notify: true })

    const code = issued.ok ? issued.recoveryCode : ''
    const token = await challengeToken(world, 'ann')
    world.store.forget()
    world.heard()
    const options = { code: ` ${code.toLowerCase().replaceAll('-', ' ')}`, trustDevice: true }
    expect(await world.twoFactor.completeChallenge(token, options)).toMatchObject({
      ok: true,
      method: 'recovery-code',
      recoveryCodesLeft: 10,
      device: { trusted: false },
    })
    expect([world.store.loads, world.store.saves]).toEqual([1, 1])
    expect(world.events.find(({ type }) => type === 'recovery-code.used')).toMatchObject({ issued: true, notify: true })
    expect(world.heard()).toEqual(['recovery-code.used', 'sign-in.completed'])

    expect(await signIn(world, 'ann', { code })).toEqual(refused('code-used'))
    expect(world.events.at(-1)).toMatchObject({ type: 'code.used-again', notify: true })
  })

  test('is a recovery code wherever one is: step-up and proof', async () => {
    const world = createWorld()
    await enrolled(world)
    const [one, two] = [await issue(world), await issue(world)]
    expect(await world.twoFactor.verify('ann', { code: one })).toMatchObject({ ok: true, method: 'recovery-code' })
    const options = { proof: { code: two }, accountName: 'ann', replaces: 'all' }
    expect(await world.twoFactor.beginSetup('ann', options)).toMatchObject({ ok: true })
  })

  test('is the way in for a user with no other recovery code', async () => {
    const world = createWorld()
    await world.twoFactor.admin.importUser('ann', { authenticators: [{ secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' }] })
    expect(await world.twoFactor.challenge('ann')).toMatchObject({ methods: ['totp'] })
    const code = await issue(world)
    expect(await world.twoFactor.challenge('ann')).toMatchObject({ methods: ['totp', 'recovery-code'] })
    expect(await signIn(world, 'ann', { code })).toMatchObject({ ok: true, recoveryCodesLeft: 0 })
    expect(await world.twoFactor.challenge('ann')).toMatchObject({ methods: ['totp'] })
  })

  test('is sealed, and never viewable, on a host that keeps the others hashed [CS-CODES-09]', async () => {
    const world = createWorld({ recoveryCodes: { keep: 'hashed' } })
    await addPhone(world, 'ann')
    const code = await issue(world)
    const record = await world.store.record('ann')
    expect(sealedIn(record?.issuedCodes)).toHaveLength(1)
    for (const text of textsIn(record)) expect(text).not.toContain(code.replaceAll('-', ''))
    expect(await world.twoFactor.viewRecoveryCodes('ann', { proof })).toEqual(refused('not-viewable'))
    expect(await signIn(world, 'ann', { code })).toMatchObject({ ok: true, recoveryCodesLeft: 10 })
  })

  test('is listed in status, and never viewable with the others', async () => {
    const world = createWorld()
    await enrolled(world)
    const code = await issue(world, 'ann', { validMs: HOUR })
    const status = await world.twoFactor.status('ann')
    expect(status.recoveryCodes).toMatchObject({
      total: 10,
      left: 10,
      issued: [{ createdAtMs: START, expiresAtMs: START + HOUR }],
    })
    expect(status.changes[0]).toEqual({ type: 'recovery-code.issued', atMs: START })
    const view = await world.twoFactor.viewRecoveryCodes('ann', { proof })
    expect(view.ok && view.recoveryCodes).toHaveLength(10)
    expect(JSON.stringify([status, view, world.events])).not.toContain(code)
    await signIn(world, 'ann', { code })
    expect((await world.twoFactor.status('ann')).recoveryCodes.issued).toEqual([])
  })

  test('exists at most twice at a time; a used or expired one makes room', async () => {
    const world = createWorld()
    await enrolled(world)
    const first = await issue(world)
    await issue(world, 'ann', { validMs: HOUR })
    world.store.forget()
    expect(await world.twoFactor.admin.issueRecoveryCode('ann', staff)).toEqual(refused('limit-reached'))
    expect(world.store.saves).toBe(0)

    await signIn(world, 'ann', { code: first })
    const third = await issue(world)
    expect(await world.twoFactor.admin.issueRecoveryCode('ann', staff)).toEqual(refused('limit-reached'))
    world.clock.advance({ seconds: 3600 })
    const fourth = await issue(world)
    expect((await world.store.record('ann'))?.issuedCodes).toHaveLength(2)
    for (const code of [third, fourth]) expect(await signIn(world, 'ann', { code })).toMatchObject({ ok: true })
  })

  test('ends to the millisecond, is a wrong code then, and no clock that is set back makes it last longer [CS-CODES-11]', async () => {
    const world = createWorld()
    await enrolled(world)
    const [early, late] = [await issue(world), await issue(world)]
    world.clock.set(START + DAY - 1)
    expect(await signIn(world, 'ann', { code: early })).toMatchObject({ ok: true })
    world.clock.set(START + DAY)
    expect(await signIn(world, 'ann', { code: late })).toEqual(refused('wrong-code'))
    expect((await world.twoFactor.status('ann')).recoveryCodes.issued).toEqual([])
    // Made while the clock was a year ahead: not good for that year.
    world.clock.set(START + 365 * DAY)
    const ahead = await issue(world)
    world.clock.set(START + 2 * DAY)
    expect(await signIn(world, 'ann', { code: ahead })).toEqual(refused('wrong-code'))
    expect((await world.twoFactor.status('ann')).recoveryCodes.issued).toEqual([])
  })

  test.each([
    ['regenerateRecoveryCodes', (world: World) => world.twoFactor.regenerateRecoveryCodes('ann', { proof })],
    ['admin.unlock', (world: World) => world.twoFactor.admin.unlock('ann', staff)],
    ['disable', (world: World) => world.twoFactor.disable('ann', { proof })],
    ['admin.reset', (world: World) => world.twoFactor.admin.reset('ann', staff)],
  ])('ends with %s', async (_what, end) => {
    const world = createWorld()
    await enrolled(world)
    const code = await issue(world)
    expect(await end(world)).toMatchObject({ ok: true })
    const { enabled } = await world.twoFactor.status('ann')
    if (!enabled) await enrolled(world)
    expect(await signIn(world, 'ann', { code })).toEqual(refused('wrong-code'))
  })

  test('survives a changed password, as recovery codes do', async () => {
    const world = createWorld()
    await enrolled(world)
    const code = await issue(world)
    await world.twoFactor.passwordChanged('ann')
    expect(await signIn(world, 'ann', { code })).toMatchObject({ ok: true })
  })

  test('is for users with two-factor authentication only', async () => {
    const world = createWorld({ isRequired: () => true })
    expect(await world.twoFactor.admin.issueRecoveryCode('ann', staff)).toEqual(refused('not-enabled'))
    await world.twoFactor.challenge('ann')
    expect(await world.twoFactor.admin.issueRecoveryCode('ann', staff)).toEqual(refused('not-enabled'))
  })

  test('moves to the first key with the rest of the record', async () => {
    const oldKey = generateKey('old')
    const world = createWorld({ keys: oldKey })
    await enrolled(world)
    const code = await issue(world)
    const newKey = generateKey('new')
    const rotated = world.another({ keys: `${newKey},${oldKey}` })
    expect(await rotated.admin.reseal('ann')).toEqual({ ok: true, resealed: true })
    expect(await world.another({ keys: newKey }).verify('ann', { code })).toMatchObject({ ok: true })
  })
})

describe('whoever guesses', () => {
  test('at it never locks it, and writes and reports no more than at other recovery codes [CS-THR-14]', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const code = await issue(world)
    world.store.forget()
    world.heard()
    for (let time = 0; time < 300; time += 1) {
      expect(await world.twoFactor.verify('ann', { code: NEVER_ISSUED })).toEqual(refused('wrong-code'))
    }
    expect([world.store.saves, world.heard()]).toEqual([20, new Array(20).fill('code.wrong')])
    for (let time = 0; time < 40; time += 1) {
      await world.twoFactor.verify('ann', { code: wrongCode(world, phone) })
      world.clock.advance({ seconds: 900 })
    }
    expect(await world.twoFactor.verify('ann', { code })).toMatchObject({ ok: true })
  })

  test('at imported codes is throttled, and a code of the same length that staff issued is looked at still', async () => {
    const world = createWorld()
    const recoveryCodes = ['ABCD-EFGH-JKMN-PQRS']
    const authenticators = [{ secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' }]
    await world.twoFactor.admin.importUser('ann', { authenticators, recoveryCodes })
    const code = await issue(world)
    for (let time = 0; time < 5; time += 1) {
      expect(await world.twoFactor.verify('ann', { code: NEVER_ISSUED })).toMatchObject({ reason: 'wrong-code' })
    }
    expect(await world.twoFactor.verify('ann', { code: NEVER_ISSUED })).toMatchObject({ reason: 'throttled' })
    expect(await world.twoFactor.verify('ann', { code: recoveryCodes[0] ?? '' })).toMatchObject({ reason: 'throttled' })
    expect(await world.twoFactor.challenge('ann')).toMatchObject({ methods: ['recovery-code'] })
    expect((await world.twoFactor.status('ann')).throttle.recoveryCodes.state).toBe('open')
    expect(await world.twoFactor.verify('ann', { code })).toMatchObject({ ok: true })
  })

  test('with another user’s code gets nothing, and its seal copied to their own record is a fault', async () => {
    const world = createWorld()
    await enrolled(world, 'ann')
    await enrolled(world, 'ben')
    const code = await issue(world, 'ann')
    expect(await world.twoFactor.verify('ben', { code })).toMatchObject({ ok: false, reason: 'wrong-code' })
    const [anns, bens] = [await world.store.record('ann'), await world.store.record('ben')]
    await world.store.plant('ben', { ...bens, issuedCodes: anns?.issuedCodes })
    const { code: fault, message } = await faultOf(() => world.twoFactor.verify('ben', { code }))
    expect([fault, message]).toEqual(['record_invalid', expect.stringContaining('issuedCodes[0].sealed')])
  })

  test('fifty times at once with the right one gets in once [CS-CODES-13]', async () => {
    const world = createWorld()
    await enrolled(world)
    const code = await issue(world)
    const results = await Promise.all(Array.from({ length: 50 }, () => world.another().verify('ann', { code })))
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(results.filter((result) => !result.ok && result.reason === 'code-used')).toHaveLength(49)
  })
})

test('fifty issued at once are two', async () => {
  const world = createWorld()
  await enrolled(world)
  const calls = Array.from({ length: 50 }, () => world.another().admin.issueRecoveryCode('ann', staff))
  const results = await Promise.all(calls)
  expect(results.filter(({ ok }) => ok)).toHaveLength(2)
  for (const result of results) {
    if (result.ok) expect(await signIn(world, 'ann', { code: result.recoveryCode })).toMatchObject({ ok: true })
  }
})

test.each([
  ['validMs', { validMs: 24 * 3600 }],
  ['validMs', { validMs: 72 * HOUR + 1 }],
  ['validMs', { validMs: 0 }],
  ['validMs', { validMs: Number.NaN }],
  ['validMs', { validMs: '3600000' }],
  ["did you mean 'validMs'", { validMS: HOUR }],
  ['by', { by: '' }],
  ['note', { note: undefined }],
])('a wrong option is a fault that names it, and issues nothing: %s %j', async (name, wrong) => {
  const world = createWorld()
  await enrolled(world)
  const fault = await faultOf(() => world.twoFactor.admin.issueRecoveryCode('ann', untyped({ ...staff, ...wrong })))
  expect([fault.code, fault.message.toLowerCase()]).toEqual([
    'invalid_option',
    expect.stringContaining(name.toLowerCase()),
  ])
  expect([world.store.loads, world.store.saves]).toEqual([0, 0])
})
