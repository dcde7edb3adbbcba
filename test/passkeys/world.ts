import * as webauthn from '@simplewebauthn/server'
import type {
  ChallengeResult,
  PasskeyCreationOptions,
  PasskeyRequestOptions,
  RegistrationResponseJson,
  TwoFactorOptions,
} from 'countersign'
import { type PasskeyVerifierOptions, passkeyVerifier } from 'countersign/passkeys'
import { type VirtualPasskey, type VirtualPasskeyOptions, virtualPasskey } from 'countersign/testing'
import type { StoredPasskey, UserRecord } from '../../src/engine/record.ts'
import type { WatchedStore } from '../watched-store.ts'
import { createWorld, PASSWORD, type World } from '../world.ts'

export const SITE = { rpId: 'acme.example', origin: 'https://acme.example' }
export const proof = { password: PASSWORD }
export const wrongPasskey = { ok: false, reason: 'wrong-passkey', retryAfterSeconds: null }

export function verifier(options: Partial<PasskeyVerifierOptions> = {}) {
  return passkeyVerifier({ webauthn, rpId: SITE.rpId, ...options })
}

/** A backend with passkeys. */
export function passkeyWorld(given: Partial<TwoFactorOptions> & { store?: WatchedStore } = {}): World {
  return createWorld({ passkeys: verifier(), ...given })
}

export interface Registered extends VirtualPasskey {
  authenticatorId: string
  recoveryCodes: string[]
}

/** A passkey of this user's, with nothing counted or heard of how it came. */
export async function addPasskey(
  world: World,
  userId = 'ann',
  { name, replaces, ...options }: Partial<VirtualPasskeyOptions> & { name?: string; replaces?: string } = {},
): Promise<Registered> {
  const begun = await world.twoFactor.beginSetup(userId, {
    type: 'passkey',
    proof,
    accountName: userId,
    name,
    replaces,
  })
  if (!begun.ok) throw new Error(`The setup did not begin: ${begun.reason}`)
  const passkey = virtualPasskey({ ...SITE, ...options })
  const created = await passkey.create(begun.options)
  const confirmed = await world.twoFactor.confirmSetup(userId, { token: begun.token, passkey: created })
  if (!confirmed.ok) throw new Error(`The setup was not confirmed: ${confirmed.reason}`)
  world.store.forget()
  world.heard()
  const { authenticatorId, recoveryCodes = [] } = confirmed
  return Object.assign(passkey, { authenticatorId, recoveryCodes })
}

/** A sign-in that asks for the second step; fails where none is asked for. */
export async function challenged(
  world: World,
  userId = 'ann',
): Promise<Extract<ChallengeResult, { passed: false }> & { passkey: PasskeyRequestOptions | null }> {
  const challenge = await world.twoFactor.challenge(userId, { amr: ['pwd'] })
  if (challenge.passed) throw new Error(`No second step is required: ${challenge.because}`)
  return challenge
}

/** What `beginStepUp` returned. */
export async function steppingUp(world: World, userId = 'ann') {
  const begun = await world.twoFactor.beginStepUp(userId)
  if (!begun.ok) throw new Error(`No step-up: ${begun.reason}`)
  return begun
}

export function passkeysIn(record: UserRecord | null): StoredPasskey[] {
  return (record?.authenticators ?? []).filter((one) => one.type === 'passkey')
}

/** A passkey as a record holds it. */
export function storedPasskey(given: Partial<StoredPasskey>): StoredPasskey {
  return {
    id: 'one',
    type: 'passkey',
    name: '',
    credentialId: 'AAAA',
    rpId: 'acme.example',
    transports: [],
    sealed: 'k1.sealed',
    counter: 0,
    backupEligible: false,
    backedUp: false,
    createdAtMs: 0,
    lastUsedAtMs: null,
    counterToldAtMs: null,
    ...given,
  }
}

/** In the shape of a verifier; it verifies nothing. */
export const shapeOfVerifier = {
  rpId: 'acme.example',
  userVerification: 'required',
  algorithms: [-7],
  verifyRegistration: () => null,
  verifyAssertion: () => null,
}

/** The same credential offered for another setup: nothing signs a registration without attestation. */
export function sameAgain(
  created: RegistrationResponseJson,
  { challenge }: PasskeyCreationOptions,
): RegistrationResponseJson {
  const clientData = { type: 'webauthn.create', challenge, origin: SITE.origin, crossOrigin: false }
  const clientDataJSON = Buffer.from(JSON.stringify(clientData)).toString('base64url')
  return { ...created, response: { ...created.response, clientDataJSON } }
}

/** In the right shape, and of nobody. */
export const nobodys = {
  id: 'cGFzc2tleQ',
  rawId: 'cGFzc2tleQ',
  response: { clientDataJSON: 'e30', authenticatorData: 'AA', signature: 'AA', attestationObject: 'AA' },
  type: 'public-key' as const,
  clientExtensionResults: {},
}
