/** What docs/operating.md says of a restored backup, and the script there that closes what it brings back. */
import { join } from 'node:path'
import { createTwoFactor, generateKey, type TwoFactorEvent, type TwoFactorOptions } from 'countersign'
import { beforeAll, describe, expect, test } from 'vitest'
import { placeScripts } from './page-scripts.ts'
import {
  addPhone,
  challengeToken,
  createWorld,
  DAY,
  enrolled,
  faultOf,
  knownDevice,
  PASSWORD,
  SECOND,
  type World,
} from './world.ts'

interface Closing {
  options: TwoFactorOptions
  events: readonly TwoFactorEvent[]
}
let closeAfterRestore: (given: Closing) => Promise<void>

beforeAll(async () => {
  const { folder, remove } = placeScripts({ pages: ['operating.md'] })
  const script: { closeAfterRestore: typeof closeAfterRestore } = await import(join(folder, 'after-restore.js'))
  closeAfterRestore = script.closeAfterRestore
  remove()
})

/** A backend whose record of ann can be put back to what it was. */
async function createRestorable() {
  const world = createWorld()
  const ann = await enrolled(world)
  const backUp = async () => {
    const record = structuredClone(await world.store.record('ann'))
    const from = world.events.length
    return {
      restore: () => world.store.plant('ann', record),
      /** As a log that was not restored has them. */
      since: () => world.events.slice(from),
    }
  }
  return { world, ann, backUp, close: (events: readonly TwoFactorEvent[]) => closeAll(world, events) }
}

function closeAll({ store, keys, clock, random }: World, events: readonly TwoFactorEvent[]): Promise<void> {
  const options = { issuer: 'Acme Cloud', store, keys, now: clock.now, random }
  return closeAfterRestore({ options: { ...options, verifyPassword: () => true }, events })
}

const isAccepted = async ({ twoFactor }: World, code: string) => (await twoFactor.verify('ann', { code })).ok
const later = ({ clock }: World) => clock.advance({ seconds: DAY / SECOND })

describe('a restored backup', () => {
  test('accepts a code once more for 90 seconds, and none of an older time', async () => {
    const { world, ann, backUp } = await createRestorable()
    const backup = await backUp()
    const code = ann.phone.next()
    expect([await isAccepted(world, code), await isAccepted(world, code)]).toEqual([true, false])
    await backup.restore()
    world.clock.advance({ seconds: 30 })
    expect(await isAccepted(world, code)).toBe(true)
    await backup.restore()
    world.clock.advance({ seconds: 60 })
    expect(await isAccepted(world, code)).toBe(false)
  })

  test('brings used recovery codes back, until the script makes new ones', async () => {
    const { world, ann, backUp, close } = await createRestorable()
    const backup = await backUp()
    const [first = '', second = ''] = ann.recoveryCodes
    expect(await isAccepted(world, first)).toBe(true)
    later(world)
    await backup.restore()
    expect(await isAccepted(world, first)).toBe(true)
    await backup.restore()
    await close(backup.since())
    expect([await isAccepted(world, first), await isAccepted(world, second)]).toEqual([false, false])
    const made = await world.twoFactor.viewRecoveryCodes('ann', { proof: { password: PASSWORD } })
    expect(await isAccepted(world, made.ok ? (made.recoveryCodes[0]?.code ?? '') : '')).toBe(true)
  })

  test('brings a removed phone back, until the script removes it again', async () => {
    const { world, ann, backUp, close } = await createRestorable()
    const tablet = await addPhone(world, 'ann', { name: 'Tablet' })
    later(world)
    const backup = await backUp()
    const [lost] = (await world.twoFactor.status('ann')).authenticators
    await world.twoFactor.removeAuthenticator('ann', { id: lost?.id ?? '', proof: { password: PASSWORD } })
    later(world)
    await backup.restore()
    expect(await isAccepted(world, ann.phone.next())).toBe(true)
    await close(backup.since())
    later(world)
    expect(await isAccepted(world, ann.phone.next())).toBe(false)
    expect(await isAccepted(world, tablet.next())).toBe(true)
    expect(await isAccepted(world, ann.recoveryCodes[0] ?? '')).toBe(true)
  })

  test('a phone that was replaced, and is the only one that is stored, ends with the record', async () => {
    const { world, ann, backUp, close } = await createRestorable()
    const backup = await backUp()
    await addPhone(world, 'ann', { replaces: 'all' })
    later(world)
    await backup.restore()
    await close(backup.since())
    expect(await isAccepted(world, ann.phone.next())).toBe(false)
    expect((await faultOf(() => world.twoFactor.challenge('ann', { expectEnabled: true }))).code).toBe('record_missing')
  })

  test('trusts devices again, until the script ends that', async () => {
    const { world, ann, backUp, close } = await createRestorable()
    const device = await knownDevice(world, ann, { trustDevice: true })
    const backup = await backUp()
    await world.twoFactor.revokeTrustedDevices('ann')
    expect(await world.twoFactor.challenge('ann', { device })).toMatchObject({ passed: false })
    await backup.restore()
    expect(await world.twoFactor.challenge('ann', { device })).toMatchObject({ passed: true })
    await close(backup.since())
    expect(await world.twoFactor.challenge('ann', { device })).toMatchObject({ passed: false })
  })

  test('what was turned off since is turned off again; what was turned on since is a fault by the flag', async () => {
    const { world, backUp, close } = await createRestorable()
    const backup = await backUp()
    await world.twoFactor.disable('ann', { proof: { password: PASSWORD } })
    await backup.restore()
    expect((await world.twoFactor.status('ann')).enabled).toBe(true)
    await close(backup.since())
    expect((await world.twoFactor.status('ann')).enabled).toBe(false)
    expect(await world.twoFactor.challenge('ben')).toMatchObject({ passed: true })
    expect((await faultOf(() => world.twoFactor.challenge('ben', { expectEnabled: true }))).code).toBe('record_missing')
  })
})

test('a copy of the database under the keys of another deployment is a fault, and no way in', async () => {
  const { world, ann } = await createRestorable()
  const staging = world.another({ keys: generateKey() })
  const token = await challengeToken(world, 'ann')
  expect(await staging.completeChallenge(token, { code: ann.phone.code() })).toMatchObject({ ok: false })
  const own = await staging.challenge('ann')
  if (own.passed) throw new Error('It asked for no second step.')
  const { code } = await faultOf(() => staging.completeChallenge(own.token, { code: ann.phone.code() }))
  expect(code).toBe('key_unknown')
})

test('a server whose clock is a minute off refuses every code', async () => {
  const { world, ann } = await createRestorable()
  const off = (seconds: number) => createOff(world, seconds).verify('ann', { code: ann.phone.code() })
  expect(await off(60)).toMatchObject({ ok: false })
  expect(await off(-60)).toMatchObject({ ok: false })
  expect(await off(29)).toMatchObject({ ok: true })
})

function createOff({ store, keys, clock }: World, seconds: number) {
  const now = () => clock.now() + seconds * SECOND
  return createTwoFactor({ issuer: 'Acme Cloud', store, keys, now, verifyPassword: () => true })
}
