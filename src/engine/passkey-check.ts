import { ownBytes } from '../encoding/bytes.ts'
import { equalText } from '../encoding/equal.ts'
import { hookInvalid } from '../options/hooks.ts'
import { readName } from '../options/text.ts'
import { usablePasskeys } from './authenticators.ts'
import type { Core } from './core.ts'
import type { AssertionVerdict, PasskeyCause, PasskeyTransport, RegistrationVerdict } from './passkey.ts'
import { openPublicKey, sealCredential } from './passkey-credential.ts'
import { webauthnChallenge } from './passkey-options.ts'
import { readAssertionResponse, readRegistrationResponse } from './passkey-response.ts'
import type { UserRecord } from './record.ts'

/*
 * Checks the slow part of a passkey, its signature, once before the transaction. The transaction then checks what that
 * relied on: the passkey still exists, the token is still unused, and the counter.
 */

/** A passkey's response after its signature was verified, or why it was refused. */
export type CheckedAssertion =
  | {
      ok: true
      authenticatorId: string
      credentialId: string
      counter: number
      backupEligible: boolean
      backedUp: boolean
    }
  | { ok: false; cause: PasskeyCause; authenticatorId?: string }

/** @param token the challenge's or step-up's, for which the browser's options were made */
export async function checkAssertion(
  core: Core,
  userId: string,
  record: UserRecord,
  token: string,
  given: unknown,
): Promise<CheckedAssertion> {
  const response = readAssertionResponse(given)
  if (response === null) return { ok: false, cause: 'malformed' }
  const stored = usablePasskeys(core, record).find(({ credentialId }) => credentialId === response.id)
  const { userHandle } = response.response
  // WebAuthn Level 3 §7.2 step 6: a user handle, if present, must be this user's.
  const isTheirs = userHandle === undefined || equalText(userHandle, record.userHandle ?? '')
  if (core.passkeys === undefined || stored === undefined || !isTheirs)
    return { ok: false, cause: 'unknown-credential' }

  const publicKey = openPublicKey(core.vault, userId, stored)
  const credential = { id: stored.credentialId, publicKey }
  const challenge = webauthnChallenge(token)
  const verdict: AssertionVerdict = await core.passkeys.verifyAssertion({ response, challenge, credential })
  checkVerdict('verifyAssertion', verdict)
  const authenticatorId = stored.id
  if (!verdict.ok) return { ok: false, cause: verdict.cause, authenticatorId }
  const { counter, backupEligible, backedUp } = verdict
  return { ok: true, authenticatorId, credentialId: stored.credentialId, counter, backupEligible, backedUp }
}

/** A new passkey after its registration was verified, or why it was refused. */
export type CheckedRegistration =
  | {
      ok: true
      credentialId: string
      rpId: string
      /** The credential id and the public key, sealed for the user. */
      sealed: string
      transports: readonly PasskeyTransport[]
      counter: number
      backupEligible: boolean
      backedUp: boolean
      suggestedName: string
    }
  | { ok: false; cause: PasskeyCause }

/** @param token the setup's, for which the browser's options were made */
export async function checkRegistration(
  { passkeys, vault }: Core,
  userId: string,
  token: string,
  given: unknown,
): Promise<CheckedRegistration> {
  const response = readRegistrationResponse(given)
  if (response === null) return { ok: false, cause: 'malformed' }
  if (passkeys === undefined) return { ok: false, cause: 'unknown-credential' }
  const challenge = webauthnChallenge(token)
  const verdict: RegistrationVerdict = await passkeys.verifyRegistration({ response, challenge })
  checkVerdict('verifyRegistration', verdict)
  if (!verdict.ok) return { ok: false, cause: verdict.cause }
  const { credentialId, publicKey, counter, backupEligible, backedUp, suggestedName } = verdict
  const key = ownBytes(publicKey)
  if (key === null || key.length === 0 || key.length > MAX_PUBLIC_KEY) {
    throw hookInvalid(VERIFY_REGISTRATION, publicKey, `publicKey as a Uint8Array of 1 to ${MAX_PUBLIC_KEY} bytes`)
  }
  if (credentialId !== response.id) return { ok: false, cause: 'malformed' }
  return {
    ok: true,
    credentialId,
    rpId: passkeys.rpId,
    sealed: sealCredential(vault, userId, credentialId, key),
    transports: (response.response.transports ?? []) as PasskeyTransport[],
    counter,
    backupEligible,
    backedUp,
    suggestedName: readName(suggestedName) ?? '',
  }
}

/** A 4096-bit RSA key takes 530. A larger one could not be read from the record again. */
const MAX_PUBLIC_KEY = 768
const VERIFY_REGISTRATION = 'passkeys.verifyRegistration'
const CAUSES: Readonly<Record<PasskeyCause, true>> = {
  origin: true,
  'rp-id': true,
  challenge: true,
  'user-verification': true,
  signature: true,
  malformed: true,
  'cross-origin': true,
  counter: true,
  'unknown-credential': true,
}
const ALLOWED = '{ ok: true, counter, backupEligible, backedUp, … } or { ok: false, cause }'

/** A host may write its own verifier. */
function checkVerdict(name: 'verifyAssertion' | 'verifyRegistration', verdict: unknown): void {
  const hook = `passkeys.${name}`
  if (typeof verdict !== 'object' || verdict === null || !('ok' in verdict)) throw hookInvalid(hook, verdict, ALLOWED)
  const { ok, cause, counter, backupEligible, backedUp } = verdict as Record<string, unknown>
  if (ok === false && typeof cause === 'string' && Object.hasOwn(CAUSES, cause)) return
  const isCounter = typeof counter === 'number' && Number.isSafeInteger(counter) && counter >= 0
  if (ok === true && isCounter && typeof backupEligible === 'boolean' && typeof backedUp === 'boolean') return
  throw hookInvalid(hook, verdict, ALLOWED, 'A field is missing or of the wrong type.')
}
