import type { AuthenticationResponseJson, RegistrationResponseJson } from 'countersign'
import type { VirtualPasskey } from 'countersign/testing'
import { SITE } from './world.ts'

/*
 * Both ceremonies without a backend: what is given to a verifier alone.
 */

export const challenge = 'Y2hhbGxlbmdl'.repeat(4).slice(0, 43)

export function registrationFor(passkey: VirtualPasskey): Promise<RegistrationResponseJson> {
  return passkey.create({
    challenge,
    rp: { id: SITE.rpId, name: 'Acme' },
    user: { id: 'YW5u', name: 'ann', displayName: 'ann' },
    pubKeyCredParams: [],
    timeout: 60_000,
    attestation: 'none',
    excludeCredentials: [],
    authenticatorSelection: { residentKey: 'discouraged', requireResidentKey: false, userVerification: 'preferred' },
  })
}

export function assertionFor(passkey: VirtualPasskey): Promise<AuthenticationResponseJson> {
  return passkey.get({
    challenge,
    rpId: SITE.rpId,
    timeout: 60_000,
    userVerification: 'preferred',
    allowCredentials: [{ id: passkey.id, type: 'public-key' }],
  })
}

/** Base64url of JSON. */
export function json(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
