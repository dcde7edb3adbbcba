export type { OtpAlgorithm } from './algorithm.ts'
export { decodeBase32, encodeBase32 } from './base32.ts'
export { buildOtpauthUri, type OtpauthUriOptions } from './build-uri.ts'
export {
  type GenerateHotpOptions,
  generateHotp,
  type OtpOptions,
  type VerifyHotpOptions,
  type VerifyHotpResult,
  verifyHotp,
} from './hotp.ts'
export { type OtpauthUri, parseOtpauthUri } from './parse-uri.ts'
export { generateSecret } from './secret.ts'
export {
  type GenerateTotpOptions,
  generateTotp,
  type VerifyTotpOptions,
  type VerifyTotpResult,
  verifyTotp,
} from './totp.ts'
