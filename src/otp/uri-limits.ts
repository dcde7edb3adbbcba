/** UTF-16 units of an issuer or account name. */
export const MAX_NAME = 255
/** Characters of a whole otpauth URI: room for two names of any script, percent-encoded. */
export const MAX_URI = 8192
export const MAX_IMAGE = 2048

export function isHttpsUrl(text: string): boolean {
  try {
    return new URL(text).protocol === 'https:'
  } catch {
    return false
  }
}
