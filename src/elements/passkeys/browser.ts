import type {
  AuthenticationResponseJson,
  PasskeyCreationOptions,
  PasskeyDescriptor,
  PasskeyRequestOptions,
  RegistrationResponseJson,
} from '../../engine/passkey.ts'
import type { Refused } from '../scope.ts'
import { problemOf } from './problems.ts'

/*
 * The browser's side of WebAuthn. Options and responses are converted here and not by `parseRequestOptionsFromJSON` and
 * `toJSON`, which many browsers in use do not have.
 */

type Answer<Response> = { ok: true; passkey: Response } | Refused

/** False in old browsers, and in any browser on a page that is neither https nor localhost. */
export const hasPasskeys = (): boolean =>
  globalThis.PublicKeyCredential !== undefined && globalThis.navigator?.credentials !== undefined

/** Makes a passkey. */
export const createPasskey = (
  options: PasskeyCreationOptions,
  signal: AbortSignal,
): Promise<Answer<RegistrationResponseJson>> =>
  attempt(options, async () => {
    const { challenge, user, excludeCredentials } = options
    const publicKey = {
      ...options,
      challenge: bytes(challenge),
      user: { ...user, id: bytes(user.id) },
      excludeCredentials: excludeCredentials.map(descriptor),
    }
    return answerOf(await navigator.credentials.create({ publicKey, signal }), (response) =>
      response instanceof AuthenticatorAttestationResponse
        ? { attestationObject: text(response.attestationObject), transports: response.getTransports?.() ?? [] }
        : null,
    )
  })

/** Signs with one of the person's passkeys. */
export const signWithPasskey = (
  options: PasskeyRequestOptions,
  signal: AbortSignal,
): Promise<Answer<AuthenticationResponseJson>> =>
  attempt(options, async () => {
    const { challenge, allowCredentials } = options
    const publicKey = {
      ...options,
      challenge: bytes(challenge),
      allowCredentials: allowCredentials.map(descriptor),
    }
    return answerOf(await navigator.credentials.get({ publicKey, signal }), (response) =>
      response instanceof AuthenticatorAssertionResponse
        ? { authenticatorData: text(response.authenticatorData), signature: text(response.signature) }
        : null,
    )
  })

/** Tells the browser that a passkey is not accepted any more, so that it stops offering it. Browsers without this ignore it. */
export async function forgetPasskey(rpId: string, credentialId: string): Promise<void> {
  const signal: unknown = Reflect.get(globalThis.PublicKeyCredential ?? {}, 'signalUnknownCredential')
  if (typeof signal !== 'function') return
  try {
    await signal.call(PublicKeyCredential, { rpId, credentialId })
  } catch {
    // It was removed all the same.
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

function answerOf<Fields extends object>(
  credential: Credential | null,
  fieldsOf: (response: AuthenticatorResponse) => Fields | null,
) {
  if (!(credential instanceof PublicKeyCredential)) return null
  const { id, response } = credential
  const fields = fieldsOf(response)
  return (
    fields && {
      id,
      rawId: id,
      type: 'public-key' as const,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: { clientDataJSON: text(response.clientDataJSON), ...fields },
    }
  )
}

/** `atob` and `btoa` are smaller than what the engine has, and these bytes are no secrets. */
const bytes = (base64Url: string) =>
  Uint8Array.from(atob(base64Url.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))
const text = (buffer: ArrayBuffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

function descriptor({ id, type, transports }: PasskeyDescriptor): PublicKeyCredentialDescriptor {
  // TypeScript's list of transports is shorter than the specification's.
  return { id: bytes(id), type, ...(transports && { transports: transports as AuthenticatorTransport[] }) }
}
