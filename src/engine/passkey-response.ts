import { decodeBase64Url } from '../encoding/base64url.ts'
import type { AuthenticationResponseJson, PasskeyTransport, RegistrationResponseJson } from './passkey.ts'

/** Characters of all texts read from a response; `rawId` repeats the id. Enough for the longest id and an RSA key. */
const MAX_RESPONSE = 4096
/** WebAuthn Level 3 §4: a credential id has at most 1023 bytes, here in base64url. */
export const MAX_CREDENTIAL_ID = 1364
/** WebAuthn Level 3 §5.4.3: 64 bytes, here in base64url. */
export const MAX_USER_HANDLE = 86
const MAX_TRANSPORTS = 8
const BASE64URL = /^[A-Za-z0-9_-]+$/

const TRANSPORTS: readonly PasskeyTransport[] = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']

/** Whether a passkey was sent, in any shape. A page without one may send null. */
export function isPasskey(passkey: unknown): boolean {
  return passkey !== undefined && passkey !== null
}

/** The response of a sign-in with only the fields that are used, or null if it is too long or in another shape. */
export function readAssertionResponse(given: unknown): AuthenticationResponseJson | null {
  const credential = readCredential(given)
  if (credential === null) return null
  const { id, response } = credential
  const { clientDataJSON, authenticatorData, signature, userHandle = null } = response
  const texts = [id, clientDataJSON, authenticatorData, signature]
  if (!areShort(texts)) return null
  const [, clientData = '', authenticator = '', signed = ''] = texts
  const isHandle =
    userHandle === null || userHandle === '' || (isBase64Url(userHandle) && userHandle.length <= MAX_USER_HANDLE)
  if (!isHandle) return null
  return {
    ...shell(id),
    response: {
      clientDataJSON: clientData,
      authenticatorData: authenticator,
      signature: signed,
      ...(userHandle === null || userHandle === '' ? {} : { userHandle }),
    },
  }
}

/** The response of a registration with only the fields that are used, or null if it is too long or in another shape. */
export function readRegistrationResponse(given: unknown): RegistrationResponseJson | null {
  const credential = readCredential(given)
  if (credential === null) return null
  const { id, response } = credential
  const texts = [id, response['clientDataJSON'], response['attestationObject']]
  if (!areShort(texts)) return null
  const [, clientDataJSON = '', attestationObject = ''] = texts
  return {
    ...shell(id),
    response: { clientDataJSON, attestationObject, transports: readTransports(response['transports']) },
  }
}

/** The known ones: a browser may name others, or none. */
export function readTransports(transports: unknown): PasskeyTransport[] {
  if (!Array.isArray(transports) || transports.length > MAX_TRANSPORTS) return []
  return TRANSPORTS.filter((transport) => transports.includes(transport))
}

function shell(id: string) {
  return { id, rawId: id, type: 'public-key', clientExtensionResults: {} } as const
}

function readCredential(given: unknown): { id: string; response: Record<string, unknown> } | null {
  if (!isObject(given)) return null
  const { id, rawId, type, response } = given
  if (type !== 'public-key' || !isCredentialId(id) || rawId !== id) return null
  return isObject(response) ? { id, response } : null
}

/** In canonical base64url, since ids are compared as text. */
function isCredentialId(id: unknown): id is string {
  return isBase64Url(id) && id.length <= MAX_CREDENTIAL_ID && decodeBase64Url(id) !== null
}

function areShort(texts: unknown[]): texts is string[] {
  let length = 0
  return texts.every((text) => {
    if (typeof text !== 'string') return false
    length += text.length
    return length <= MAX_RESPONSE && isBase64Url(text)
  })
}

function isBase64Url(text: unknown): text is string {
  return typeof text === 'string' && text.length <= MAX_RESPONSE && BASE64URL.test(text)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
