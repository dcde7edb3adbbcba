import type {
  AuthenticationResponseJson,
  PasskeyCreationOptions,
  PasskeyRequestOptions,
  RegistrationResponseJson,
} from '../../engine/passkey.ts'
import type { Refused } from '../scope.ts'
import { problemOf } from './problems.ts'

/*
 * The browser's side of WebAuthn. Browsers convert between JSON and bytes themselves (WebAuthn Level 3 §5.1.8): Firefox since
 * 119, Chromium since 129, Safari since 18.4. In older ones the elements offer no passkeys.
 */

type Answer<Response> = { ok: true; passkey: Response } | Refused

/** False in old browsers, and in any browser on a page that is neither https nor localhost. */
export const hasPasskeys = (): boolean =>
  typeof globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON === 'function' &&
  globalThis.navigator?.credentials !== undefined

/** Creates a passkey. */
export const createPasskey = (
  options: PasskeyCreationOptions,
  signal: AbortSignal,
): Promise<Answer<RegistrationResponseJson>> =>
  attempt(options, async () => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options)
    return jsonOf<RegistrationResponseJson>(await navigator.credentials.create({ publicKey, signal }))
  })

/** Signs with one of the person's passkeys. */
export const signWithPasskey = (
  options: PasskeyRequestOptions,
  signal: AbortSignal,
): Promise<Answer<AuthenticationResponseJson>> =>
  attempt(options, async () => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options)
    return jsonOf<AuthenticationResponseJson>(await navigator.credentials.get({ publicKey, signal }))
  })

/** Missing in TypeScript's own types (WebAuthn Level 3 §5.1.10). */
interface Signals {
  signalUnknownCredential?: (options: { rpId: string; credentialId: string }) => Promise<void>
}

/** Tells the browser that a passkey is no longer accepted, so that it stops offering it. Older browsers ignore it. */
export async function forgetPasskey(rpId: string, credentialId: string): Promise<void> {
  try {
    await (PublicKeyCredential as Signals).signalUnknownCredential?.({ rpId, credentialId })
  } catch {
    // It was removed anyway; a browser without passkeys has none to forget.
  }
}

async function attempt<Response>(
  { timeout }: { timeout: number },
  ask: () => Promise<Response | null>,
): Promise<Answer<Response>> {
  const refused = (reason: Refused['reason']): Refused => ({ ok: false, reason, retryAfterSeconds: null })
  if (!hasPasskeys()) return refused('passkey-not-supported')
  const startedMs = performance.now()
  try {
    const passkey = await ask()
    return passkey === null ? refused('passkey-canceled') : { ok: true, passkey }
  } catch (fault) {
    return refused(problemOf(fault, { tookMs: performance.now() - startedMs, timeout }))
  }
}

const jsonOf = <Response>(credential: Credential | null): Response | null =>
  credential instanceof PublicKeyCredential ? (credential.toJSON() as Response) : null
