import type { ChallengeResult, TwoFactor } from 'countersign'
import { generateSecret, generateTotp } from 'countersign/otp'
import { challengeToken, createWorld, enrolled, knownDevice, PASSWORD, START, wrongCode } from '../world.ts'
import type { Operation } from './operation.ts'
import { type Scene, sceneOf, type Way } from './serial.ts'

const proof = { password: PASSWORD }
const staff = { by: 'sam', note: 'x' }
const IMPORTED_SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
const IMPORTED = ['abcd-1234', 'efgh-5678']
const verifyImportedCode = async (typed: string, hash: string) => hash === `hash of ${typed}`

/** A user with everything: two authenticators, a setup begun, a trusted device, failures just below what delays. */
export async function enrolledScene(): Promise<Scene> {
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

  return sceneOf(
    world,
    [
      [
        'sign in with the phone',
        (on) => on.completeChallenge(one, { code: phone }),
        'spends step of phone',
        'spends challenge one',
      ],
      [
        'sign in with the tablet, same challenge',
        (on) => on.completeChallenge(one, { code: tablet }),
        'spends step of tablet',
        'spends challenge one',
      ],
      [
        'sign in with the phone, other challenge',
        (on) => on.completeChallenge(two, { code: phone, trustDevice: true }),
        'spends step of phone',
        'spends challenge two',
      ],
      [
        'sign in with a recovery code',
        (on) => on.completeChallenge(two, { code: recovery, device }),
        'spends recovery code 1',
        'spends challenge two',
      ],
      ['sign in with a wrong code', (on) => on.completeChallenge(one, { code: wrong }), 'guesses'],
      ['step up with a recovery code', (on) => on.verify('ann', { code: recovery }), 'spends recovery code 1'],
      [
        'step up with another recovery code',
        (on) => on.verify('ann', { code: otherRecovery }),
        'spends recovery code 2',
      ],
      ['step up wrongly on a known device', (on) => on.verify('ann', { code: wrong, device }), 'guesses'],
      ['begin a setup', (on) => on.beginSetup('ann', { proof, accountName: 'ann', name: 'Watch' }), 'by password'],
      [
        'begin one wrongly',
        (on) => on.beginSetup('ann', { proof: { password: 'wrong' }, accountName: 'ann' }),
        'guesses',
      ],
      [
        'begin one that replaces all',
        (on) => on.beginSetup('ann', { proof: { code: phone }, accountName: 'ann', replaces: 'all' }),
        'spends step of phone',
      ],
      ['confirm the setup', (on) => on.confirmSetup('ann', { token: offer.token, code: watch }), 'spends setup'],
      ['confirm it wrongly', (on) => on.confirmSetup('ann', { token: offer.token, code: wrong })],
      ['resume the setup', (on) => on.resumeSetup('ann', { token: offer.token })],
      ['cancel the setup', (on) => on.cancelSetup('ann', { token: offer.token })],
      ['view recovery codes', (on) => on.viewRecoveryCodes('ann', { proof }), 'by password'],
      [
        'view them by a recovery code',
        (on) => on.viewRecoveryCodes('ann', { proof: { code: recovery } }),
        'spends recovery code 1',
      ],
      [
        'make new ones by the token of a view',
        (on) => on.regenerateRecoveryCodes('ann', { proof: { token: view.token } }),
        'spends view',
      ],
      ['mark them saved', (on) => on.markRecoveryCodesSaved('ann', { createdAtMs: view.createdAtMs })],
      ['make new recovery codes', (on) => on.regenerateRecoveryCodes('ann', { proof }), 'by password'],
      ['rename the tablet', (on) => on.renameAuthenticator('ann', { id: added.authenticatorId, name: 'Pad' })],
      ['remove the tablet', (on) => on.removeAuthenticator('ann', { id: added.authenticatorId, proof }), 'by password'],
      [
        'remove the phone',
        (on) => on.removeAuthenticator('ann', { id: phoneId, proof: { code: tablet } }),
        'spends step of tablet',
      ],
      ['revoke a device', (on) => on.revokeTrustedDevices('ann', { id: deviceId })],
      ['forget all devices but one', (on) => on.revokeTrustedDevices('ann', { device })],
      ['prove by password', (on) => on.verifyProof('ann', { proof }), 'by password'],
      ['prove by the phone', (on) => on.verifyProof('ann', { proof: { code: phone }, device }), 'spends step of phone'],
      ['turn it off', (on) => on.disable('ann', { proof }), 'by password', 'ends proofs'],
      [
        'turn it off by a code',
        (on) => on.disable('ann', { proof: { code: phone } }),
        'ends proofs',
        'spends step of phone',
      ],
      ['change the password', (on) => on.passwordChanged('ann'), 'ends proofs'],
      ['reset', (on) => on.admin.reset('ann', staff), 'ends proofs'],
      ['unlock', (on) => on.admin.unlock('ann', staff), 'forgets failures'],
      ['issue a recovery code', (on) => on.admin.issueRecoveryCode('ann', staff)],
      ['export', (on) => on.admin.exportUser('ann', staff)],
      [
        'step up with the one that staff issued',
        (on) => on.verify('ann', { code: issued.recoveryCode }),
        'spends issued code',
      ],
      ['import', (on) => on.admin.importUser('ann', { authenticators: [{ secret: offer.secret }] })],
      ['reseal', (on) => on.admin.reseal('ann')],
      ['ask for a challenge on the trusted device', (on) => on.challenge('ann', { device })],
      ['begin a step-up', (on) => on.beginStepUp('ann', { device })],
      ['look at the status', (on) => on.status('ann')],
    ],
    {},
    {
      probes: [
        (on) => on.completeChallenge(one, { code: otherRecovery }),
        (on) => on.completeChallenge(two, { code: otherRecovery }),
        (on) => on.confirmSetup('ann', { token: offer.token, code: watch }),
        (on) => on.resumeSetup('ann', { token: offer.token }),
        (on) => on.regenerateRecoveryCodes('ann', { proof: { token: view.token } }),
        (on) => isTrusted(on, device),
      ],
      ways: [
        ...[ann.phone, tabletOffer, offer].map(({ secret }) => byApp(secret, world.clock.now())),
        byCode(otherRecovery),
      ],
    },
  )
}

export async function importedScene(): Promise<Scene> {
  const world = createWorld({ verifyImportedCode })
  await world.twoFactor.admin.importUser('ann', {
    authenticators: [{ secret: IMPORTED_SECRET, name: 'Phone' }],
    recoveryCodes: IMPORTED.map((code) => ({ hash: `hash of ${code}`, length: 8 })),
  })
  // Failures just below what delays.
  for (let time = 0; time < 4; time += 1) await world.twoFactor.verify('ann', { code: 'zzzz-9999' })
  const token = await challengeToken(world, 'ann')
  return sceneOf(
    world,
    importedOperations(token),
    { verifyImportedCode },
    {
      probes: [(on) => on.completeChallenge(token, { code: generateTotp({ secret: IMPORTED_SECRET, timeMs: START }) })],
      ways: [byApp(IMPORTED_SECRET)],
    },
  )
}

function importedOperations(token: string): Operation[] {
  const [one = '', two = ''] = IMPORTED
  const code = generateTotp({ secret: IMPORTED_SECRET, timeMs: START })
  return [
    [
      'sign in with a code',
      (on) => on.completeChallenge(token, { code: one, trustDevice: true }),
      'spends recovery code 1',
      'spends challenge one',
    ],
    [
      'sign in with the app',
      (on) => on.completeChallenge(token, { code }),
      'spends step of phone',
      'spends challenge one',
    ],
    ['step up with a code', (on) => on.verify('ann', { code: one }), 'spends recovery code 1'],
    ['step up with another', (on) => on.verify('ann', { code: two }), 'spends recovery code 2'],
    ['step up with a wrong one', (on) => on.verify('ann', { code: 'zzzz-9999' }), 'guesses'],
    ['step up with the app', (on) => on.verify('ann', { code }), 'spends step of phone'],
    [
      'make new ones by a code',
      (on) => on.regenerateRecoveryCodes('ann', { proof: { code: one } }),
      'spends recovery code 1',
    ],
    ['make new ones', (on) => on.regenerateRecoveryCodes('ann', { proof }), 'by password'],
    [
      'turn it off by a code',
      (on) => on.disable('ann', { proof: { code: two } }),
      'ends proofs',
      'spends recovery code 2',
    ],
    ['change the password', (on) => on.passwordChanged('ann'), 'ends proofs'],
    ['unlock', (on) => on.admin.unlock('ann', staff), 'forgets failures'],
    ['reset', (on) => on.admin.reset('ann', staff), 'ends proofs'],
    ['issue a recovery code', (on) => on.admin.issueRecoveryCode('ann', staff)],
    ['reseal', (on) => on.admin.reseal('ann')],
    ['export', (on) => on.admin.exportUser('ann', staff)],
    ['mark them saved', (on) => on.markRecoveryCodesSaved('ann', { createdAtMs: START })],
  ]
}

/** A user who must set it up and has begun to. */
export async function newScene(): Promise<Scene> {
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
  const imported = generateSecret()
  return sceneOf(
    world,
    [
      [
        'complete',
        (on) => on.completeChallenge(one, { setupToken, code, trustDevice: true }),
        'spends setup',
        'spends challenge one',
      ],
      [
        'complete with the other challenge',
        (on) => on.completeChallenge(two, { setupToken, code }),
        'spends setup',
        'spends challenge two',
      ],
      ['complete wrongly', (on) => on.completeChallenge(one, { setupToken, code: wrong })],
      ['confirm', (on) => on.confirmSetup('ann', { token: setupToken, code }), 'spends setup'],
      ['resume', (on) => on.resumeSetup('ann', { token: setupToken })],
      ['resume by a challenge', (on) => on.resumeRequiredSetup(two, { setupToken })],
      ['cancel', (on) => on.cancelSetup('ann', { token: setupToken })],
      ['begin again', (on) => on.beginRequiredSetup(two, { accountName: 'ann' })],
      ['begin by password', (on) => on.beginSetup('ann', { proof, accountName: 'ann' }), 'by password'],
      [
        'begin by a wrong one',
        (on) => on.beginSetup('ann', { proof: { password: 'wrong' }, accountName: 'ann' }),
        'guesses',
      ],
      ['change the password', (on) => on.passwordChanged('ann'), 'ends proofs'],
      ['import', (on) => on.admin.importUser('ann', { authenticators: [{ secret: imported }] })],
      ['reset', (on) => on.admin.reset('ann', staff), 'ends proofs'],
      ['ask for a challenge', (on) => on.challenge('ann')],
      ['turn it off', (on) => on.disable('ann', { proof })],
      ['mark codes saved', (on) => on.markRecoveryCodesSaved('ann', { createdAtMs: START })],
      ['issue a recovery code', (on) => on.admin.issueRecoveryCode('ann', staff)],
      ['export', (on) => on.admin.exportUser('ann', staff)],
    ],
    { isRequired },
    {
      probes: [
        (on) => on.completeChallenge(one, { setupToken, code }),
        (on) => on.completeChallenge(two, { setupToken, code }),
        (on) => on.confirmSetup('ann', { token: setupToken, code }),
        (on) => on.beginRequiredSetup(one, { accountName: 'ann' }),
      ],
      ways: [byApp(offer.secret), byApp(imported)],
    },
  )
}

/** Whether this device's token lets its user in without a code. */
export async function isTrusted(on: TwoFactor, device: string): Promise<{ ok: boolean }> {
  const challenge = await on.challenge('ann', { device })
  return { ok: challenge.passed && challenge.because === 'trusted-device' }
}

/** With the app that has this secret. Where it is off, or is to be set up, no app is needed. */
export function byApp(secret: string, nowMs: number = START): Way {
  return async (on, laterMs) => letIn(on, generateTotp({ secret, timeMs: nowMs + laterMs }))
}

export function byCode(code: string): Way {
  return (on) => letIn(on, code)
}

async function letIn(on: TwoFactor, code: string): Promise<boolean> {
  const challenge = await on.challenge('ann')
  if (challenge.passed) return true
  if (challenge.action === 'verify') return (await on.completeChallenge(challenge.token, { code })).ok
  const offer = await on.beginRequiredSetup(challenge.token, { accountName: 'ann' })
  return offer.ok
}
