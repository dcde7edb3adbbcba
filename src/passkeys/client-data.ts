import { decodeBase64Url } from '../encoding/base64url.ts'
import { equalText } from '../encoding/equal.ts'
import { utf8Text } from '../encoding/utf8.ts'
import type { PasskeyCause } from '../engine/passkey.ts'

/** What the browser must say about a ceremony: which page asked, and for what. */
interface Expected {
  type: 'webauthn.create' | 'webauthn.get'
  challenge: string
  origins: readonly string[]
}

/**
 * WebAuthn Level 3 §7.1 steps 5 to 12, §7.2 steps 7 to 13. A frame inside another site must not ask for a passkey,
 * since the user does not see for whom they sign.
 */
export function clientDataFault(clientDataJson: string, { type, challenge, origins }: Expected): PasskeyCause | null {
  const clientData = readClientData(clientDataJson)
  if (clientData === null || clientData['type'] !== type) return 'malformed'
  if (typeof clientData['challenge'] !== 'string' || !equalText(clientData['challenge'], challenge)) return 'challenge'
  const { origin, crossOrigin = false, topOrigin } = clientData
  if (!origins.some((allowed) => allowed === origin)) return 'origin'
  return crossOrigin !== false || topOrigin !== undefined ? 'cross-origin' : null
}

/** Null if it is not JSON. Other values than an object, such as a list, have no `type`, so the caller refuses them. */
function readClientData(clientDataJson: string): Record<string, unknown> | null {
  const bytes = decodeBase64Url(clientDataJson)
  try {
    return bytes && JSON.parse(utf8Text(bytes))
  } catch {
    return null
  }
}
