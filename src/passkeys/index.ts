export type {
  AssertionVerdict,
  PasskeyCause,
  PasskeyVerifier,
  RegistrationVerdict,
  UserVerification,
} from '../engine/passkey.ts'
export type { PasskeyVerifierOptions, WebAuthnLibrary } from './options.ts'
export { passkeyVerifier } from './verifier.ts'
