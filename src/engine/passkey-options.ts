import { sha256 } from '@noble/hashes/sha2.js'
import { encodeBase64Url } from '../encoding/base64url.ts'
import { utf8Bytes } from '../encoding/utf8.ts'
import { passkeysOf, remaining, usablePasskeys } from './authenticators.ts'
import type { Core } from './core.ts'
import type {
  PasskeyCreationOptions,
  PasskeyDescriptor,
  PasskeyRequestOptions,
  PasskeyTransport,
  PasskeyVerifier,
} from './passkey.ts'
import type { StoredPasskey, UserRecord } from './record.ts'

/** WebAuthn Level 3 §15.1 recommends five to ten minutes; a challenge is valid for five. */
const TIMEOUT_MS = 300_000

/**
 * What a passkey signs for a token. Nothing is stored: the token is sealed, fresh and used once, and so is this. 32
 * bytes as base64url.
 */
export function webauthnChallenge(token: string): string {
  return encodeBase64Url(sha256(utf8Bytes(`countersign/1 webauthn ${token}`)))
}

/** What a browser needs to ask for one of the user's passkeys; null if none can be used. */
export function requestOptions(core: Core, record: UserRecord, token: string): PasskeyRequestOptions | null {
  const usable = usablePasskeys(core, record)
  if (core.passkeys === undefined || usable.length === 0) return null
  const { rpId, userVerification } = core.passkeys
  return {
    challenge: webauthnChallenge(token),
    rpId,
    timeout: TIMEOUT_MS,
    userVerification,
    allowCredentials: usable.map(descriptor),
  }
}

/** What a browser needs to create a passkey. Those that the user keeps are excluded. */
export function creationOptions(
  { issuer, rpName = issuer }: { issuer: string; rpName?: string | undefined },
  { rpId, userVerification, algorithms }: PasskeyVerifier,
  record: UserRecord,
  { token, accountName, replaces }: { token: string; accountName: string; replaces: readonly string[] },
): PasskeyCreationOptions {
  const staying = passkeysOf({ authenticators: remaining(record, replaces) })
  return {
    challenge: webauthnChallenge(token),
    rp: { id: rpId, name: rpName },
    user: { id: record.userHandle ?? '', name: accountName, displayName: accountName },
    pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
    timeout: TIMEOUT_MS,
    attestation: 'none',
    excludeCredentials: staying.filter((one) => one.rpId === rpId).map(descriptor),
    authenticatorSelection: { residentKey: 'discouraged', requireResidentKey: false, userVerification },
  }
}

function descriptor({ credentialId, transports }: StoredPasskey): PasskeyDescriptor {
  const known: PasskeyTransport[] = [...transports]
  return { id: credentialId, type: 'public-key', ...(known.length === 0 ? {} : { transports: known }) }
}
