import { readFileSync } from 'node:fs'
import type { AuthenticationResponseJson, RegistrationResponseJson } from '../../src/engine/passkey.ts'

/** One credential of Web Authentication Level 3 §16: its registration and an assertion with it, all in base64url. */
export interface Vector {
  name: string
  id: string
  registration: { challenge: string; clientDataJSON: string; attestationObject: string }
  assertion: { challenge: string; clientDataJSON: string; authenticatorData: string; signature: string }
}

export const VECTORS: Vector[] = read('webauthn').vectors

/** A registration whose certificates name the addresses of revocation lists. */
export const NAMING_ADDRESSES: Vector['registration'] & { id: string; root: string } =
  read('attestation-naming-addresses')

function read(name: string) {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'))
}

export function registrationOf({
  id,
  registration: { clientDataJSON, attestationObject },
}: Pick<Vector, 'id' | 'registration'>): RegistrationResponseJson {
  return { ...shell(id), response: { clientDataJSON, attestationObject, transports: [] } }
}

export function assertionOf({
  id,
  assertion: { clientDataJSON, authenticatorData, signature },
}: Pick<Vector, 'id' | 'assertion'>): AuthenticationResponseJson {
  return { ...shell(id), response: { clientDataJSON, authenticatorData, signature } }
}

function shell(id: string) {
  return { id, rawId: id, type: 'public-key', clientExtensionResults: {} } as const
}
