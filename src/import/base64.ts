import { decodeBase64Url } from '../encoding/base64url.ts'

/** The bytes of base64 text (RFC 4648 §4), with or without padding; null for anything else. */
export function decodeBase64(text: string): Uint8Array | null {
  const [, body = '', padding = ''] = /^([0-9A-Za-z+/]*)(={0,2})$/.exec(text) ?? [undefined, '?']
  if (padding !== '' && (body.length + padding.length) % 4 !== 0) return null
  return decodeBase64Url(body.replaceAll('+', '-').replaceAll('/', '_'))
}
