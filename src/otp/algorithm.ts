import { invalidOption } from '../options/invalid-option.ts'

/** The hash under the HMAC (RFC 6238 §1.2). Apps that support only one support SHA1. */
export type OtpAlgorithm = 'SHA1' | 'SHA256' | 'SHA512'

export const DEFAULT_ALGORITHM: OtpAlgorithm = 'SHA1'

export function algorithmOption(given: OtpAlgorithm | undefined, field = 'algorithm'): OtpAlgorithm {
  if (given === undefined) return DEFAULT_ALGORITHM
  if (given === 'SHA1' || given === 'SHA256' || given === 'SHA512') return given
  throw invalidOption(field, given, `'SHA1', 'SHA256' or 'SHA512'`)
}
