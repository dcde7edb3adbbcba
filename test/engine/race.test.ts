import type { ChallengeResult, UserStore } from 'countersign'
import { generateSecret, generateTotp } from 'countersign/otp'
import { describe, expect, test } from 'vitest'
import { challengeToken, createWorld, enrolled, knownDevice, PASSWORD, START, wrongCode } from '../world.ts'
import { everyInterleaving } from './interleaving.ts'
import { expectSerial, type Operation, pairs, type Scene, sceneOf } from './serial.ts'

const proof = { password: PASSWORD }
const staff = { by: 'sam', note: 'x' }
const IMPORTED_SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
const IMPORTED = ['abcd-1234', 'efgh-5678']
const verifyImportedCode = async (typed: string, hash: string) => hash === `hash of ${typed}`

describe('many at once', () => {
  test('50 sign-ins with one code of the phone: exactly one succeeds, the others hear that it is used', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    const code = phone.next()
    const tokens = await Promise.all(Array.from({ length: 50 }, () => challengeToken(world, 'ann')))
    const results = await Promise.all(tokens.map((token) => world.twoFactor.completeChallenge(token, { code })))
    expect(countOf(results)).toEqual({ ok: 1, 'code-used': 49 })
    expect((await world.twoFactor.status('ann')).throttle.strangers.state).toBe('open')
  })

  test('50 completions of one challenge with five right codes: exactly one succeeds', async () => {
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

  test('50 uses of one recovery code: exactly one succeeds', async () => {
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

  test('40 wrong codes, one right one and ten recovery codes at once: nothing but honest outcomes', async () => {
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

describe('every interleaving of any two operations gives what one of the two orders gives', async () => {
  const enrolledUser = await enrolledScene()
  const newUser = await newScene()

  test.each(pairs(enrolledUser.operations))('$name', async ({ first, second }) => {
    await expectSerial(enrolledUser, first, second)
  })

  test.each(pairs(newUser.operations))('before it is on: $name', async ({ first, second }) => {
    await expectSerial(newUser, first, second)
  })
})

describe('the same where a hook that answers later compares imported hashes', async () => {
  const importedUser = await importedScene()

  test.each(pairs(importedUser.operations))('$name', async ({ first, second }) => {
    await expectSerial(importedUser, first, second)
  })
})

test('three at once with one code and one challenge: every interleaving signs in exactly once', async () => {
  const scene = await enrolledScene()
  const [, sameCode] = scene.operations[0] ?? []
  if (sameCode === undefined) throw new Error('No operation.')
  const works = [1, 2, 3].map(() => (store: UserStore) => sameCode(scene.over(store, [])))
  const runs = await everyInterleaving(scene.start, works, (results) => {
    expect(results.filter((result) => JSON.stringify(result).includes('"ok":true'))).toHaveLength(1)
  })
  expect(runs).toBeGreaterThan(50)
})

/** A user with everything: two authenticators, a setup begun, a trusted device, failures just below what delays. */
async function enrolledScene(): Promise<Scene> {
  const world = createWorld()
  const ann = await enrolled(world)
  const { twoFactor } = world
  const tabletOffer = await twoFactor.beginSetup('ann', { proof, accountName: 'ann', name: 'Tablet' })
  if (!tabletOffer.ok) throw new Error(tabletOffer.reason)
  const codeNow = (secret: string) => generateTotp({ secret, timeMs: world.clock.now() })
  const added = await twoFactor.confirmSetup('ann', {
    token: tabletOffer.token,
    code: codeNow(tabletOffer.secret),
  })
  const device = await knownDevice(world, ann, { trustDevice: true })
  const view = await twoFactor.viewRecoveryCodes('ann', { proof })
  if (!view.ok) throw new Error(view.reason)
  const offer = await twoFactor.beginSetup('ann', { proof, accountName: 'ann', name: 'Watch' })
  const issued = await twoFactor.admin.issueRecoveryCode('ann', staff)
  if (!offer.ok || !added.ok || !issued.ok) throw new Error('The scene cannot be set.')
  for (let time = 0; time < 4; time += 1) {
    await twoFactor.verify('ann', { code: wrongCode(world, ann.phone, tabletOffer, offer) })
    await twoFactor.viewRecoveryCodes('ann', { proof: { password: 'wrong' } })
  }
  const [phoneId = ''] = (await twoFactor.status('ann')).authenticators.map(({ id }) => id)
  const [deviceId = ''] = (await twoFactor.status('ann')).trustedDevices.map(({ id }) => id)
  const [one, two] = [await challengeToken(world, 'ann'), await challengeToken(world, 'ann')]
  const phone = codeNow(ann.phone.secret)
  const tablet = codeNow(tabletOffer.secret)
  const watch = codeNow(offer.secret)
  const wrong = wrongCode(world, ann.phone, tabletOffer, offer)
  const [recovery = '', otherRecovery = ''] = ann.recoveryCodes

  return sceneOf(world, [
    ['sign in with the phone', (on) => on.completeChallenge(one, { code: phone })],
    ['sign in with the tablet, same challenge', (on) => on.completeChallenge(one, { code: tablet })],
    ['sign in with the phone, other challenge', (on) => on.completeChallenge(two, { code: phone, trustDevice: true })],
    ['sign in with a recovery code', (on) => on.completeChallenge(two, { code: recovery, device })],
    ['sign in with a wrong code', (on) => on.completeChallenge(one, { code: wrong })],
    ['step up with a recovery code', (on) => on.verify('ann', { code: recovery })],
    ['step up with another recovery code', (on) => on.verify('ann', { code: otherRecovery })],
    ['step up wrongly on a known device', (on) => on.verify('ann', { code: wrong, device })],
    ['begin a setup', (on) => on.beginSetup('ann', { proof, accountName: 'ann', name: 'Watch' }), 'by password'],
    ['begin one wrongly', (on) => on.beginSetup('ann', { proof: { password: 'wrong' }, accountName: 'ann' })],
    [
      'begin one that replaces all',
      (on) => on.beginSetup('ann', { proof: { code: phone }, accountName: 'ann', replaces: 'all' }),
    ],
    ['confirm the setup', (on) => on.confirmSetup('ann', { token: offer.token, code: watch })],
    ['confirm it wrongly', (on) => on.confirmSetup('ann', { token: offer.token, code: wrong })],
    ['resume the setup', (on) => on.resumeSetup('ann', { token: offer.token })],
    ['cancel the setup', (on) => on.cancelSetup('ann', { token: offer.token })],
    ['view recovery codes', (on) => on.viewRecoveryCodes('ann', { proof }), 'by password'],
    ['view them by a recovery code', (on) => on.viewRecoveryCodes('ann', { proof: { code: recovery } })],
    [
      'make new ones by the token of a view',
      (on) => on.regenerateRecoveryCodes('ann', { proof: { token: view.token } }),
    ],
    ['mark them saved', (on) => on.markRecoveryCodesSaved('ann', { createdAtMs: view.createdAtMs })],
    ['make new recovery codes', (on) => on.regenerateRecoveryCodes('ann', { proof }), 'by password'],
    ['rename the tablet', (on) => on.renameAuthenticator('ann', { id: added.authenticatorId, name: 'Pad' })],
    ['remove the tablet', (on) => on.removeAuthenticator('ann', { id: added.authenticatorId, proof }), 'by password'],
    ['remove the phone', (on) => on.removeAuthenticator('ann', { id: phoneId, proof: { code: tablet } })],
    ['revoke a device', (on) => on.revokeTrustedDevices('ann', { id: deviceId })],
    ['turn it off', (on) => on.disable('ann', { proof }), 'by password', 'ends proofs'],
    ['turn it off by a code', (on) => on.disable('ann', { proof: { code: phone } }), 'ends proofs'],
    ['change the password', (on) => on.passwordChanged('ann'), 'ends proofs'],
    ['reset', (on) => on.admin.reset('ann', staff), 'ends proofs'],
    ['unlock', (on) => on.admin.unlock('ann', staff)],
    ['issue a recovery code', (on) => on.admin.issueRecoveryCode('ann', staff)],
    ['export', (on) => on.admin.exportUser('ann', staff)],
    ['step up with the one that staff issued', (on) => on.verify('ann', { code: issued.recoveryCode })],
    ['import', (on) => on.admin.importUser('ann', { authenticators: [{ secret: offer.secret }] })],
    ['reseal', (on) => on.admin.reseal('ann')],
    ['ask for a challenge on the trusted device', (on) => on.challenge('ann', { device })],
    ['begin a step-up', (on) => on.beginStepUp('ann', { device })],
    ['look at the status', (on) => on.status('ann')],
  ])
}

async function importedScene(): Promise<Scene> {
  const world = createWorld({ verifyImportedCode })
  await world.twoFactor.admin.importUser('ann', {
    authenticators: [{ secret: IMPORTED_SECRET, name: 'Phone' }],
    recoveryCodes: IMPORTED.map((code) => ({ hash: `hash of ${code}`, length: 8 })),
  })
  // Failures just below what delays.
  for (let time = 0; time < 4; time += 1) await world.twoFactor.verify('ann', { code: 'zzzz-9999' })
  const token = await challengeToken(world, 'ann')
  return sceneOf(world, importedOperations(token), { verifyImportedCode })
}

function importedOperations(token: string): Operation[] {
  const [one = '', two = ''] = IMPORTED
  const code = generateTotp({ secret: IMPORTED_SECRET, timeMs: START })
  return [
    ['sign in with a code', (on) => on.completeChallenge(token, { code: one, trustDevice: true })],
    ['sign in with the app', (on) => on.completeChallenge(token, { code })],
    ['step up with a code', (on) => on.verify('ann', { code: one })],
    ['step up with another', (on) => on.verify('ann', { code: two })],
    ['step up with a wrong one', (on) => on.verify('ann', { code: 'zzzz-9999' })],
    ['step up with the app', (on) => on.verify('ann', { code })],
    ['make new ones by a code', (on) => on.regenerateRecoveryCodes('ann', { proof: { code: one } })],
    ['make new ones', (on) => on.regenerateRecoveryCodes('ann', { proof }), 'by password'],
    ['turn it off by a code', (on) => on.disable('ann', { proof: { code: two } }), 'ends proofs'],
    ['change the password', (on) => on.passwordChanged('ann'), 'ends proofs'],
    ['unlock', (on) => on.admin.unlock('ann', staff)],
    ['reset', (on) => on.admin.reset('ann', staff), 'ends proofs'],
    ['issue a recovery code', (on) => on.admin.issueRecoveryCode('ann', staff)],
    ['reseal', (on) => on.admin.reseal('ann')],
    ['export', (on) => on.admin.exportUser('ann', staff)],
  ]
}

/** A user who must set it up and has begun to. */
async function newScene(): Promise<Scene> {
  const isRequired = () => true
  const world = createWorld({ isRequired })
  const tokenOf = (challenge: ChallengeResult) => (challenge.passed ? '' : challenge.token)
  const one = tokenOf(await world.twoFactor.challenge('ann'))
  const two = tokenOf(await world.twoFactor.challenge('ann'))
  const offer = await world.twoFactor.beginRequiredSetup(one, { accountName: 'ann' })
  if (!offer.ok) throw new Error(offer.reason)
  const { token: setupToken } = offer
  const code = generateTotp({ secret: offer.secret, timeMs: START })
  const wrong = wrongCode(world, offer)
  return sceneOf(
    world,
    [
      ['complete', (on) => on.completeChallenge(one, { setupToken, code, trustDevice: true })],
      ['complete with the other challenge', (on) => on.completeChallenge(two, { setupToken, code })],
      ['complete wrongly', (on) => on.completeChallenge(one, { setupToken, code: wrong })],
      ['confirm', (on) => on.confirmSetup('ann', { token: setupToken, code })],
      ['resume', (on) => on.resumeSetup('ann', { token: setupToken })],
      ['cancel', (on) => on.cancelSetup('ann', { token: setupToken })],
      ['begin again', (on) => on.beginRequiredSetup(two, { accountName: 'ann' })],
      ['begin by password', (on) => on.beginSetup('ann', { proof, accountName: 'ann' }), 'by password'],
      ['begin by a wrong one', (on) => on.beginSetup('ann', { proof: { password: 'wrong' }, accountName: 'ann' })],
      ['change the password', (on) => on.passwordChanged('ann'), 'ends proofs'],
      ['import', (on) => on.admin.importUser('ann', { authenticators: [{ secret: generateSecret() }] })],
      ['reset', (on) => on.admin.reset('ann', staff), 'ends proofs'],
      ['ask for a challenge', (on) => on.challenge('ann')],
      ['turn it off', (on) => on.disable('ann', { proof })],
    ],
    { isRequired },
  )
}

function countOf(results: readonly ({ ok: true } | { ok: false; reason: string })[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const result of results) {
    const key = result.ok ? 'ok' : result.reason
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}
