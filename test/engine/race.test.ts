import type { TwoFactor } from 'countersign'
import { generateSecret, generateTotp } from 'countersign/otp'
import { afterAll, describe, expect, test } from 'vitest'
import { challengeToken, createWorld, enrolled, PASSWORD, START, untyped, wrongCode } from '../world.ts'
import { enrolledScene, importedScene, newScene } from './scenes.ts'
import { expectSerial, exploredSoFar, named, pairs } from './serial.ts'

const proof = { password: PASSWORD }

describe('concurrent calls', () => {
  test('50 sign-ins with one code of the phone: exactly one succeeds, the others are told that it was used [CS-TOTP-08]', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const code = phone.next()
    const tokens = await Promise.all(Array.from({ length: 50 }, () => challengeToken(world, 'ann')))
    const results = await Promise.all(tokens.map((token) => world.twoFactor.completeChallenge(token, { code })))
    expect(countOf(results)).toEqual({ ok: 1, 'code-used': 49 })
    expect((await world.twoFactor.status('ann')).throttle.strangers.state).toBe('open')
  })

  test('50 completions of one challenge with five right codes: exactly one succeeds [CS-GATE-03]', async () => {
    const world = createWorld()
    const { phone, recoveryCodes } = await enrolled(world)
    const token = await challengeToken(world, 'ann')
    const codes = [phone.next(), phone.next(), ...recoveryCodes.slice(0, 3)]
    const attempts = Array.from({ length: 50 }, (_, index) => {
      return world.twoFactor.completeChallenge(token, { code: codes[index % 5] ?? '' })
    })
    expect(countOf(await Promise.all(attempts))).toEqual({ ok: 1, 'challenge-used': 49 })
    expect((await world.twoFactor.status('ann')).recoveryCodes.left).toBeGreaterThanOrEqual(9)
  })

  test('50 uses of one recovery code: exactly one succeeds [CS-CODES-05]', async () => {
    const world = createWorld()
    const { recoveryCodes } = await enrolled(world)
    const [code = ''] = recoveryCodes
    const results = await Promise.all(Array.from({ length: 50 }, () => world.twoFactor.verify('ann', { code })))
    expect(countOf(results)).toEqual({ ok: 1, 'code-used': 49 })
    expect((await world.twoFactor.status('ann')).recoveryCodes.left).toBe(9)
  })

  test('ten good recovery codes at once: all ten succeed', async () => {
    const world = createWorld()
    const { recoveryCodes } = await enrolled(world)
    const results = await Promise.all(recoveryCodes.map((code) => world.twoFactor.verify('ann', { code })))
    expect(countOf(results)).toEqual({ ok: 10 })
    expect(results.flatMap((result) => (result.ok ? [result.recoveryCodesLeft] : [])).sort((a, b) => a - b)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ])
  })

  test('40 wrong codes, one right one and ten recovery codes at once: every outcome is correct', async () => {
    const world = createWorld()
    const { phone, recoveryCodes } = await enrolled(world)
    const code = wrongCode(world, phone)
    const attempts = [
      ...Array.from({ length: 40 }, () => world.twoFactor.verify('ann', { code })),
      ...recoveryCodes.map((recoveryCode) => world.twoFactor.verify('ann', { code: recoveryCode })),
      world.twoFactor.verify('ann', { code: phone.next() }),
    ]
    const counts = countOf(await Promise.all(attempts))
    expect(Object.keys(counts).filter((key) => !['ok', 'wrong-code', 'throttled'].includes(key))).toEqual([])
    expect(counts['ok']).toBeGreaterThanOrEqual(10)
    expect((await world.twoFactor.status('ann')).recoveryCodes.left).toBe(0)
  })

  test('20 confirmations of one setup: exactly one makes an authenticator, with one set of recovery codes', async () => {
    const world = createWorld()
    const begun = await world.twoFactor.beginSetup('ann', { proof, accountName: 'ann' })
    if (!begun.ok) throw new Error(begun.reason)
    const code = generateTotp({ secret: begun.secret, timeMs: START })
    const { token } = begun
    const confirm = () => world.twoFactor.confirmSetup('ann', { token, code })
    const results = await Promise.all(Array.from({ length: 20 }, confirm))
    expect(countOf(results)).toEqual({ ok: 1, 'setup-expired': 19 })
    expect((await world.twoFactor.status('ann')).authenticators).toHaveLength(1)
  })

  test('two backends removing the last two authenticators at once leave one', async () => {
    const world = createWorld()
    const authenticators = [{ secret: generateSecret() }, { secret: generateSecret() }]
    await world.twoFactor.admin.importUser('ann', { authenticators })
    const ids = (await world.twoFactor.status('ann')).authenticators.map(({ id }) => id)
    const removals = ids.map((id) => world.another().removeAuthenticator('ann', { id, proof }))
    expect(countOf(await Promise.all(removals))).toEqual({ ok: 1, 'last-authenticator': 1 })
  })
})

describe('every interleaving of any two operations has the result of one of the two orders', async () => {
  const enrolledUser = await enrolledScene()
  const newUser = await newScene()

  test.each(pairs(enrolledUser.operations))('$name', async ({ first, second }) => {
    await expectSerial(enrolledUser, first, second)
  })

  test.each(pairs(newUser.operations))('before it is on: $name', async ({ first, second }) => {
    await expectSerial(newUser, first, second)
  })
})

test('every operation of the engine is among them', async () => {
  const scenes = [await enrolledScene(), await newScene()]
  const called = new Set<string>()
  for (const scene of scenes) {
    for (const [, act] of scene.operations) await act(listening(scene.over(await scene.start(), []), called))
  }
  const { twoFactor } = createWorld()
  const { issuer: _, authenticatorTypes: __, admin, ...own } = twoFactor
  expect([...called].sort()).toEqual([...Object.keys(own), ...Object.keys(admin)].sort())
})

describe('the same with a slow hook that compares imported hashes', async () => {
  const importedUser = await importedScene()

  test.each(pairs(importedUser.operations))('$name', async ({ first, second }) => {
    await expectSerial(importedUser, first, second)
  })
})

describe('the same of three at once', async () => {
  const enrolledUser = await enrolledScene()
  const newUser = await newScene()
  const importedUser = await importedScene()

  test.each([
    ['sign in with the phone', 'sign in with the phone', 'sign in with the phone'],
    ['sign in with the phone', 'sign in with the tablet, same challenge', 'sign in with the phone, other challenge'],
    ['sign in with a recovery code', 'step up with a recovery code', 'view them by a recovery code'],
    ['sign in with the phone', 'sign in with a wrong code', 'step up wrongly on a known device'],
    ['confirm the setup', 'cancel the setup', 'begin one that replaces all'],
    ['make new ones by the token of a view', 'step up with a recovery code', 'reset'],
    ['step up with the one that staff issued', 'issue a recovery code', 'unlock'],
    ['sign in with the phone', 'change the password', 'confirm the setup'],
    // Between the two, a record that is not the one from before has its place.
    ['sign in with the phone', 'reset', 'import'],
    ['confirm the setup', 'turn it off by a code', 'import'],
    ['reseal', 'revoke a device', 'sign in with a recovery code'],
  ])('%s / %s / %s', async (...names) => {
    await expectSerial(enrolledUser, ...named(enrolledUser, names))
  })

  test.each([
    ['complete', 'confirm', 'complete with the other challenge'],
    ['complete', 'begin again', 'cancel'],
    ['complete', 'reset', 'import'],
  ])('before it is on: %s / %s / %s', async (...names) => {
    await expectSerial(newUser, ...named(newUser, names))
  })

  test.each([
    ['sign in with a code', 'step up with a code', 'make new ones by a code'],
    ['sign in with a code', 'step up with another', 'turn it off by a code'],
  ])('with imported hashes: %s / %s / %s', async (...names) => {
    await expectSerial(importedUser, ...named(importedUser, names))
  })
})

afterAll(() => console.log(`Explored: ${exploredSoFar()}.`))

/** The same backend, which notes the operations that are called. */
function listening(twoFactor: TwoFactor, called: Set<string>): TwoFactor {
  return new Proxy(twoFactor, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (name === 'admin') return listening(untyped(target.admin), called)
      if (typeof value === 'function') called.add(String(name))
      return value
    },
  })
}

function countOf(results: readonly ({ ok: true } | { ok: false; reason: string })[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const result of results) {
    const key = result.ok ? 'ok' : result.reason
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}
