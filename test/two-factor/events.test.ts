import { generateKey, type TwoFactorEvent } from 'countersign'
import { generateTotp } from 'countersign/otp'
import { enroll } from 'countersign/testing'
import { describe, expect, test, vi } from 'vitest'
import { EVENT_TYPES } from '../../src/engine/events.ts'
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
  textsIn,
  untyped,
  type World,
  wrongCode,
} from '../world.ts'

const HOUR = 3_600_000
const proof = { password: PASSWORD }
const staff = { by: 'sam', note: 'ticket 4711' }

test('the events of an account come in order, each once', async () => {
  const world = createWorld()
  const phone = await addPhone(world, 'ann', { name: 'Phone' })
  const ann = { userId: 'ann', phone, recoveryCodes: phone.recoveryCodes ?? [] }
  expect(world.heard()).toEqual(['setup.begun', 'authenticator.added', 'two-factor.enabled'])

  await signIn(world, 'ann', { code: phone.next() })
  expect(world.heard()).toEqual(['sign-in.completed'])
  world.clock.advance({ seconds: 60 })

  await signIn(world, 'ann', { code: ann.recoveryCodes[0] ?? '' })
  expect(world.heard()).toEqual(['recovery-code.used', 'sign-in.completed'])
  await signIn(world, 'ann', { code: ann.recoveryCodes[0] ?? '' })
  expect(world.heard()).toEqual(['code.used-again'])
  await signIn(world, 'ann', { code: wrongCode(world, phone) })
  expect(world.heard()).toEqual(['code.wrong'])

  const code = phone.next()
  const trusted = await signIn(world, 'ann', { code, trustDevice: true })
  expect(world.heard().sort()).toEqual(['device.trusted', 'sign-in.completed'])
  await world.twoFactor.verify('ann', { code })
  expect(world.heard()).toEqual(['code.used-again'])
  await world.twoFactor.challenge('ann', { device: trusted.ok ? trusted.device.token : '' })
  expect(world.heard()).toEqual(['sign-in.skipped'])
  world.clock.advance({ seconds: 60 })

  await world.twoFactor.verify('ann', { code: phone.next() })
  expect(world.heard()).toEqual(['step-up.completed'])
  await world.twoFactor.viewRecoveryCodes('ann', { proof })
  expect(world.heard()).toEqual(['recovery-codes.viewed'])
  await world.twoFactor.viewRecoveryCodes('ann', { proof: { password: 'wrong' } })
  expect(world.heard()).toEqual(['password.wrong'])
  await world.twoFactor.regenerateRecoveryCodes('ann', { proof })
  expect(world.heard()).toEqual(['recovery-codes.regenerated'])

  const tablet = await addPhone(world, 'ann', { name: 'Tablet' })
  expect(world.heard().filter((type) => type !== 'device.untrusted')).toEqual(['setup.begun', 'authenticator.added'])
  await world.twoFactor.renameAuthenticator('ann', { id: tablet.id, name: 'Pad' })
  expect(world.heard()).toEqual(['authenticator.renamed'])
  await world.twoFactor.renameAuthenticator('ann', { id: tablet.id, name: 'Pad' })
  expect(world.heard()).toEqual([])
  await world.twoFactor.removeAuthenticator('ann', { id: tablet.id, proof })
  expect(world.heard().sort()).toEqual(['authenticator.removed', 'device.untrusted'])

  await world.twoFactor.passwordChanged('ann')
  expect(world.heard()).toEqual(['password.changed'])
  await world.twoFactor.admin.unlock('ann', staff)
  expect(world.heard()).toEqual(['two-factor.unlocked'])
  await world.twoFactor.admin.reseal('ann')
  expect(world.heard()).toEqual([])
  await world.another({ keys: `${generateKey('new')},${world.keys}` }).admin.reseal('ann')
  expect(world.heard()).toEqual(['two-factor.resealed'])
  await world.twoFactor.disable('ann', { proof })
  expect(world.heard()).toEqual(['two-factor.disabled'])
  await enroll(world.twoFactor, 'ann')
  expect(world.heard()).toEqual(['two-factor.imported'])
  await world.twoFactor.admin.reset('ann', staff)
  expect(world.heard()).toEqual(['two-factor.reset'])
})

test('each says whose it is, when, and what it is about', async () => {
  const world = createWorld()
  const ann = await enrolled(world)
  const device = await knownDevice(world, ann, { trustDevice: true })
  const at = { userId: 'ann', atMs: world.clock.now(), context: undefined }
  const last = () => world.events.at(-1)
  const status = await world.twoFactor.status('ann')
  const [{ id: authenticatorId } = { id: '' }] = status.authenticators
  const [{ id: deviceId } = { id: '' }] = status.trustedDevices

  await world.twoFactor.challenge('ann', { device })
  expect(last()).toEqual({ type: 'sign-in.skipped', deviceId, notify: false, ...at })
  await world.twoFactor.verify('ann', { code: wrongCode(world, ann.phone), device })
  expect(last()).toEqual({ type: 'code.wrong', method: 'totp', knownDevice: true, notify: false, ...at })
  await world.twoFactor.verify('ann', { code: '0000-0000-0000-0000' })
  expect(last()).toEqual({ type: 'code.wrong', method: 'recovery-code', knownDevice: false, notify: false, ...at })
  const code = ann.phone.next()
  await world.twoFactor.verify('ann', { code })
  expect(last()).toEqual({ type: 'step-up.completed', method: 'totp', notify: false, ...at })
  await world.twoFactor.verify('ann', { code })
  const again = { type: 'code.used-again', method: 'totp', authenticatorId, knownDevice: false, notify: true }
  expect(last()).toEqual({ ...again, ...at })
  await signIn(world, 'ann', { code: ann.recoveryCodes[0] ?? '' })
  expect(world.events.slice(-2)).toEqual([
    { type: 'recovery-code.used', recoveryCodesLeft: 9, knownDevice: false, notify: true, ...at },
    { type: 'sign-in.completed', method: 'recovery-code', recoveryCodesLeft: 9, notify: false, ...at },
  ])
  await world.twoFactor.revokeTrustedDevices('ann')
  expect(last()).toEqual({ type: 'device.untrusted', deviceId, notify: false, ...at })
  await world.twoFactor.admin.unlock('ann', staff)
  expect(last()).toEqual({ type: 'two-factor.unlocked', ...staff, notify: true, ...at })
})

test('what only the user should do, or should know of, is marked to notify the user [CS-TELL-01]', async () => {
  const world = createWorld()
  await wholeStory(world)
  const told = new Set(world.events.filter(({ notify }) => notify).map(({ type }) => type))
  const marked = Object.entries(EVENT_TYPES).flatMap(([type, { notify }]) => (notify ? [type] : []))
  expect([...told].sort()).toEqual(marked.sort())
  expect(marked).toEqual([
    'attempts.locked',
    'authenticator.added',
    'authenticator.removed',
    'code.used-again',
    'device.trusted',
    'recovery-code.issued',
    'recovery-code.used',
    'recovery-codes.regenerated',
    'recovery-codes.viewed',
    'two-factor.disabled',
    'two-factor.enabled',
    'two-factor.exported',
    'two-factor.reset',
    'two-factor.unlocked',
  ])
})

test('no event holds a secret, a code, a token or a password', async () => {
  const world = createWorld()
  const { secrets } = await wholeStory(world)
  const texts = textsIn(world.events)
  expect(world.events.length).toBeGreaterThan(30)
  for (const secret of secrets) expect(texts.filter((text) => text.includes(secret))).toEqual([])
  for (const text of texts) expect(text).not.toMatch(/^[\w-]{1,32}\.[\w-]{40,}$/)
})

describe('context', () => {
  test('is handed to the events of its call, as it was given, and stored nowhere', async () => {
    const world = createWorld()
    const context = { requestId: 'request-4711', ip: '203.0.113.7', self: {} }
    context.self = context
    const { secrets } = await wholeStory(world, context)
    expect(secrets.length).toBeGreaterThan(10)
    const mine = world.events.filter(({ type }) => type !== 'two-factor.imported')
    expect(mine.every((event) => event.context === context)).toBe(true)
    for (const { record } of world.store.changes) {
      expect(JSON.stringify(record)).not.toMatch(/request-4711|203\.0\.113\.7|context/)
    }
  })

  test('may be anything, and is undefined where none was given', async () => {
    for (const context of [undefined, null, 0, '', Symbol('x'), () => 1, 10n]) {
      const world = createWorld()
      await enrolled(world)
      await world.twoFactor.passwordChanged('ann', { context })
      expect(world.events.at(-1)?.context).toBe(context)
    }
  })
})

describe('onEvent', () => {
  test('is awaited, one event after the other', async () => {
    const log: string[] = []
    const world = createWorld({
      onEvent: async ({ type }) => {
        log.push(`begin ${type}`)
        for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
        log.push(`end ${type}`)
      },
    })
    await addPhone(world, 'ann')
    log.push('done')
    expect(log).toEqual([
      'begin setup.begun',
      'end setup.begun',
      'begin authenticator.added',
      'end authenticator.added',
      'begin two-factor.enabled',
      'end two-factor.enabled',
      'done',
    ])
  })

  test('is not called for what was not written', async () => {
    const world = createWorld()
    const ann = await enrolled(world)
    const broken = world.another({
      store: {
        load: world.store.load,
        save: async () => {
          throw new Error('disk full')
        },
      },
    })
    await expect(broken.verify('ann', { code: ann.phone.code() })).rejects.toThrow('disk full')
    await expect(broken.verify('ann', { code: wrongCode(world, ann.phone) })).rejects.toThrow('disk full')
    await expect(broken.passwordChanged('ann')).rejects.toThrow('disk full')
    await expect(broken.admin.reset('ann', staff)).rejects.toThrow('disk full')
    expect(world.heard()).toEqual([])
  })

  test('is called once, though the write took several rounds', async () => {
    const world = createWorld()
    await enrolled(world)
    let lost = 0
    const contended = world.another({
      store: {
        load: world.store.load,
        save: async (id, change) => (lost++ < 5 ? false : world.store.save(id, change)),
      },
    })
    await contended.passwordChanged('ann')
    expect(world.heard()).toEqual(['password.changed'])
  })

  test.each([
    ['rejects', () => Promise.reject(new Error('mail server down'))],
    [
      'throws',
      () => {
        throw new Error('mail server down')
      },
    ],
  ])('that %s changes no outcome; its error goes to onEventError', async (_how, onEvent) => {
    const errors: [unknown, TwoFactorEvent][] = []
    const onEventError = (error: unknown, event: TwoFactorEvent) => {
      errors.push([error, event])
    }
    const world = createWorld({ onEvent, onEventError })
    const { phone } = await enrolled(world)
    expect(await signIn(world, 'ann', { code: phone.next() })).toMatchObject({ ok: true })
    expect(await world.twoFactor.disable('ann', { proof })).toEqual({ ok: true })
    expect(errors.map(([error, { type }]) => [String(error), type])).toEqual([
      ['Error: mail server down', 'two-factor.imported'],
      ['Error: mail server down', 'sign-in.completed'],
      ['Error: mail server down', 'two-factor.disabled'],
    ])
  })

  test('that fails is ignored without onEventError, or if that fails too', async () => {
    for (const onEventError of [
      undefined,
      () => {
        throw new Error('worse')
      },
      untyped<() => void>(async () => Promise.reject(new Error('worse'))),
    ]) {
      const world = createWorld({ onEvent: () => Promise.reject(new Error('bad')), onEventError })
      const { phone } = await enrolled(world)
      expect(await signIn(world, 'ann', { code: phone.next() })).toMatchObject({ ok: true })
    }
  })

  test('that fails on one event is called for the next', async () => {
    const heard: string[] = []
    const world = createWorld({
      onEvent: ({ type }) => {
        heard.push(type)
        throw new Error('bad')
      },
    })
    await addPhone(world, 'ann')
    expect(heard).toEqual(['setup.begun', 'authenticator.added', 'two-factor.enabled'])
  })

  test('cannot change the outcome or the record by changing its event', async () => {
    const world = createWorld({
      onEvent: (event) => {
        for (const key of Object.keys(event)) Reflect.deleteProperty(event, key)
      },
    })
    const { phone } = await enrolled(world)
    expect(await signIn(world, 'ann', { code: phone.next() })).toMatchObject({ ok: true, userId: 'ann' })
    const { changes } = await world.twoFactor.status('ann')
    expect(changes.map(({ type }) => type)).toEqual(['recovery-codes.regenerated', 'two-factor.imported'])
  })
})

test('the store gets the events of a write together with it, so that an audit trail misses nothing', async () => {
  const world = createWorld()
  await wholeStory(world)
  const written = world.store.changes.flatMap(({ events }) => events)
  const unwritten = new Set(['sign-in.skipped', 'code.used-again', 'recovery-codes.viewed'])
  const heard = world.events.filter(({ type }) => !unwritten.has(type))
  expect(written.filter(({ type }) => !unwritten.has(type))).toEqual(heard)
})

/** Everything that a user, a stranger and the staff do; all that must stay secret comes back. */
async function wholeStory(world: World, context?: unknown): Promise<{ secrets: string[] }> {
  const twoFactor = world.twoFactor
  const secrets: string[] = [PASSWORD, 'wrong-password-4711']
  const keep = (...more: (string | undefined)[]) => secrets.push(...more.filter((text) => text !== undefined))

  const { phone, recoveryCodes } = await enroll(twoFactor, 'ann')
  keep(phone.secret, ...recoveryCodes)
  const typed = (code: string) => {
    keep(code)
    return { code, context }
  }
  const challenge = async (device?: string) => {
    const asked = await twoFactor.challenge('ann', { device, context, binding: 'binding-4711', state: 'state-4711' })
    const token = asked.passed ? '' : asked.token
    keep(token === '' ? undefined : token, 'binding-4711', 'state-4711')
    return token
  }
  const complete = async (code: string, more = {}) => {
    const options = { ...typed(code), binding: 'binding-4711', ...more }
    const result = await twoFactor.completeChallenge(await challenge(), options)
    keep(result.ok ? result.device.token : undefined)
    return result.ok ? result.device.token : ''
  }
  const trusted = await complete(phone.next(), { trustDevice: true, deviceName: 'Laptop' })
  await challenge(trusted)
  await complete(recoveryCodes[0] ?? '')
  await complete(recoveryCodes[0] ?? '')
  await twoFactor.verify('ann', typed(phone.next()))
  world.clock.advance({ seconds: 60 })
  await twoFactor.viewRecoveryCodes('ann', { proof, context })
  await twoFactor.viewRecoveryCodes('ann', { proof: { password: 'wrong-password-4711' }, context })
  const made = await twoFactor.regenerateRecoveryCodes('ann', {
    proof: { code: typed(recoveryCodes[1] ?? '').code },
    context,
  })
  keep(...(made.ok ? made.recoveryCodes : []))

  const begun = await twoFactor.beginSetup('ann', { proof, accountName: 'ann', name: 'Tablet', context })
  if (!begun.ok) throw new Error(begun.reason)
  keep(begun.secret, begun.uri, begun.token)
  const { virtualAuthenticator } = await import('countersign/testing')
  const tablet = virtualAuthenticator(begun.uri, { now: world.clock.now })
  const confirmed = await twoFactor.confirmSetup('ann', { token: begun.token, ...typed(tablet.next()) })
  const id = confirmed.ok ? confirmed.authenticatorId : ''
  keep(confirmed.ok ? confirmed.device.token : undefined)
  await twoFactor.renameAuthenticator('ann', { id, name: 'Pad', context })
  await twoFactor.removeAuthenticator('ann', { id, proof, context })
  for (let time = 0; time < 25; time += 1) {
    await twoFactor.verify('ann', typed(wrongCode(world, phone)))
    world.clock.advance({ seconds: 900 })
  }
  await twoFactor.passwordChanged('ann', { context })
  await twoFactor.admin.unlock('ann', { ...staff, context })
  const issued = await twoFactor.admin.issueRecoveryCode('ann', { ...staff, context })
  keep(issued.ok ? issued.recoveryCode : undefined)
  await twoFactor.admin.exportUser('ann', { ...staff, context })
  await twoFactor.admin.reseal('ann', { context })
  keep(...sealedIn(await world.store.record('ann')))
  await twoFactor.disable('ann', { proof, context })

  const again = await twoFactor.beginSetup('ann', { proof, accountName: 'ann', context })
  if (!again.ok) throw new Error(again.reason)
  keep(again.secret, again.token)
  const last = virtualAuthenticator(again.uri, { now: world.clock.now })
  const on = await twoFactor.confirmSetup('ann', { token: again.token, ...typed(last.next()) })
  keep(...((on.ok && on.recoveryCodes) || []))
  await twoFactor.admin.reset('ann', { ...staff, context })
  return { secrets: [...new Set(secrets)].filter((secret) => secret !== '') }
}

describe('a used code that is entered again', () => {
  const told = (world: World) =>
    world.events.filter(({ type, notify }) => type === 'code.used-again' && notify).map(({ atMs }) => atMs)

  test('is told to the user once an hour, however often it comes, and costs one write an hour [CS-TELL-02]', async () => {
    const world = createWorld()
    const { phone, recoveryCodes } = await enrolled(world)
    const [recoveryCode = ''] = recoveryCodes
    const code = phone.code()
    for (const used of [code, recoveryCode]) await world.twoFactor.verify('ann', { code: used })
    world.store.forget()
    await Promise.all(Array.from({ length: 50 }, () => world.twoFactor.verify('ann', { code })))
    const saves = world.store.changes.filter(({ events }) => events.some(({ notify }) => notify))
    expect([told(world), world.store.changes.length >= 1, saves.length >= 1]).toEqual([[START], true, true])

    world.store.forget()
    for (let time = 0; time < 500; time += 1) await world.twoFactor.verify('ann', { code: recoveryCode })
    expect([told(world), world.store.saves]).toEqual([[START], 0])
    world.clock.advance({ seconds: 3600 })
    for (let time = 0; time < 500; time += 1) await world.another().verify('ann', { code: recoveryCode })
    expect([told(world), world.store.saves]).toEqual([[START, START + HOUR], 1])
    expect(world.events.filter(({ type }) => type === 'code.used-again')).toHaveLength(1050)
  })

  test('is reported though the last time seems to be in the future, after a clock that was wrong', async () => {
    const world = createWorld()
    const [code = ''] = (await enrolled(world)).recoveryCodes
    world.clock.set(START + DAY)
    for (let time = 0; time < 2; time += 1) await world.twoFactor.verify('ann', { code })
    world.clock.set(START)
    for (let time = 0; time < 2; time += 1) await world.twoFactor.verify('ann', { code })
    expect(told(world)).toEqual([START + DAY, START])
  })
})

describe('the last changes in status', () => {
  const changes = async (world: World) => (await world.twoFactor.status('ann')).changes.map(({ type }) => type)
  const lines = async (world: World) => (await world.twoFactor.status('ann')).changes
  const deviceName = 'Firefox on Linux'

  test('keep what protects the account through any number of renames', async () => {
    const world = createWorld()
    const { id } = await addPhone(world, 'ann')
    for (let time = 0; time < 30; time += 1) await world.twoFactor.renameAuthenticator('ann', { id, name: `${time}` })
    const kept = await changes(world)
    expect(kept).toHaveLength(10)
    expect(kept).toEqual([...new Array(9).fill('authenticator.renamed'), 'two-factor.enabled'])
  })

  test('keep it through twenty devices that are trusted and revoked at once', async () => {
    const world = createWorld()
    const phone = await addPhone(world, 'ann')
    world.clock.advance({ seconds: 60 })
    for (let time = 0; time < 20; time += 1) {
      await signIn(world, 'ann', { code: phone.next(), trustDevice: true })
      world.clock.advance({ seconds: 60 })
    }
    await world.twoFactor.revokeTrustedDevices('ann')
    const kept = await lines(world)
    expect(kept.at(-1)).toMatchObject({ type: 'two-factor.enabled' })
    expect(kept[0]).toEqual({ type: 'device.untrusted', atMs: world.clock.now() })
    expect(kept.slice(1, -1).map(({ type }) => type)).toEqual(new Array(8).fill('device.trusted'))
  })

  test('are the ten latest that protect the account, newest first, if there are that many', async () => {
    const world = createWorld()
    const { id } = await addPhone(world, 'ann')
    for (let time = 0; time < 12; time += 1) await world.twoFactor.regenerateRecoveryCodes('ann', { proof })
    await world.twoFactor.renameAuthenticator('ann', { id, name: 'Old phone' })
    expect(await changes(world)).toEqual(new Array(10).fill('recovery-codes.regenerated'))
  })

  test('have one line for a setup: the authenticator as it was called then, and the name of the device', async () => {
    const world = createWorld()
    const { token, secret } = await offer(world, { name: 'Phone' })
    const code = generateTotp({ secret, timeMs: world.clock.now() })
    const done = await world.twoFactor.confirmSetup('ann', { token, code, deviceName })
    const id = done.ok ? done.authenticatorId : ''
    await world.twoFactor.renameAuthenticator('ann', { id, name: 'Old phone' })
    expect(await lines(world)).toEqual([
      {
        type: 'authenticator.renamed',
        atMs: START,
        authenticator: { id, type: 'totp', name: 'Old phone' },
      },
      {
        type: 'two-factor.enabled',
        atMs: START,
        also: ['authenticator.added'],
        authenticator: { id, type: 'totp', name: 'Phone' },
        device: { name: deviceName },
      },
    ])
  })

  test('have one for a phone that replaces another: the new one; the trust that ends with it is no line of its own', async () => {
    const world = createWorld()
    const phone = await addPhone(world, 'ann', { name: 'Phone' })
    world.clock.advance({ seconds: 60 })
    for (let time = 0; time < 2; time += 1) await signIn(world, 'ann', { code: phone.next(), trustDevice: true })
    const { token, secret } = await offer(world, { name: 'New phone', replaces: phone.id })
    const code = generateTotp({ secret, timeMs: world.clock.now() })
    await world.twoFactor.confirmSetup('ann', { token, code })
    const [line, before] = await lines(world)
    expect(line).toMatchObject({
      type: 'authenticator.added',
      also: ['authenticator.removed', 'device.untrusted'],
      authenticator: { type: 'totp', name: 'New phone' },
    })
    expect(before?.type).toBe('device.trusted')
  })

  test('name an authenticator that was removed, and the trusted device that did it, as its token proves', async () => {
    const world = createWorld()
    const phone = await addPhone(world, 'ann', { name: 'Phone' })
    const other = await addPhone(world, 'ann', { name: 'Tablet' })
    world.clock.advance({ seconds: 60 })
    const options = { code: phone.next(), trustDevice: true, deviceName: 'My laptop' }
    const device = deviceIn(await signIn(world, 'ann', options))
    const [trusted] = (await world.twoFactor.status('ann')).trustedDevices
    const mine = { id: trusted?.id, name: 'My laptop' }
    expect((await lines(world))[0]).toEqual({ type: 'device.trusted', atMs: world.clock.now(), device: mine })
    const code = other.recoveryCodes?.[0] ?? phone.recoveryCodes?.[0] ?? ''
    await world.twoFactor.removeAuthenticator('ann', { id: other.id, proof: { code }, device, deviceName })
    expect((await lines(world))[0]).toEqual({
      type: 'authenticator.removed',
      atMs: world.clock.now(),
      also: ['recovery-code.used', 'device.untrusted'],
      authenticator: { id: other.id, type: 'totp', name: 'Tablet' },
      device: mine,
    })
  })

  test('name the one device that is no longer trusted, and the one that ended it; a forged token proves nothing', async () => {
    const world = createWorld()
    const phone = await addPhone(world, 'ann')
    world.clock.advance({ seconds: 60 })
    await signIn(world, 'ann', { code: phone.next(), trustDevice: true, deviceName: 'Café PC' })
    const [cafe] = (await world.twoFactor.status('ann')).trustedDevices
    const options = { id: cafe?.id, device: 'k1.forged', deviceName }
    await world.twoFactor.revokeTrustedDevices('ann', options)
    expect((await lines(world))[0]).toEqual({
      type: 'device.untrusted',
      atMs: world.clock.now(),
      untrusted: { id: cafe?.id, name: 'Café PC' },
      device: { name: deviceName },
    })
  })

  test('have one for a changed password, whatever trust ends with it', async () => {
    const world = createWorld()
    const phone = await addPhone(world, 'ann')
    world.clock.advance({ seconds: 60 })
    await signIn(world, 'ann', { code: phone.next(), trustDevice: true })
    await world.twoFactor.passwordChanged('ann', { deviceName: `\u0000${'x'.repeat(300)}` })
    expect((await lines(world))[0]).toEqual({
      type: 'password.changed',
      atMs: world.clock.now(),
      also: ['device.untrusted'],
      device: { name: 'x'.repeat(64) },
    })
  })

  test('of older records, which say what and when only, are shown as they are', async () => {
    const world = createWorld()
    await addPhone(world, 'ann')
    const record = await world.store.record('ann')
    const old = [
      { type: 'authenticator.added', atMs: START },
      { type: 'two-factor.enabled', atMs: START },
    ]
    await world.store.plant('ann', untyped({ ...record, changes: old }))
    expect(await lines(world)).toEqual(old)
  })

  test('keep no more than what and when rather than let a record grow too large', async () => {
    const world = createWorld()
    const phone = await addPhone(world, 'ann', { name: 'Phone' })
    const record = await world.store.record('ann')
    if (record === null) throw new Error('There is no record.')
    const sizeOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).length
    // Each character takes six bytes.
    const called = (characters: number) => ({ id: 'x', name: '\u0001'.repeat(characters) })
    const filled = (characters: number) => {
      const names = many(64, Math.floor(characters / 64)).concat(characters % 64)
      const trustedDevices = names.map((one) => ({ ...called(one), createdAtMs: START, expiresAtMs: START + DAY }))
      const line = { type: 'authenticator.renamed', atMs: START, device: called(64), untrusted: called(64) }
      return { ...record, changes: many(line, 9), trustedDevices }
    }
    const most = [...new Array(1000).keys()].findLast((characters) => sizeOf(filled(characters)) < 16_384) ?? 0
    const full = filled(most)
    expect([full.trustedDevices.length < 20, sizeOf(full) > 16_300]).toEqual([true, true])
    await world.store.plant('ann', untyped(full))
    world.clock.advance({ seconds: 60 })
    const result = await signIn(world, 'ann', { code: phone.next(), trustDevice: true, deviceName })
    expect(result).toMatchObject({ ok: true })
    expect(sizeOf(await world.store.record('ann'))).toBeLessThan(16_384)
    const [line, ...older] = await lines(world)
    expect(line).toEqual({ type: 'device.trusted', atMs: world.clock.now() })
    expect(older).toEqual(many({ type: 'authenticator.renamed', atMs: START }, 9))
  })
})

describe('which of the trusted devices this browser is', () => {
  test('is told by its token alone', async () => {
    const world = createWorld()
    const phone = await addPhone(world, 'ann')
    world.clock.advance({ seconds: 60 })
    const device = deviceIn(await signIn(world, 'ann', { code: phone.next(), trustDevice: true, deviceName: 'One' }))
    await signIn(world, 'ann', { code: phone.next(), trustDevice: true, deviceName: 'Two' })
    const current = async (options?: { device: string | string[] }) =>
      (await world.twoFactor.status('ann', options)).trustedDevices.map(({ name, current }) => [name, current])
    const neither = [
      ['One', false],
      ['Two', false],
    ]
    expect(await current({ device })).toEqual([
      ['One', true],
      ['Two', false],
    ])
    expect(await current({ device: ['k1.forged', device] })).toEqual([
      ['One', true],
      ['Two', false],
    ])
    expect(await current()).toEqual(neither)
    expect(await current({ device: 'k1.forged' })).toEqual(neither)
  })
})

const many = <Item>(item: Item, count: number): Item[] => Array.from({ length: count }, () => item)

function deviceIn(result: Awaited<ReturnType<typeof signIn>>): string {
  if (!result.ok) throw new Error(result.reason)
  return result.device.token
}

async function offer(world: World, options: { name: string; replaces?: string }) {
  const offered = await world.twoFactor.beginSetup('ann', { proof, accountName: 'ann', ...options })
  if (!offered.ok) throw new Error(offered.reason)
  return offered
}

describe('a listener that is slow', () => {
  test('is waited for five seconds in all, then the sign-in goes on and the other events are told', async ({
    onTestFinished,
  }) => {
    const heard: string[] = []
    const world = createWorld({
      onEvent: ({ type }) => {
        heard.push(type)
        return new Promise(() => {})
      },
    })
    const begun = world.twoFactor.beginSetup('ann', { proof, accountName: 'ann' })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => {
      vi.useRealTimers()
    })
    await vi.advanceTimersByTimeAsync(5000)
    const offer = await begun
    if (!offer.ok) throw new Error(offer.reason)
    let isDone = false
    const code = generateTotp({ secret: offer.secret, timeMs: START })
    const confirmed = world.twoFactor.confirmSetup('ann', { token: offer.token, code }).finally(() => {
      isDone = true
    })
    await vi.advanceTimersByTimeAsync(4999)
    expect([isDone, heard]).toEqual([false, ['setup.begun', 'authenticator.added']])
    await vi.advanceTimersByTimeAsync(1)
    expect(await confirmed).toMatchObject({ ok: true })
    expect(heard).toEqual(['setup.begun', 'authenticator.added', 'two-factor.enabled'])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('and rejects after that changes nothing: its error goes to onEventError', async ({ onTestFinished }) => {
    const errors: unknown[] = []
    let reject = (_error: Error) => {}
    const world = createWorld({
      onEvent: () =>
        new Promise((_resolve, late) => {
          reject = late
        }),
      onEventError: (error) => {
        errors.push(error)
      },
    })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => {
      vi.useRealTimers()
    })
    const changed = world.twoFactor.beginSetup('ann', { proof, accountName: 'ann' })
    await vi.advanceTimersByTimeAsync(5000)
    expect(await changed).toMatchObject({ ok: true })
    const late = new Error('mail server gave up')
    reject(late)
    await vi.advanceTimersByTimeAsync(0)
    expect(errors).toEqual([late])
  })

  test('in onEventError is waited for no longer', async ({ onTestFinished }) => {
    const world = createWorld({
      onEvent: () => Promise.reject(new Error('bad')),
      onEventError: () => new Promise<void>(() => {}),
    })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => {
      vi.useRealTimers()
    })
    const begun = world.twoFactor.beginSetup('ann', { proof, accountName: 'ann' })
    await vi.advanceTimersByTimeAsync(5000)
    expect(await begun).toMatchObject({ ok: true })
  })
})

test('a challenge that was refused says nothing, and neither does a throttled attempt', async () => {
  const world = createWorld()
  const { phone } = await enrolled(world)
  const token = await challengeToken(world, 'ann')
  for (let time = 0; time < 5; time += 1) await world.twoFactor.verify('ann', { code: wrongCode(world, phone) })
  world.heard()
  await world.twoFactor.completeChallenge('forged', { code: phone.code() })
  await world.twoFactor.completeChallenge(token, { code: phone.code() })
  await world.twoFactor.verify('ann', { code: '12345' })
  expect(world.heard()).toEqual([])
})
