import type { Assurance } from '../engine/assurance.ts'
import type { ChallengeReason } from '../engine/challenges.ts'
import type { ProofKind } from '../engine/core.ts'
import type { DeviceToken } from '../engine/devices.ts'
import type { SecurityChange, TwoFactorMethod } from '../engine/events.ts'
import type { JsonValue } from '../engine/json.ts'
import type { PasskeyRequestOptions, PasskeyTransport } from '../engine/passkey.ts'
import type { ProofReason } from '../engine/proof.ts'
import type { Refusal } from '../engine/refusal.ts'
import type { StepReason } from '../engine/second-step.ts'
import type { AuthenticatorType, SetupOffers, SetupReason } from '../engine/setup-offer.ts'
import type { AttemptLimit } from '../engine/throttle.ts'
import type { ImportedCodeHash } from '../recovery-codes/imported.ts'

/** Whether a second step is needed, and the token for it. */
export type ChallengeResult =
  | {
      passed: true
      because: 'not-enabled' | 'trusted-device'
      assurance: Assurance
      /** When two-factor authentication becomes required for this user (Unix milliseconds); present until then. */
      requiredFromMs?: number
    }
  | {
      passed: false
      /** `setup`: this user must have two-factor authentication and has not set it up yet. */
      action: 'verify' | 'setup'
      token: string
      expiresAtMs: number
      /** Methods currently accepted, with the one last used in this browser first. */
      methods: TwoFactorMethod[]
      /** How many digits the codes of this user's authenticator apps have, such as `[6]`. */
      totpDigits: number[]
      /** For `navigator.credentials.get()`, as JSON; null if no passkey can be used. */
      passkey: PasskeyRequestOptions | null
      /** For how many days a device can be trusted. Null: trusting devices is off, so don't offer it. */
      trustDeviceDays: number | null
    }

/** On success: who signed in, how, and what to keep in this browser. */
export type CompleteChallengeResult =
  | {
      ok: true
      userId: string
      method: TwoFactorMethod
      recoveryCodesLeft: number
      device: DeviceToken
      /** The `state` that you passed to `challenge`; null if none. */
      state: JsonValue
      assurance: Assurance
      /** Present if this sign-in also completed a required setup. */
      recoveryCodes?: string[]
    }
  | Refusal<StepReason | ChallengeReason | SetupReason>

/** What the page needs to ask for a step-up. */
export type BeginStepUpResult =
  | {
      ok: true
      /** For the passkey of a step-up; a code needs none. */
      token: string
      expiresAtMs: number
      /** Methods currently accepted, with the one last used in this browser first. */
      methods: TwoFactorMethod[]
      /** How many digits the codes of this user's authenticator apps have, such as `[6]`. */
      totpDigits: number[]
      /** For `navigator.credentials.get()`, as JSON; null if no passkey can be used. */
      passkey: PasskeyRequestOptions | null
    }
  | Refusal<'not-enabled'>

/** On success: how the step was passed, and a fresh device token. */
export type VerifyResult =
  | { ok: true; method: TwoFactorMethod; recoveryCodesLeft: number; device: DeviceToken; assurance: Assurance }
  | Refusal<StepReason | 'not-enabled'>

/** The offer, or why there is none. */
export type BeginSetupResult<T extends AuthenticatorType = 'totp'> =
  | SetupOffers[T]
  | Refusal<ProofReason | 'limit-reached' | 'not-found' | 'invalid-name'>

/** The offer, or why there is none. */
export type BeginRequiredSetupResult<T extends AuthenticatorType = 'totp'> =
  | SetupOffers[T]
  | Refusal<ChallengeReason | 'invalid-name'>

/** The offer as it was, or why it is gone. */
export type ResumeSetupResult = SetupOffers[AuthenticatorType] | Refusal<SetupReason>

/** The offer as it was, or why it is gone. */
export type ResumeRequiredSetupResult = SetupOffers[AuthenticatorType] | Refusal<ChallengeReason | SetupReason>

/** Canceled, or the reason why not. */
export type CancelSetupResult = { ok: true } | Refusal<SetupReason>

/** Why a first code was refused. */
export interface WrongFirstCode extends Refusal<'wrong-code'> {
  /**
   * Present if the code is correct for another time within an hour: how far the phone's clock, or this server's, is
   * off. Positive if the phone is ahead.
   */
  clockOffsetSeconds?: number
}

/** On success: the authenticator that is active now. */
export type ConfirmSetupResult =
  | {
      ok: true
      authenticatorId: string
      /** For this browser, which has just passed the second step. */
      device: DeviceToken
      /** Present if this setup created the recovery codes. */
      recoveryCodes?: string[]
    }
  | WrongFirstCode
  | Refusal<SetupReason | 'wrong-passkey' | 'already-registered' | 'limit-reached'>

interface AuthenticatorFields {
  id: string
  name: string
  createdAtMs: number
  lastUsedAtMs: number | null
  /** Imported with a secret below 128 bits. Ask the user to replace it. */
  weak: boolean
}

/** One authenticator, as a settings page shows it. */
export type AuthenticatorStatus =
  | (AuthenticatorFields & { type: 'totp' })
  | (AuthenticatorFields & {
      type: 'passkey'
      /** Base64url; not a secret. For `PublicKeyCredential.signalUnknownCredential` after the passkey was removed. */
      credentialId: string
      rpId: string
      /** It was synchronized to other devices when it was last used. */
      backedUp: boolean
      /**
       * False if no verifier for its rpId is configured, or its key is missing from the key ring. It is then not
       * offered.
       */
      usable: boolean
    })

/** One trusted device, as a settings page shows it. */
export interface TrustedDeviceStatus {
  id: string
  name: string
  createdAtMs: number
  expiresAtMs: number
  /** It is the browser whose `device` token was passed to `status`. */
  current: boolean
}

/** What a settings page shows. Contains no secret. */
export interface TwoFactorStatus {
  enabled: boolean
  /** Your `isRequired` says that this user must have it. */
  required: boolean
  /** When two-factor authentication becomes required for this user (Unix milliseconds); present until then. */
  requiredFromMs?: number
  enabledAtMs: number | null
  authenticators: AuthenticatorStatus[]
  /** What can be set up here. */
  authenticatorTypes: AuthenticatorType[]
  /** `replaces`: the ids of the authenticators that the new one will replace. */
  pendingSetup: { type: AuthenticatorType; name: string; replaces: string[]; expiresAtMs: number } | null
  recoveryCodes: {
    total: number
    left: number
    createdAtMs: number | null
    /** When the user confirmed that they had saved this set (`markRecoveryCodesSaved`); null until then. */
    savedAtMs: number | null
    viewable: boolean
    /** Codes that staff issued in addition to the set and that are still valid. Never the codes themselves. */
    issued: { createdAtMs: number; expiresAtMs: number }[]
  }
  /**
   * How many digits the codes of this user's authenticator apps have, such as `[6]`. Without an app: what the next one
   * will have.
   */
  totpDigits: number[]
  /** For how many days a device can be trusted. Null: trusting devices is off, so don't offer it. */
  trustDeviceDays: number | null
  trustedDevices: TrustedDeviceStatus[]
  throttle: {
    knownDevices: AttemptLimit
    strangers: AttemptLimit
    recoveryCodes: AttemptLimit
    passwords: AttemptLimit
  }
  changes: SecurityChange[]
  /** The kinds of `proof` currently accepted from this user. */
  acceptedProofs: ProofKind[]
}

/** The proof was accepted, or the reason why not. */
export type VerifyProofResult = { ok: true } | Refusal<ProofReason>

/** The codes in their order, and when each was used (Unix milliseconds; null: unused). */
export type ViewRecoveryCodesResult =
  | {
      ok: true
      recoveryCodes: { code: string; usedAtMs: number | null }[]
      createdAtMs: number
      /** Accepted as proof by `regenerateRecoveryCodes` only: once, within 5 minutes, while the set is unchanged. */
      token: string
    }
  | Refusal<ProofReason | 'not-enabled' | 'not-viewable'>
/** The new codes. The old ones no longer work. */
export type RegenerateRecoveryCodesResult = { ok: true; recoveryCodes: string[] } | Refusal<ProofReason | 'not-enabled'>

/** Recorded, or the reason why not: `not-found` if the user has other recovery codes now. */
export type MarkRecoveryCodesSavedResult = { ok: true } | Refusal<'not-enabled' | 'not-found'>

/** Renamed, or the reason why not. */
export type RenameAuthenticatorResult = { ok: true } | Refusal<'not-enabled' | 'not-found' | 'invalid-name'>
/** Removed, or the reason why not. */
export type RemoveAuthenticatorResult =
  | { ok: true }
  | Refusal<ProofReason | 'not-enabled' | 'not-found' | 'last-authenticator'>

/** How many devices are no longer trusted. */
export type RevokeTrustedDevicesResult = { ok: true; revoked: number } | Refusal<'not-enabled' | 'not-found'>

/** Turned off, or the reason why not. */
export type DisableResult =
  | {
      ok: true
      /** When two-factor authentication becomes required for this user (Unix milliseconds); present until then. */
      requiredFromMs?: number
    }
  | Refusal<ProofReason | 'not-enabled' | 'two-factor-required'>

/**
 * What another deployment accepts as `admin.importUser(userId, { authenticators, recoveryCodes })`. Contains every
 * secret: never log it.
 */
export type ExportUserResult =
  | {
      ok: true
      /** An otpauth URI for each app. */
      authenticators: { uri: string; name: string; createdAtMs: number }[]
      /**
       * Unused codes only. Imported hashes as they were imported; empty if recovery codes are stored hashed. Codes
       * issued by staff are not included.
       */
      recoveryCodes: string[] | ImportedCodeHash[]
      /** Their public parts. A passkey signs only on its own device, and only for its rpId. */
      passkeys: ExportedPasskey[]
    }
  | Refusal<'not-enabled'>

/** One passkey, in the form that `importUser` accepts. */
export interface ExportedPasskey {
  /** Base64url. */
  credentialId: string
  /** COSE_Key (RFC 9052 §7) in base64url. */
  publicKey: string
  rpId: string
  /** The user handle in base64url. */
  userHandle: string
  transports: PasskeyTransport[]
  counter: number
  backupEligible: boolean
  backedUp: boolean
  name: string
  createdAtMs: number
}

/** The code. Give it to the user now: it is not shown again. `limit-reached`: two are valid already. */
export type IssueRecoveryCodeResult =
  | { ok: true; recoveryCode: string; expiresAtMs: number }
  | Refusal<'not-enabled' | 'limit-reached'>
