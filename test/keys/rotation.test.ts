import { createClient } from '@libsql/client'
import { createTwoFactor, generateKey } from 'countersign'
import { libsqlStore, migrate } from 'countersign/stores/libsql'
import { enroll, type VirtualAuthenticator } from 'countersign/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { temporaryFile } from '../stores/databases.ts'
import { type Instance, startInstance } from './instance.ts'

const OLD = generateKey('old')
const NEW = generateKey('new')
/** docs/keys.md: the three steps, each of them deployed to one instance after the other. */
const STEPS = [
  ['1, append the new key', OLD, `${OLD},${NEW}`],
  ['2, move it to the front', `${OLD},${NEW}`, `${NEW},${OLD}`],
  ['3, remove the old one', `${NEW},${OLD}`, NEW],
] as const

/** Each begins with a token that the other takes. */
const TWO_CALLS = [
  ['beginSetup', 'resumeSetup'],
  ['viewRecoveryCodes', 'regenerateRecoveryCodes'],
] as const

const file = temporaryFile()
const url = `file:${file.path}`
const client = createClient({ url })
let nowMs = Date.UTC(2026, 0, 1)
let instances: readonly [Instance, Instance]
let phone: VirtualAuthenticator

beforeAll(async () => {
  await migrate(client)
  const now = () => nowMs
  instances = await Promise.all([startInstance(url, now), startInstance(url, now)])
}, 60_000)

afterAll(async () => {
  await Promise.all(instances?.map((instance) => instance.stop()) ?? [])
  client.close()
  file.remove()
})

/** A user whose record is under the old key. */
beforeEach(async () => {
  await client.execute('DELETE FROM two_factor')
  const twoFactor = createTwoFactor({
    issuer: 'Acme',
    store: libsqlStore(client),
    keys: OLD,
    now: () => nowMs,
    verifyPassword: () => true,
  })
  phone = (await enroll(twoFactor, 'ada')).phone
})

/** What a sign-in comes to that begins at one instance and goes on at the other. */
async function signIn(begun: Instance, beganUnder: string, done: Instance, doneUnder: string) {
  nowMs += 60_000
  const { token } = await begun.ask({ keys: beganUnder, operation: 'challenge' })
  return done.ask({
    keys: doneUnder,
    operation: 'completeChallenge',
    token: String(token),
    code: phone.code(nowMs),
  })
}

describe.each(STEPS)('while step %s is deployed', (step, before, after) => {
  test('sign-ins that cross the instances succeed, and so does trust in a device', async () => {
    const [updated, waiting] = instances
    // Nothing is left under the old key when it goes.
    if (step.startsWith('3')) await updated.ask({ keys: before, operation: 'reseal' })
    for (let round = 0; round < 2; round += 1) {
      expect(await signIn(updated, after, waiting, before)).toMatchObject({ ok: true })
      const signedIn = await signIn(waiting, before, updated, after)
      expect(signedIn).toMatchObject({ ok: true, device: { trusted: true } })
      const { token } = { token: '', ...(signedIn['device'] as object) }
      for (const [instance, keys] of [
        [updated, after],
        [waiting, before],
      ] as const) {
        expect(await instance.ask({ keys, operation: 'challenge', token })).toMatchObject({ passed: true })
      }
    }
  })

  test('setups and new recovery codes that cross them succeed too', async () => {
    const [updated, waiting] = instances
    if (step.startsWith('3')) await updated.ask({ keys: before, operation: 'reseal' })
    for (const [begun, beganUnder, done, doneUnder] of [
      [updated, after, waiting, before],
      [waiting, before, updated, after],
    ] as const) {
      for (const [begins, ends] of TWO_CALLS) {
        const { token } = await begun.ask({ keys: beganUnder, operation: begins })
        const ended = await done.ask({ keys: doneUnder, operation: ends, token: String(token) })
        expect(ended).toMatchObject({ ok: true })
      }
    }
  })
})

test('the new key in front at once fails at the instance that does not have it yet', async () => {
  const [updated, waiting] = instances
  expect(await signIn(updated, `${NEW},${OLD}`, waiting, OLD)).toMatchObject({ reason: 'challenge-expired' })
  await updated.ask({ keys: `${NEW},${OLD}`, operation: 'reseal' })
  expect(await waiting.ask({ keys: OLD, operation: 'verify', code: phone.code(nowMs) })).toEqual({
    fault: 'key_unknown',
  })
})

test('reseal says whether anything was under another key: false for everybody means that it may go', async () => {
  const [first, second] = instances
  const keys = `${NEW},${OLD}`
  expect(await first.ask({ keys, operation: 'reseal' })).toEqual({ ok: true, resealed: true })
  expect(await second.ask({ keys, operation: 'reseal' })).toEqual({ ok: true, resealed: false })
  nowMs += 60_000
  expect(await second.ask({ keys: NEW, operation: 'verify', code: phone.code(nowMs) })).toMatchObject({ ok: true })
})

test('a key that was retired ends the open challenges, setups and views and the trust under it, and nothing else', async () => {
  const [first] = instances
  const { device } = await signIn(first, OLD, first, OLD)
  const { token } = { token: '', ...(device as object) }
  const { token: challengeToken } = await first.ask({ keys: OLD, operation: 'challenge' })
  const open: Record<string, unknown>[] = []
  for (const [begins] of TWO_CALLS) open.push(await first.ask({ keys: OLD, operation: begins }))
  await first.ask({ keys: `${NEW},${OLD}`, operation: 'reseal' })

  const ended: unknown[] = []
  for (const [index, [, operation]] of TWO_CALLS.entries()) {
    const answer = await first.ask({ keys: NEW, operation, token: String(open[index]?.['token']) })
    ended.push(answer['reason'])
  }
  expect(ended).toEqual(['setup-expired', 'proof-required'])
  nowMs += 60_000
  const code = phone.code(nowMs)
  const late = { operation: 'completeChallenge', token: String(challengeToken), code } as const
  expect(await first.ask({ keys: NEW, ...late })).toMatchObject({ reason: 'challenge-expired' })
  expect(await first.ask({ keys: NEW, operation: 'challenge', token })).toMatchObject({ passed: false })
  expect(await first.ask({ keys: NEW, operation: 'verify', code })).toMatchObject({ ok: true })
})
