import {
  type ChallengeResult,
  generateKey,
  type PasskeyRequestOptions,
  type PasskeyVerifier,
  type TwoFactorOptions,
} from 'countersign'
import { generateSecret, generateTotp } from 'countersign/otp'
import { virtualPasskey } from 'countersign/testing'
import type { Operation } from '../engine/operation.ts'
import { byApp, byCode, isTrusted } from '../engine/scenes.ts'
import { type Scene, sceneOf } from '../engine/serial.ts'
import { enrolled, knownDevice, START, wrongCode } from '../world.ts'
import { addPasskey, passkeyWorld, proof, SITE, verifier } from './world.ts'

const staff = { by: 'sam', note: 'x' }

/** Operations with a passkey, which come first, and the others of the matrix. */
export interface PasskeyScene extends Scene {
  passkeyOperations: number
}

/** Signatures are verified once and remembered: a verdict rests on nothing but what is given. */
function remembering(usual: PasskeyVerifier): PasskeyVerifier {
  const verdicts = new Map<string, Promise<never>>()
  const once = <Given, Verdict>(verify: (given: Given) => Promise<Verdict>) => {
    return (given: Given): Promise<Verdict> => {
      const key = JSON.stringify(given)
      const verdict = verdicts.get(key) ?? (verify(given) as Promise<never>)
      verdicts.set(key, verdict)
      return verdict
    }
  }
  return {
    ...usual,
    verifyRegistration: once(usual.verifyRegistration),
    verifyAssertion: once(usual.verifyAssertion),
  }
}

/** A user with a passkey, an app, a setup of another passkey begun, a trusted device, failures just below what delays. */
export async function passkeyScene(): Promise<PasskeyScene> {
  const passkeys = remembering(verifier())
  const keys = generateKey()
  const world = passkeyWorld({ passkeys, keys })
  const { twoFactor } = world
  const ann = await enrolled(world)
  const passkey = await addPasskey(world)
  const device = await knownDevice(world, ann, { trustDevice: true })
  const view = await twoFactor.viewRecoveryCodes('ann', { proof })
  const offer = await twoFactor.beginSetup('ann', { type: 'passkey', accountName: 'ann', proof, name: 'Watch' })
  if (!view.ok || !offer.ok) throw new Error('The scene cannot be set.')
  const other = await virtualPasskey(SITE).create(offer.options)
  const wrong = wrongCode(world, ann.phone)
  for (let time = 0; time < 4; time += 1) await twoFactor.verify('ann', { code: wrong })
  const { authenticators, trustedDevices } = await twoFactor.status('ann')
  const [phoneId = ''] = authenticators.map(({ id }) => id)
  const [deviceId = ''] = trustedDevices.map(({ id }) => id)
  const one = opened(await twoFactor.challenge('ann'))
  const two = opened(await twoFactor.challenge('ann'))
  const stepUp = await twoFactor.beginStepUp('ann')
  const proving = await twoFactor.beginStepUp('ann')
  if (!stepUp.ok || !proving.ok) throw new Error('No step-up.')
  const answer = (options: PasskeyRequestOptions | null, counter: number) => passkey.get(options, { counter })
  // The counters tell the two orders apart: the later one refuses the earlier one.
  const [first, second] = [await answer(one.passkey, 11), await answer(two.passkey, 12)]
  const [stepping, proven] = [await answer(stepUp.passkey, 13), await answer(proving.passkey, 14)]
  const back = await answer(two.passkey, 0)
  const passkeyProof = { passkey: proven, token: proving.token }
  const code = generateTotp({ secret: ann.phone.secret, timeMs: world.clock.now() })
  const [recovery = ''] = ann.recoveryCodes
  const { token } = offer

  return scene(
    world,
    { passkeys },
    [
      ['sign in with the passkey', (on) => on.completeChallenge(one.token, { passkey: first }), 'spends challenge one'],
      [
        'sign in with it, other challenge',
        (on) => on.completeChallenge(two.token, { passkey: second, trustDevice: true }),
        'spends challenge two',
      ],
      ['sign in with a copy of it', (on) => on.completeChallenge(two.token, { passkey: back }), 'spends challenge two'],
      ['step up with it', (on) => on.verify('ann', { passkey: stepping, token: stepUp.token }), 'spends step-up'],
      ['step up with a proof', (on) => on.verify('ann', passkeyProof), 'spends step-up of the proof'],
      ['prove by it', (on) => on.verifyProof('ann', { proof: passkeyProof }), 'spends step-up of the proof'],
      [
        'turn it off by it',
        (on) => on.disable('ann', { proof: passkeyProof }),
        'ends proofs',
        'spends step-up of the proof',
      ],
      [
        'begin a setup by it',
        (on) => on.beginSetup('ann', { accountName: 'ann', proof: passkeyProof, name: 'Pad' }),
        'spends step-up of the proof',
      ],
      [
        'make new recovery codes by it',
        (on) => on.regenerateRecoveryCodes('ann', { proof: passkeyProof }),
        'spends step-up of the proof',
      ],
      [
        'remove the phone by it',
        (on) => on.removeAuthenticator('ann', { id: phoneId, proof: passkeyProof }),
        'spends step-up of the proof',
      ],
      ['confirm another passkey', (on) => on.confirmSetup('ann', { token, passkey: other }), 'spends setup'],
    ],
    [
      ['sign in with the phone', (on) => on.completeChallenge(one.token, { code })],
      [
        'sign in with a recovery code',
        (on) => on.completeChallenge(two.token, { code: recovery, device }),
        'spends recovery code 1',
        'spends challenge two',
      ],
      ['sign in with a wrong code', (on) => on.completeChallenge(one.token, { code: wrong })],
      ['step up with the phone', (on) => on.verify('ann', { code, device }), 'spends step of phone'],
      [
        'begin the setup of a passkey',
        (on) => on.beginSetup('ann', { type: 'passkey', accountName: 'ann', proof, name: 'Watch' }),
        'by password',
      ],
      [
        'begin one that replaces all',
        (on) => on.beginSetup('ann', { accountName: 'ann', proof: { code }, replaces: 'all' }),
        'spends step of phone',
      ],
      ['resume the setup', (on) => on.resumeSetup('ann', { token })],
      ['cancel the setup', (on) => on.cancelSetup('ann', { token })],
      ['view recovery codes', (on) => on.viewRecoveryCodes('ann', { proof }), 'by password'],
      [
        'make new ones by the token of a view',
        (on) => on.regenerateRecoveryCodes('ann', { proof: { token: view.token } }),
        'spends view',
      ],
      ['mark them saved', (on) => on.markRecoveryCodesSaved('ann', { createdAtMs: view.createdAtMs })],
      ['rename the passkey', (on) => on.renameAuthenticator('ann', { id: passkey.authenticatorId, name: 'Pad' })],
      [
        'remove the passkey',
        (on) => on.removeAuthenticator('ann', { id: passkey.authenticatorId, proof }),
        'by password',
      ],
      ['remove the phone', (on) => on.removeAuthenticator('ann', { id: phoneId, proof }), 'by password'],
      ['revoke a device', (on) => on.revokeTrustedDevices('ann', { id: deviceId })],
      ['revoke all devices', (on) => on.revokeTrustedDevices('ann')],
      ['turn it off', (on) => on.disable('ann', { proof }), 'by password', 'ends proofs'],
      ['change the password', (on) => on.passwordChanged('ann'), 'ends proofs'],
      ['reset', (on) => on.admin.reset('ann', staff), 'ends proofs'],
      ['unlock', (on) => on.admin.unlock('ann', staff), 'forgets failures'],
      ['issue a recovery code', (on) => on.admin.issueRecoveryCode('ann', staff)],
      ['export', (on) => on.admin.exportUser('ann', staff)],
      ['import', (on) => on.admin.importUser('ann', { authenticators: [{ secret: generateSecret() }] })],
      ['reseal', (on) => on.admin.reseal('ann')],
      ['ask for a challenge on the trusted device', (on) => on.challenge('ann', { device })],
      ['begin a step-up', (on) => on.beginStepUp('ann', { device })],
      ['look at the status', (on) => on.status('ann')],
    ],
    {
      probes: [
        (on) => on.completeChallenge(one.token, { passkey: first }),
        (on) => on.completeChallenge(two.token, { passkey: second }),
        (on) => on.verify('ann', { passkey: stepping, token: stepUp.token }),
        (on) => on.confirmSetup('ann', { token, passkey: other }),
        (on) => isTrusted(on, device),
      ],
      ways: [
        byApp(ann.phone.secret, world.clock.now()),
        byCode(recovery),
        async (on) => {
          const challenge = opened(await on.challenge('ann'))
          const later = await answer(challenge.passkey, 50)
          return (await on.completeChallenge(challenge.token, { passkey: later })).ok
        },
      ],
    },
  )
}

/** A user who must set it up, and has begun to with a passkey. */
export async function newPasskeyScene(): Promise<PasskeyScene> {
  const isRequired = () => true
  const passkeys = remembering(verifier())
  const world = passkeyWorld({ passkeys, isRequired })
  const one = opened(await world.twoFactor.challenge('ann')).token
  const two = opened(await world.twoFactor.challenge('ann')).token
  const offer = await world.twoFactor.beginRequiredSetup(one, { type: 'passkey', accountName: 'ann' })
  if (!offer.ok) throw new Error(offer.reason)
  const { token: setupToken } = offer
  const made = virtualPasskey(SITE)
  const passkey = await made.create(offer.options)
  const imported = generateSecret()
  const lying = await virtualPasskey(SITE).create(offer.options, { origin: 'https://evil.example' })
  const code = generateTotp({ secret: generateSecret(), timeMs: START })
  return scene(
    world,
    { passkeys, isRequired },
    [
      [
        'complete',
        (on) => on.completeChallenge(one, { setupToken, passkey, trustDevice: true }),
        'spends setup',
        'spends challenge one',
      ],
      [
        'complete with the other challenge',
        (on) => on.completeChallenge(two, { setupToken, passkey }),
        'spends setup',
        'spends challenge two',
      ],
      ['complete wrongly', (on) => on.completeChallenge(one, { setupToken, passkey: lying })],
      ['confirm', (on) => on.confirmSetup('ann', { token: setupToken, passkey }), 'spends setup'],
    ],
    [
      ['complete with a code', (on) => on.completeChallenge(one, { setupToken, code })],
      ['resume', (on) => on.resumeSetup('ann', { token: setupToken })],
      ['resume by a challenge', (on) => on.resumeRequiredSetup(two, { setupToken })],
      ['cancel', (on) => on.cancelSetup('ann', { token: setupToken })],
      ['begin again', (on) => on.beginRequiredSetup(two, { accountName: 'ann', type: 'passkey' })],
      ['begin an app instead', (on) => on.beginRequiredSetup(two, { accountName: 'ann' })],
      ['begin by password', (on) => on.beginSetup('ann', { proof, accountName: 'ann' }), 'by password'],
      ['change the password', (on) => on.passwordChanged('ann'), 'ends proofs'],
      ['import', (on) => on.admin.importUser('ann', { authenticators: [{ secret: imported }] })],
      ['reset', (on) => on.admin.reset('ann', staff), 'ends proofs'],
      ['ask for a challenge', (on) => on.challenge('ann')],
    ],
    {
      probes: [
        (on) => on.completeChallenge(one, { setupToken, passkey }),
        (on) => on.confirmSetup('ann', { token: setupToken, passkey }),
      ],
      ways: [
        byApp(imported),
        async (on) => {
          const challenge = opened(await on.challenge('ann'))
          const response = await made.get(challenge.passkey, { counter: 50 })
          return (await on.completeChallenge(challenge.token, { passkey: response })).ok
        },
      ],
    },
  )
}

async function scene(
  world: Parameters<typeof sceneOf>[0],
  more: Partial<TwoFactorOptions>,
  withPasskey: Operation[],
  others: Operation[],
  checks: Pick<Scene, 'probes' | 'ways'>,
): Promise<PasskeyScene> {
  const set = await sceneOf(world, [...withPasskey, ...others], more, checks)
  return { ...set, passkeyOperations: withPasskey.length }
}

function opened(challenge: ChallengeResult): Extract<ChallengeResult, { passed: false }> {
  if (challenge.passed) throw new Error('No second step.')
  return challenge
}
