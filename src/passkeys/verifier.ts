import { decodeBase64Url } from '../encoding/base64url.ts'
import type { AssertionVerdict, PasskeyCause, PasskeyVerifier, RegistrationVerdict } from '../engine/passkey.ts'
import { readAttestation } from './attestation.ts'
import { readAuthenticatorData } from './authenticator-data.ts'
import { clientDataFault } from './client-data.ts'
import { passkeyName } from './names.ts'
import { type PasskeyVerifierOptions, readOptions } from './options.ts'
import { algorithmOf } from './public-key.ts'

/**
 * Verifies passkeys and security keys with @simplewebauthn/server, which you pass in: it brings 26 packages, so only
 * those who use passkeys load them. Origin, rpId, challenge, flags, attestation format and algorithm are checked before
 * the library is called, so no response makes it fetch anything.
 *
 * @throws CountersignError `invalid_option` naming the option
 * @example
 * import * as webauthn from '@simplewebauthn/server'
 *
 * const twoFactor = createTwoFactor({
 *   …,
 *   passkeys: passkeyVerifier({ webauthn, rpId: 'acme.example', origins: ['https://app.acme.example'] }),
 * })
 */
export function passkeyVerifier(options: PasskeyVerifierOptions): PasskeyVerifier {
  const { webauthn, rpId, rpName, origins, userVerification, algorithms } = readOptions(options)
  const isVerificationRequired = userVerification === 'required'
  const site = { rpId, isVerificationRequired }
  /** Passed to the library in both ceremonies. It repeats the checks made here. */
  const expected = {
    expectedOrigin: [...origins],
    expectedRPID: rpId,
    requireUserVerification: isVerificationRequired,
  }

  return {
    rpId,
    rpName,
    userVerification,
    algorithms,

    async verifyRegistration({ response, challenge }): Promise<RegistrationVerdict> {
      const { clientDataJSON, attestationObject } = response.response
      const fault = clientDataFault(clientDataJSON, { type: 'webauthn.create', challenge, origins })
      if (fault !== null) return refused(fault)
      const attestation = readAttestation(attestationObject)
      if (attestation === null) return refused('malformed')
      const data = readAuthenticatorData(attestation.authenticatorData, site)
      if (typeof data === 'string') return refused(data)
      const given = { response, expectedChallenge: challenge, ...expected, supportedAlgorithmIDs: [...algorithms] }
      const found = await ask<RegistrationInfo>(
        () => webauthn.verifyRegistrationResponse(given as never),
        'registrationInfo',
      )
      if (found === null || found.fmt !== attestation.fmt) return refused('signature')
      const { id, publicKey } = found.credential
      const bytes = new Uint8Array(publicKey)
      const alg = algorithmOf(bytes)
      // WebAuthn Level 3 §8.2: a self-signed statement uses the algorithm of the key.
      const isSigned = attestation.alg === null || attestation.alg === alg
      if (!algorithms.some((one) => one === alg) || !isSigned) return refused('malformed')
      return { ok: true, credentialId: id, publicKey: bytes, ...data, suggestedName: passkeyName(found.aaguid) }
    },

    async verifyAssertion({ response, challenge, credential }): Promise<AssertionVerdict> {
      const { clientDataJSON, authenticatorData } = response.response
      const fault = clientDataFault(clientDataJSON, { type: 'webauthn.get', challenge, origins })
      if (fault !== null) return refused(fault)
      const bytes = decodeBase64Url(authenticatorData)
      if (bytes === null) return refused('malformed')
      const data = readAuthenticatorData(bytes, site)
      if (typeof data === 'string') return refused(data)
      const given = {
        response,
        expectedChallenge: challenge,
        ...expected,
        // With 0 the library compares no counters: the engine does, after the signature was verified.
        credential: { id: credential.id, publicKey: new Uint8Array(credential.publicKey), counter: 0 },
      }
      const found = await ask(() => webauthn.verifyAuthenticationResponse(given as never), 'authenticationInfo')
      return found === null ? refused('signature') : { ok: true, ...data }
    },
  }
}

/** The part of the library's registration result that is used. */
interface RegistrationInfo {
  fmt: string
  aaguid: string
  credential: { id: string; publicKey: Uint8Array }
}

/** Null if it did not verify: for most invalid responses, the library throws. */
async function ask<Info extends object>(verify: () => Promise<unknown>, field: string): Promise<Info | null> {
  try {
    const result = (await verify()) as Record<string, unknown>
    const info = result['verified'] === true ? result[field] : null
    return typeof info === 'object' ? (info as Info | null) : null
  } catch {
    return null
  }
}

function refused(cause: PasskeyCause): { ok: false; cause: PasskeyCause } {
  return { ok: false, cause }
}
