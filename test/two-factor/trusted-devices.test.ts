import { enroll } from 'countersign/testing'
import { describe, expect, test } from 'vitest'
import {
  addPhone,
  challengeToken,
  createWorld,
  DAY,
  enrolled,
  knownDevice,
  PASSWORD,
  START,
  sealedIn,
  signIn,
  type User,
  untyped,
  type World,
} from '../world.ts'

const proof = { password: PASSWORD }

describe('a trusted device', () => {
  test('skips the code for thirty days from the sign-in that trusted it, with one read and no write', async () => {
    const world = createWorld()
    const ann = await enrolled(world)
    const signedIn = await signIn(world, 'ann', { code: ann.phone.next(), trustDevice: true, deviceName: 'Laptop' })
    if (!signedIn.ok) throw new Error(signedIn.reason)
    expect(signedIn.device).toEqual({ token: expect.any(String), expiresAtMs: START + 400 * DAY, trusted: true })
    const device = signedIn.device.token
    world.store.forget()
    const assurance = { amr: [], phishingResistant: false, atMs: null }
    const skipped = { passed: true, because: 'trusted-device', assurance }
    expect(await world.twoFactor.challenge('ann', { device })).toEqual(skipped)
    expect([world.store.loads, world.store.saves]).toEqual([1, 0])
    world.clock.set(START + 30 * DAY - 1)
    expect(await world.twoFactor.challenge('ann', { device })).toEqual(skipped)
    world.clock.set(START + 30 * DAY)
    expect(await world.twoFactor.challenge('ann', { device })).toMatchObject({ passed: false, action: 'verify' })
  })

  test('is in the list with its name and its times', async () => {
    const world = createWorld()
    const ann = await enrolled(world)
    await signIn(world, 'ann', { code: ann.phone.next(), trustDevice: true, deviceName: 'Laptop' })
    const list = (await world.twoFactor.status('ann')).trustedDevices
    expect(list).toEqual([
      { id: expect.any(String), name: 'Laptop', createdAtMs: START, expiresAtMs: START + 30 * DAY, current: false },
    ])
    world.clock.set(START + 30 * DAY)
    expect((await world.twoFactor.status('ann')).trustedDevices).toEqual([])
  })

  test('is trusted for its own user only', async () => {
    const world = createWorld()
    const device = await knownDevice(world, await enrolled(world, 'ann'), { trustDevice: true })
    await enrolled(world, 'ben')
    expect(await world.twoFactor.challenge('ben', { device })).toMatchObject({ passed: false })
  })

  test('keeps its trust through a step-up and through a sign-in with a recovery code, no longer than before', async () => {
    const world = createWorld()
    const ann = await enrolled(world)
    const first = await knownDevice(world, ann, { trustDevice: true })
    const stepUp = await world.twoFactor.verify('ann', { code: ann.phone.next(), device: first })
    if (!stepUp.ok) throw new Error(stepUp.reason)
    expect(stepUp.device.trusted).toBe(true)
    expect(stepUp.device.token).not.toBe(first)
    expect(await world.twoFactor.challenge('ann', { device: stepUp.device.token })).toMatchObject({ passed: true })
    world.clock.set(START + 30 * DAY)
    expect(await world.twoFactor.challenge('ann', { device: stepUp.device.token })).toMatchObject({ passed: false })
  })

  test('is no longer trusted after a changed password, unless the host keeps it', async () => {
    const world = createWorld()
    const device = await knownDevice(world, await enrolled(world), { trustDevice: true })
    await world.twoFactor.passwordChanged('ann', { keepTrustedDevices: true })
    expect(await world.twoFactor.challenge('ann', { device })).toMatchObject({ passed: true })
    await world.twoFactor.passwordChanged('ann')
    expect(await world.twoFactor.challenge('ann', { device })).toMatchObject({ passed: false })
  })

  test('is no longer trusted after off and on again, nor after staff reset the user', async () => {
    const world = createWorld()
    const device = await knownDevice(world, await enrolled(world), { trustDevice: true })
    await world.twoFactor.disable('ann', { proof })
    await enroll(world.twoFactor, 'ann')
    expect(await world.twoFactor.challenge('ann', { device })).toMatchObject({ passed: false })
    await world.twoFactor.admin.reset('ann', { by: 'x', note: 'y' })
    await enroll(world.twoFactor, 'ann')
    expect(await world.twoFactor.challenge('ann', { device })).toMatchObject({ passed: false })
  })

  test('trusted again, its earlier entry is removed', async () => {
    const world = createWorld()
    const ann = await enrolled(world)
    const device = await knownDevice(world, ann, { trustDevice: true })
    const again = await signIn(world, 'ann', { code: ann.phone.next(), device, trustDevice: true })
    expect(again).toMatchObject({ ok: true, device: { trusted: true } })
    expect((await world.twoFactor.status('ann')).trustedDevices).toHaveLength(1)
    expect(await world.twoFactor.challenge('ann', { device })).toMatchObject({ passed: false })
  })

  test('is not trusted by a clock far behind the one that trusted it', async () => {
    const world = createWorld()
    const ann = await enrolled(world)
    world.clock.advance({ seconds: 3650 * 86_400 })
    const device = await knownDevice(world, ann, { trustDevice: true })
    world.clock.set(START)
    expect(await world.twoFactor.challenge('ann', { device })).toMatchObject({ passed: false })
    expect((await world.twoFactor.status('ann')).trustedDevices).toEqual([])
  })
})

describe('trust is not given', () => {
  test('by a recovery code', async () => {
    const world = createWorld()
    const { recoveryCodes } = await enrolled(world)
    const result = await signIn(world, 'ann', { code: recoveryCodes[0] ?? '', trustDevice: true })
    expect(result).toMatchObject({ ok: true, device: { trusted: false } })
    const device = result.ok ? result.device.token : ''
    expect(await world.twoFactor.challenge('ann', { device })).toMatchObject({ passed: false })
    expect((await world.twoFactor.status('ann')).trustedDevices).toEqual([])
  })

  test.each([undefined, false, null, 1, 'true', 'on', {}, []])('where trustDevice is %j', async (trustDevice) => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const result = await signIn(world, 'ann', { code: phone.next(), trustDevice: untyped<boolean>(trustDevice) })
    expect(result).toMatchObject({ ok: true, device: { trusted: false } })
  })

  test('by the token of a device that is merely known', async () => {
    const world = createWorld()
    const device = await knownDevice(world, await enrolled(world))
    expect(await world.twoFactor.challenge('ann', { device })).toMatchObject({ passed: false })
  })

  test('by verify, which has no such option', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const result = await world.twoFactor.verify('ann', untyped({ code: phone.next(), trustDevice: true }))
    expect(result).toMatchObject({ ok: true, device: { trusted: false } })
  })

  test('by any other token or value in its place', async () => {
    const world = createWorld()
    const ann = await enrolled(world)
    const device = await knownDevice(world, ann, { trustDevice: true })
    const sealed = sealedIn(await world.store.record('ann'))
    const { trustedDevices } = await world.twoFactor.status('ann')
    const challenge = await challengeToken(world, 'ann')
    const flipped = device.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
    const values = [
      ...sealed,
      challenge,
      flipped,
      trustedDevices[0]?.id,
      device.slice(1),
      `${device} `,
      [[device]],
      true,
    ]
    for (const value of [...values, null, 5, {}, '', 'x'.repeat(1_000_000)]) {
      expect(await world.twoFactor.challenge('ann', { device: untyped(value) })).toMatchObject({ passed: false })
    }
  })
})

describe('the list of trusted devices', () => {
  test('has at most twenty: the oldest is removed, and an event says which', async () => {
    const world = createWorld()
    const ann = await enrolled(world)
    const tokens: string[] = []
    for (let count = 0; count < 21; count += 1) tokens.push(await knownDevice(world, ann, { trustDevice: true }))
    const [oldest = '', second = ''] = tokens
    const untrusted = world.events.filter(({ type }) => type === 'device.untrusted')
    expect(untrusted).toHaveLength(1)
    const { trustedDevices } = await world.twoFactor.status('ann')
    expect(trustedDevices).toHaveLength(20)
    expect(trustedDevices.map(({ id }) => id)).not.toContain(untrusted[0]?.deviceId)
    expect(await world.twoFactor.challenge('ann', { device: oldest })).toMatchObject({ passed: false })
    expect(await world.twoFactor.challenge('ann', { device: second })).toMatchObject({ passed: true })
  })

  test.each([
    ['cut to 64 bytes', 'x'.repeat(200), 'x'.repeat(64)],
    ['cut between characters', '€'.repeat(30), '€'.repeat(21)],
    ['cut between surrogate pairs', '💥'.repeat(30), '💥'.repeat(16)],
    ['freed of control characters', 'Lap\u0000top\n\u0085', 'Laptop'],
    ['freed of lone surrogates', 'Lap\ud800top', 'Laptop'],
    ['freed of marks that turn text around', 'Lap\u202etop', 'Laptop'],
    ['empty where it is no text', 5, ''],
    ['empty where it is an object', { name: 'x' }, ''],
    ['cut where it is enormous', 'y'.repeat(1_000_000), 'y'.repeat(64)],
  ])('shows the name %s', async (_how, deviceName, shown) => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const options = { code: phone.next(), trustDevice: true, deviceName: untyped<string>(deviceName) }
    expect(await signIn(world, 'ann', options)).toMatchObject({ ok: true })
    expect((await world.twoFactor.status('ann')).trustedDevices[0]?.name).toBe(shown)
  })
})

describe('revokeTrustedDevices', () => {
  test('ends trust in one, or in all [CS-REVOKE-04]', async () => {
    const world = createWorld()
    const { ann, devices } = await threeTrusted(world)
    const [first = '', second = '', third = ''] = devices
    const [entry] = (await world.twoFactor.status(ann.userId)).trustedDevices
    expect(await world.twoFactor.revokeTrustedDevices('ann', { id: entry?.id })).toEqual({ ok: true, revoked: 1 })
    expect(await world.twoFactor.challenge('ann', { device: first })).toMatchObject({ passed: false })
    expect(await world.twoFactor.challenge('ann', { device: second })).toMatchObject({ passed: true })
    expect(await world.twoFactor.revokeTrustedDevices('ann')).toEqual({ ok: true, revoked: 2 })
    expect(await world.twoFactor.challenge('ann', { device: third })).toMatchObject({ passed: false })
    expect(world.heard().filter((type) => type === 'device.untrusted')).toHaveLength(3)
  })

  test('with the id of the last one leaves those before it trusted', async () => {
    const world = createWorld()
    const { devices } = await threeTrusted(world)
    const last = (await world.twoFactor.status('ann')).trustedDevices[2]
    await world.twoFactor.revokeTrustedDevices('ann', { id: last?.id })
    const challenges = await Promise.all(devices.map((device) => world.twoFactor.challenge('ann', { device })))
    expect(challenges.map(({ passed }) => passed)).toEqual([true, true, false])
  })

  test('writes nothing if there is no such device, or no such user', async () => {
    const world = createWorld()
    await enrolled(world)
    const notFound = { ok: false, reason: 'not-found', retryAfterSeconds: null }
    for (const id of ['x', '', null, 5, {}, '__proto__']) {
      expect(await world.twoFactor.revokeTrustedDevices('ann', { id: untyped(id) })).toEqual(notFound)
    }
    const notEnabled = { ok: false, reason: 'not-enabled', retryAfterSeconds: null }
    expect(await world.twoFactor.revokeTrustedDevices('ben')).toEqual(notEnabled)
    expect(world.store.saves).toBe(0)
  })

  test('a device revoked by its id is still known: it is asked for a code, and is not a stranger', async () => {
    const world = createWorld()
    const ann = await enrolled(world)
    const device = await knownDevice(world, ann, { trustDevice: true })
    const [entry] = (await world.twoFactor.status('ann')).trustedDevices
    await world.twoFactor.revokeTrustedDevices('ann', { id: entry?.id })
    expect(await isKnown(world, device)).toBe(true)
  })

  test('without an id also makes every device but the asking one unknown, in one write', async () => {
    const world = createWorld()
    const ann = await enrolled(world)
    const [stolen, own] = [await knownDevice(world, ann, { trustDevice: true }), await knownDevice(world, ann)]
    expect(await world.twoFactor.revokeTrustedDevices('ann', { device: own })).toEqual({ ok: true, revoked: 1 })
    expect([world.store.loads, world.store.saves]).toEqual([1, 1])
    expect([await isKnown(world, stolen), await isKnown(world, own)]).toEqual([false, true])

    const next = await signIn(world, 'ann', { code: ann.phone.next(), device: own })
    expect(next.ok && (await isKnown(world, next.device.token))).toBe(true)
    expect(await world.twoFactor.revokeTrustedDevices('ann')).toEqual({ ok: true, revoked: 0 })
    expect(await isKnown(world, own)).toBe(false)
  })

  test('keeps no device known that was not known before', async () => {
    const world = createWorld()
    const ann = await enrolled(world)
    const stolen = await knownDevice(world, ann)
    await world.twoFactor.revokeTrustedDevices('ann')
    await world.twoFactor.revokeTrustedDevices('ann', { device: stolen })
    const foreign = await knownDevice(world, await enrolled(world, 'ben'))
    await world.twoFactor.revokeTrustedDevices('ann', { device: foreign })
    for (const device of [stolen, foreign, undefined]) expect(await isKnown(world, device)).toBe(false)
  })

  test('the one that stayed known is a stranger after off and on again', async () => {
    const world = createWorld()
    const own = await knownDevice(world, await enrolled(world))
    await world.twoFactor.revokeTrustedDevices('ann', { device: own })
    await world.twoFactor.disable('ann', { proof })
    await addPhone(world, 'ann')
    expect(await isKnown(world, own)).toBe(false)
  })
})

/** Whether a wrong code from there is told as one of a known device. */
async function isKnown(world: World, device: string | undefined): Promise<boolean> {
  await world.twoFactor.verify('ann', { code: '000000', device })
  const event = world.events.at(-1)
  if (event?.type !== 'code.wrong') throw new Error('The code was not looked at.')
  return event.knownDevice === true
}

test('each success returns a new token, so that none can be planted', async () => {
  const world = createWorld()
  const ann = await enrolled(world)
  const tokens = new Set<string>()
  let device = ''
  for (let time = 0; time < 5; time += 1) {
    device = await knownDevice(world, ann)
    tokens.add(device)
    const stepUp = await world.twoFactor.verify('ann', { code: ann.phone.next(), device })
    tokens.add(stepUp.ok ? stepUp.device.token : '')
    world.clock.advance({ seconds: 30 })
  }
  expect(tokens.size).toBe(10)
})

test('a device token lasts 400 days', async () => {
  const known = async (atMs: number) => {
    const world = createWorld()
    const device = await knownDevice(world, await enrolled(world))
    world.clock.set(atMs)
    await world.twoFactor.verify('ann', { code: '000000', device })
    return world.events.at(-1)?.knownDevice
  }
  expect(await known(START + 400 * DAY - 1)).toBe(true)
  expect(await known(START + 400 * DAY)).toBe(false)
})

test('the stored list of trusted devices alone trusts nobody', async () => {
  const world = createWorld()
  const ann = await enrolled(world)
  await knownDevice(world, ann)
  await addPhone(world, 'ben')
  const record = await world.store.record('ann')
  const forged = { id: 'x', name: '', createdAtMs: START, expiresAtMs: START + 30 * DAY }
  await world.store.plant('ann', { ...record, trustedDevices: [forged] })
  expect(await world.twoFactor.challenge('ann', { device: 'x' })).toMatchObject({ passed: false })
})

async function threeTrusted(world: World): Promise<{ ann: User; devices: string[] }> {
  const ann = await enrolled(world)
  const devices: string[] = []
  for (let count = 0; count < 3; count += 1) devices.push(await knownDevice(world, ann, { trustDevice: true }))
  return { ann, devices }
}

describe('trustDevices of createTwoFactor', () => {
  test('false trusts no device: trustDevice is ignored, and a device trusted before is asked for a code [CS-GATE-06]', async () => {
    const world = createWorld()
    const ann = await enrolled(world)
    const device = await knownDevice(world, ann, { trustDevice: true })
    expect(await world.twoFactor.challenge('ann', { device })).toMatchObject({ because: 'trusted-device' })
    world.heard()
    const strict = world.another({ trustDevices: false })
    const challenge = await strict.challenge('ann', { device })
    if (challenge.passed) throw new Error('A device was trusted.')
    expect(challenge.action).toBe('verify')
    expect(challenge.trustDeviceDays).toBe(null)
    const options = { code: ann.phone.next(), device, trustDevice: true }
    expect(await strict.completeChallenge(challenge.token, options)).toMatchObject({ device: { trusted: false } })
    expect(await strict.status('ann')).toMatchObject({ trustedDevices: [], trustDeviceDays: null })
    expect(world.heard()).toEqual(['sign-in.completed'])
  })

  test('days says for how long, and shortens earlier trust', async () => {
    const world = createWorld()
    const ann = await enrolled(world)
    const device = await knownDevice(world, ann, { trustDevice: true })
    const week = world.another({ trustDevices: { days: 7 } })
    expect(await week.status('ann')).toMatchObject({
      trustDeviceDays: 7,
      trustedDevices: [{ createdAtMs: START, expiresAtMs: START + 7 * DAY }],
    })
    world.clock.set(START + 7 * DAY - 1)
    expect(await week.challenge('ann', { device })).toMatchObject({ because: 'trusted-device' })
    world.clock.set(START + 7 * DAY)
    expect(await week.challenge('ann', { device })).toMatchObject({ passed: false, trustDeviceDays: 7 })
    world.clock.set(START + 24 * DAY)
    expect(await week.challenge('ann', { device })).toMatchObject({ passed: false })
  })

  test.each([true, null, [], 30, { days: 0 }, { days: 366 }, { days: 1.5 }, { day: 7 }])(
    'refuses %j',
    (trustDevices) => {
      const world = createWorld()
      expect(() => world.another({ trustDevices: untyped(trustDevices) })).toThrow(/trustDevices|day/)
    },
  )
})
