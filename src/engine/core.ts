import type { OtpAlgorithm } from '../otp/index.ts'
import type { RecoveryCodesKept } from '../recovery-codes/keep.ts'
import type { InFlight } from './in-flight.ts'
import type { PasskeyVerifier } from './passkey.ts'
import type { Shell } from './transact.ts'

/** The kinds of proof that a backend may accept for sensitive operations. */
export const PROOF_KINDS = ['password', 'code', 'reauthenticated'] as const
/** One of the kinds of proof: see `acceptedProofs`. */
export type ProofKind = (typeof PROOF_KINDS)[number]

/** Whether a user must have two-factor authentication: now, never, or from a time on (Unix milliseconds). */
export type RequiredAnswer = boolean | { fromMs: number }
type RequiredHook = (userId: string) => RequiredAnswer | Promise<RequiredAnswer>

/** The options of createTwoFactor, checked, with defaults. */
export interface Core extends Shell {
  issuer: string
  totp: { algorithm: OtpAlgorithm; digits: number; periodSeconds: number; window: number; secretBytes: number }
  recoveryCodes: { keep: RecoveryCodesKept; count: number }
  /** For how many days a device can be trusted; null: no device is. */
  trustDeviceDays: number | null
  acceptedProofs: readonly ProofKind[]
  verifyPassword: ((userId: string, password: string) => boolean | Promise<boolean>) | undefined
  /** The running calls of `verifyPassword`. */
  passwordChecks: InFlight
  isRequired: RequiredHook | undefined
  verifyImportedCode: ((typed: string, hash: string) => boolean | Promise<boolean>) | undefined
  /** The running comparisons of imported codes. */
  importedChecks: InFlight
  /** Without it no passkey can be added or used. */
  passkeys: PasskeyVerifier | undefined
}
