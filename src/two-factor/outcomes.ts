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
      /** From when this user must have two-factor authentication (Unix milliseconds); present until then. */
      requiredFromMs?: number
    }
  | {
      passed: false
      /** `setup`: this user must have two-factor authentication and has none yet. */
      action: 'verify' | 'setup'
      token: string
      expiresAtMs: number
      /** What is accepted now, the method last used in this browser first. */
      methods: TwoFactorMethod[]
      /** How many digits the codes of this user's authenticator apps have, such as `[6]`. */
      totpDigits: number[]
      /** For `navigator.credentials.get()`, as JSON; null if no passkey can be used. */
      passkey: PasskeyRequestOptions | null
      /** For how many days a device can be trusted; null: no device is, so offer no such choice. */
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
      /** What the host gave to `challenge`; null if nothing. */
      state: JsonValue
      assurance: Assurance
      /** Present when this sign-in also finished a required setup. */
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
      /** What is accepted now, the method last used in this browser first. */
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

/** Canceled, or why there was nothing to cancel. */
export type CancelSetupResult = { ok: true } | Refusal<SetupReason>

/** Why a first code was refused. */
export interface WrongFirstCode extends Refusal<'wrong-code'> {
  /**
   * Present if the code is right for another time within an hour: how far the phone's clock, or this server's, is off.
   * Positive if the phone is ahead.
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
      /** Present when this setup made the recovery codes. */
      recoveryCodes?: string[]
    }
  | WrongFirstCode
  | Refusal<SetupReason | 'wrong-passkey' | 'already-registered' | 'limit-reached'>

interface AuthenticatorFields {
  id: string
  name: string
  createdAtMs: number
  lastUsedAtMs: number | null
  /** Imported with a secret below 128 bits: better replaced. */
  weak: boolean
}

/** One authenticator, as a settings page shows it. */
export type AuthenticatorStatus =
  | (AuthenticatorFields & { type: 'totp' })
  | (AuthenticatorFields & {
      type: 'passkey'
      /** Base64url; no secret. For `PublicKeyCredential.signalUnknownCredential` after it was removed. */
      credentialId: string
      rpId: string
      /** It was synchronized to other devices when it was last used. */
      backedUp: boolean
      /** False if no verifier for its rpId is configured, or the key ring lacks its key: it is not offered then. */
      usable: boolean
    })

/** What a settings page shows. Holds no secret. */
export interface TwoFactorStatus {
  enabled: boolean
  /** The host's `isRequired` says that this user must have it. */
  required: boolean
  /** From when this user must have two-factor authentication (Unix milliseconds); present until then. */
  requiredFromMs?: number
  enabledAtMs: number | null
  authenticators: AuthenticatorStatus[]
  /** What can be set up here. */
  authenticatorTypes: AuthenticatorType[]
  /** `replaces`: the ids of the authenticators that the new one is to replace. */
  pendingSetup: { type: AuthenticatorType; name: string; replaces: string[]; expiresAtMs: number } | null
  recoveryCodes: {
    total: number
    left: number
    createdAtMs: number | null
    /** When the person said that they had saved this set (`markRecoveryCodesSaved`); null until then. */
    savedAtMs: number | null
    viewable: boolean
    /** Codes that staff issued beside the set and that are still good: that there are any, never what they are. */
    issued: { createdAtMs: number; expiresAtMs: number }[]
  }
  /** How many digits the codes of this user's authenticator apps have, such as `[6]`; without any, those of the next one. */
  totpDigits: number[]
  /** For how many days a device can be trusted; null: no device is, so offer no such choice. */
  trustDeviceDays: number | null
  trustedDevices: { id: string; name: string; createdAtMs: number; expiresAtMs: number }[]
  throttle: {
    knownDevices: AttemptLimit
    strangers: AttemptLimit
    recoveryCodes: AttemptLimit
    passwords: AttemptLimit
  }
  changes: SecurityChange[]
  /** The kinds of `proof` that would be accepted from this user now. */
  acceptedProofs: ProofKind[]
}

/** The proof held, or why not. */
export type VerifyProofResult = { ok: true } | Refusal<ProofReason>

/** The codes in their order, and when each was used (Unix milliseconds; null: still good). */
export type ViewRecoveryCodesResult =
  | {
      ok: true
      recoveryCodes: { code: string; usedAtMs: number | null }[]
      createdAtMs: number
      /** For 5 minutes the proof of `regenerateRecoveryCodes`, and of nothing else: once, while the set is the same. */
      token: string
    }
  | Refusal<ProofReason | 'not-enabled' | 'not-viewable'>
/** The new codes. The old ones are dead. */
export type RegenerateRecoveryCodesResult = { ok: true; recoveryCodes: string[] } | Refusal<ProofReason | 'not-enabled'>

/** Noted, or why not: `not-found` if these are not the user's recovery codes any more. */
export type MarkRecoveryCodesSavedResult = { ok: true } | Refusal<'not-enabled' | 'not-found'>

/** Renamed, or why not. */
export type RenameAuthenticatorResult = { ok: true } | Refusal<'not-enabled' | 'not-found' | 'invalid-name'>
/** Removed, or why not. */
export type RemoveAuthenticatorResult =
  | { ok: true }
  | Refusal<ProofReason | 'not-enabled' | 'not-found' | 'last-authenticator'>

/** How many devices are trusted no more. */
export type RevokeTrustedDevicesResult = { ok: true; revoked: number } | Refusal<'not-enabled' | 'not-found'>

/** Off, or why not. */
export type DisableResult =
  | {
      ok: true
      /** From when this user must have two-factor authentication (Unix milliseconds); present until then. */
      requiredFromMs?: number
    }
  | Refusal<ProofReason | 'not-enabled' | 'two-factor-required'>

/**
 * What another deployment takes as `admin.importUser(userId, { authenticators, recoveryCodes })`. It holds every secret: never
 * log it.
 */
export type ExportUserResult =
  | {
      ok: true
      /** An otpauth URI for each app. */
      authenticators: { uri: string; name: string; createdAtMs: number }[]
      /**
       * The unused ones. Imported hashes as they came; none if recovery codes are kept hashed. Those that staff issued are
       * not among them.
       */
      recoveryCodes: string[] | ImportedCodeHash[]
      /** The public parts: a passkey signs on its own device, and only for its rpId. */
      passkeys: ExportedPasskey[]
    }
  | Refusal<'not-enabled'>

/** One passkey, in the form that `importUser` takes. */
export interface ExportedPasskey {
  /** Base64url. */
  credentialId: string
  /** COSE_Key (RFC 9052 §7) in base64url. */
  publicKey: string
  rpId: string
  /** What the passkey knows the user by, in base64url. */
  userHandle: string
  transports: PasskeyTransport[]
  counter: number
  backupEligible: boolean
  backedUp: boolean
  name: string
  createdAtMs: number
}

/** The code: give it to the person now, since it is shown nowhere again. `limit-reached`: two are good already. */
export type IssueRecoveryCodeResult =
  | { ok: true; recoveryCode: string; expiresAtMs: number }
  | Refusal<'not-enabled' | 'limit-reached'>
