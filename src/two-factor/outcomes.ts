import type { ConfirmReason } from '../engine/confirm.ts'
import type { ConfirmKind } from '../engine/core.ts'
import type { Device } from '../engine/devices.ts'
import type { Method, SecurityChange } from '../engine/events.ts'
import type { Refusal } from '../engine/refusal.ts'
import type { CodeReason } from '../engine/second-step.ts'
import type { SetupOffer } from '../engine/setup.ts'
import type { Gate } from '../engine/throttle.ts'
import type { JsonValue } from '../engine/tokens.ts'

/** What a challenge token can meet. */
export type ChallengeReason = 'challenge-expired' | 'challenge-used'

/** Whether a second step is needed, and the token for it. */
export type Challenge =
  | { required: false; because: 'not-enabled' | 'trusted-device' }
  | {
      required: true
      /** `setup`: this user must have two-factor authentication and has none yet. */
      action: 'code' | 'setup'
      token: string
      expiresAtMs: number
      /** What would be looked at now. */
      methods: Method[]
    }

/** On success: who signed in, how, and what to keep in this browser. */
export type CompleteChallengeResult =
  | {
      ok: true
      userId: string
      method: Method
      recoveryCodesLeft: number
      device: Device
      /** What the host gave to `challenge`; null if nothing. */
      state: JsonValue
      /** Present when this sign-in also finished a required set-up. */
      recoveryCodes?: string[]
    }
  | Refusal<CodeReason | ChallengeReason | 'setup-expired'>

/** On success: how the step was passed, and a fresh device token. */
export type VerifyResult =
  | { ok: true; method: Method; recoveryCodesLeft: number; device: Device }
  | Refusal<CodeReason | 'not-enabled'>

/** The new secret, or why there is none. */
export type BeginSetupResult = SetupOffer | Refusal<ConfirmReason | 'limit-reached' | 'not-found'>

/** The new secret, or why there is none. */
export type BeginRequiredSetupResult = SetupOffer | Refusal<ChallengeReason>

/** On success: the authenticator that is active now. */
export type ConfirmSetupResult =
  | {
      ok: true
      authenticatorId: string
      /** For this browser, which has just passed the second step. */
      device: Device
      /** Present when this set-up made the recovery codes. */
      recoveryCodes?: string[]
    }
  | Refusal<'wrong-code' | 'setup-expired' | 'limit-reached'>

/** What a settings page shows. Holds no secret. */
export interface Status {
  enabled: boolean
  /** The host's `isRequired` says that this user must have it. */
  required: boolean
  enabledAtMs: number | null
  authenticators: {
    id: string
    name: string
    type: 'totp'
    createdAtMs: number
    lastUsedAtMs: number | null
    /** Imported with a secret below 128 bits: better replaced. */
    weak: boolean
  }[]
  pendingSetup: { name: string; expiresAtMs: number } | null
  recoveryCodes: { total: number; left: number; createdAtMs: number | null; viewable: boolean }
  trustedDevices: { id: string; name: string; createdAtMs: number; expiresAtMs: number }[]
  throttle: {
    knownDevices: Gate
    strangers: Gate
    recoveryCodes: Gate
    passwords: Gate
  }
  changes: SecurityChange[]
  /** The kinds of `confirm` that would be accepted from this user now. */
  confirmWith: ConfirmKind[]
}

/** The proof held, or why not. */
export type ConfirmResult = { ok: true } | Refusal<ConfirmReason>

/** The codes in their order, and when each was used (Unix milliseconds; null: still good). */
export type ViewRecoveryCodesResult =
  | { ok: true; recoveryCodes: { code: string; usedAtMs: number | null }[]; createdAtMs: number }
  | Refusal<ConfirmReason | 'not-enabled' | 'not-viewable'>
/** The new codes. The old ones are dead. */
export type RegenerateRecoveryCodesResult =
  | { ok: true; recoveryCodes: string[] }
  | Refusal<ConfirmReason | 'not-enabled'>

/** Renamed, or why not. */
export type RenameAuthenticatorResult = { ok: true } | Refusal<'not-enabled' | 'not-found'>
/** Removed, or why not. */
export type RemoveAuthenticatorResult =
  | { ok: true }
  | Refusal<ConfirmReason | 'not-enabled' | 'not-found' | 'last-authenticator'>

/** How many devices are trusted no more. */
export type RevokeTrustedDevicesResult = { ok: true; revoked: number } | Refusal<'not-enabled' | 'not-found'>

/** Off, or why not. */
export type DisableResult = { ok: true } | Refusal<ConfirmReason | 'not-enabled' | 'two-factor-required'>
