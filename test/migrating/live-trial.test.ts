/**
 * An application of years, moved while it runs: Express 5, PostgreSQL, speakeasy, eight-digit backup codes of which only
 * bcrypt hashes are kept. It is moved as docs/migrating.md says, with docs/migrating/moving.js, and back, and in again.
 */
import { fromDjangoOtp } from 'countersign/import'
import { virtualAuthenticator } from 'countersign/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createTrial, isMissing, PASSWORD, type Person, type Release, type Trial } from './trial.ts'

const IDS = ['ann', 'ben', 'cat', 'dan', 'eve', 'fay', 'gil', 'hal', 'ida', 'joe', 'kim', 'leo']

describe.skipIf(isMissing)('an application with users, and with 120 hashed backup codes', () => {
  let trial: Trial
  const releases: Release[] = []

  beforeEach(async () => {
    trial = await createTrial(IDS)
  })
  afterEach(async () => {
    for (const release of releases.splice(0)) await release.stop()
    await trial.end()
  })

  async function started(starting: Promise<Release>): Promise<Release> {
    const release = await starting
    releases.push(release)
    return release
  }

  const startOld = () => started(trial.startOld())
  const startNew = (isMoving = true) => started(trial.startNew({ isMoving }))

  function person(id: string): Person {
    const found = trial.people.find((one) => one.id === id)
    if (found === undefined) throw new Error(`Nobody is called ${id}.`)
    return found
  }

  /** The code that the phone shows, a minute after everything that was typed before. */
  function freshCode(id: string): string {
    trial.clock.advance({ seconds: 90 })
    return person(id).phone.code()
  }

  async function session(release: Release, id: string, code = freshCode(id)): Promise<string> {
    const { status, body } = await release.signIn(id, code)
    if (status !== 200 || body.session === undefined)
      throw new Error(`${id} was not signed in: ${JSON.stringify(body)}`)
    return body.session
  }

  const moveAll = () => Promise.all(IDS.map(async (id) => (await trial.moving.move(id, trial.readOld(id))).state))
  const moveAllBack = async () => {
    for (const id of IDS) await trial.moving.moveBack(id, trial.writeOld(id))
  }
  const isOn = async (id: string) => (await trial.twoFactor.status(id)).enabled
  const backupCode = (id: string, index: number) => person(id).backupCodes[index] ?? ''

  test('all users move with their app and their backup codes, and codes used before stay used', async () => {
    const old = await startOld()
    await session(old, 'ann')
    await session(old, 'ann', backupCode('ann', 0))

    const release = await startNew()
    expect(await moveAll()).toEqual(IDS.map(() => 'moved'))
    for (const id of IDS) await session(release, id)
    for (const id of IDS) await session(release, id, backupCode(id, 1))
    expect((await release.signIn('ann', backupCode('ann', 0))).body).toEqual({ reason: 'wrong-code' })
    expect((await release.signIn('ann', backupCode('ann', 1))).body).toEqual({ reason: 'wrong-code' })
    expect((await release.signIn('ann', backupCode('ben', 5))).body).toEqual({ reason: 'wrong-code' })
    const left = await Promise.all(IDS.map(async (id) => (await trial.twoFactor.status(id)).recoveryCodes?.left))
    expect(left).toEqual(IDS.map((id) => (id === 'ann' ? 8 : 9)))
  })

  test('a user who signs in before the batch runs is moved by signing in, and is asked for a code as before', async () => {
    const release = await startNew()
    await session(release, 'ann')
    expect(await isOn('ann')).toBe(true)
    const used = person('ann').phone.code()
    expect((await release.signIn('ann', used)).body).toEqual({ reason: 'code-used' })
    expect(await moveAll()).toEqual(IDS.map((id) => (id === 'ann' ? 'moved-before' : 'moved')))
  })

  test('with moving turned off, nobody else is moved, and users who have moved stay moved', async () => {
    const release = await startNew(false)
    await trial.moving.move('ann', trial.readOld('ann'))
    for (const id of ['ann', 'ben']) await session(release, id)
    for (const id of ['ann', 'ben']) await session(release, id, backupCode(id, 2))
    for (const id of ['ann', 'ben']) expect((await release.signIn(id, backupCode(id, 2))).status).toBe(422)
    expect([await isOn('ann'), await isOn('ben')]).toEqual([true, false])
  })

  test('a sign-in that began before the move and ends after it has to begin again', async () => {
    const release = await startNew(false)
    const { codeFor } = (await release.post('/sign-in', { login: 'ann', password: PASSWORD })).body
    await trial.moving.move('ann', trial.readOld('ann'))
    expect((await release.post('/code', { codeFor, code: backupCode('ann', 0) })).status).toBe(422)
    expect((await trial.twoFactor.status('ann')).recoveryCodes?.left).toBe(10)
  })

  test('a second run changes nothing, and turns nothing on again for a user who turned it off', async () => {
    const release = await startNew()
    await moveAll()
    const off = { session: await session(release, 'ben'), password: PASSWORD }
    expect((await release.post('/two-factor-off', off)).status).toBe(200)
    await session(release, 'cat', backupCode('cat', 4))
    const before = await trial.everything()
    expect(await moveAll()).toEqual(IDS.map(() => 'moved-before'))
    expect(await trial.everything()).toBe(before)
    expect(await isOn('ben')).toBe(false)
    expect((await release.signIn('ben', '')).status).toBe(200)
  })

  test('two-factor authentication that is turned off during the move stays off', async () => {
    const release = await startNew(false)
    const sessions = new Map<string, string>()
    for (const id of IDS) sessions.set(id, await session(release, id))
    await Promise.all([
      ...IDS.map((id) => release.post('/two-factor-off', { session: sessions.get(id), password: PASSWORD })),
      moveAll(),
    ])
    expect(await Promise.all(IDS.map(isOn))).toEqual(IDS.map(() => false))
  })

  test('a backup code that is used during the move is accepted once', async () => {
    const release = await startNew(false)
    const [signedIn] = await Promise.all([
      Promise.all(IDS.map((id) => release.signIn(id, backupCode(id, 3)))),
      moveAll(),
    ])
    const again = await Promise.all(IDS.map((id) => release.signIn(id, backupCode(id, 3))))
    // One whose sign-in was overtaken by the move has used no code yet.
    const successes = IDS.map((_, at) => [signedIn[at], again[at]].filter((answer) => answer?.status === 200).length)
    expect(successes).toEqual(IDS.map(() => 1))
  })

  test('a process that dies in the middle leaves the user as they were, and the next run moves them', async () => {
    const before = await trial.everything()
    const dying = trial.moving.move('ann', async (client) => {
      const { rows } = await client.query('SELECT pg_backend_pid() AS pid')
      const result = await trial.readOld('ann')(client)
      // Between two queries, where pg reports it as an event, which ends a process that does not listen.
      const isCut = new Promise<void>((resolve) => client.once('end', resolve))
      await trial.pool.query('SELECT pg_terminate_backend($1)', [rows[0].pid])
      await isCut
      return result
    })
    await expect(dying).rejects.toThrow()
    expect(await trial.everything()).toBe(before)
    expect(await trial.moving.move('ann', trial.readOld('ann'))).toMatchObject({ state: 'moved' })
  })

  test('after a rollback the old application accepts what each user has by now, and then all of them move again', async () => {
    const first = await startNew()
    await moveAll()
    await session(first, 'ann', backupCode('ann', 0))
    await first.post('/two-factor-off', { session: await session(first, 'ben'), password: PASSWORD })
    const newPhone = await addPhone('cat', 'all')
    const made = await trial.twoFactor.regenerateRecoveryCodes('dan', { proof: { password: PASSWORD } })
    await moveAllBack()
    expect(await Promise.all(IDS.map(isOn))).toEqual(IDS.map(() => false))

    const old = await startOld()
    expect((await old.signIn('ann', backupCode('ann', 0))).status).toBe(422)
    await session(old, 'ann', backupCode('ann', 1))
    expect((await old.signIn('ben', '')).body.session).toBeDefined()
    expect((await old.signIn('cat', freshCode('cat'))).status).toBe(422)
    await session(old, 'cat', newPhone.code())
    expect((await old.signIn('dan', backupCode('dan', 0))).status).toBe(422)
    expect((await old.signIn('dan', made.ok ? (made.recoveryCodes[0] ?? '') : '')).status).toBe(422)
    await session(old, 'dan')
    for (const id of IDS.slice(4)) await session(old, id)

    expect(await moveAll()).toEqual(IDS.map((id) => (id === 'ben' ? 'off' : 'moved')))
    const second = await startNew()
    expect((await second.signIn('ann', backupCode('ann', 1))).body).toEqual({ reason: 'wrong-code' })
    await session(second, 'ann', backupCode('ann', 2))
    expect((await second.signIn('ben', '')).status).toBe(200)
    trial.clock.advance({ seconds: 90 })
    await session(second, 'cat', newPhone.code())
    for (const id of IDS.slice(3)) await session(second, id)
  })

  test('a user whose rows cannot be read stays with the old code, even beside a setup that was never finished', async () => {
    const release = await startNew()
    const unfinished = { confirmed: false, key: '00' }
    const broken = { confirmed: true, key: 'not hexadecimal' }
    const read = async () => fromDjangoOtp([unfinished, broken])
    expect(await trial.moving.move('ann', read)).toMatchObject({ state: 'left' })
    expect(await trial.moving.move('ben', async () => fromDjangoOtp([unfinished]))).toMatchObject({ state: 'off' })
    await expect(trial.moving.move('nobody', async () => null)).rejects.toThrow('no such user')
    await session(release, 'ann')
  })

  test('a user who does not fit the old application stays where they are', async () => {
    await moveAll()
    await addPhone('ann')
    await expect(trial.moving.moveBack('ann', trial.writeOld('ann'))).rejects.toThrow('exactly one app')
    expect(await isOn('ann')).toBe(true)
    const release = await startNew(false)
    await session(release, 'ann')
  })

  async function addPhone(id: string, replaces?: 'all') {
    const setup = await trial.twoFactor.beginSetup(id, {
      proof: { password: PASSWORD },
      accountName: id,
      replaces,
    })
    if (!setup.ok) throw new Error(setup.reason)
    const phone = virtualAuthenticator(setup.uri, { now: trial.clock.now })
    const done = await trial.twoFactor.confirmSetup(id, { token: setup.token, code: phone.next() })
    if (!done.ok) throw new Error(done.reason)
    return phone
  }
})
