import type { Confirm, ConfirmReason } from '../engine/confirm.ts'
import type { ConfirmKind } from '../engine/core.ts'
import type { Device } from '../engine/devices.ts'
import type { Method, SecurityChange, TwoFactorEvent } from '../engine/events.ts'
import type { Refusal } from '../engine/refusal.ts'
import type { CodeReason } from '../engine/second-step.ts'
import type { SetupOffer } from '../engine/setup.ts'
import type { UserStore } from '../engine/store.ts'
import type { Gate } from '../engine/throttle.ts'
import type { JsonValue } from '../engine/tokens.ts'
import type { OtpAlgorithm } from '../otp/index.ts'
import type { KeySource } from '../vault/key-ring.ts'

/** What a challenge token can meet. */
export type ChallengeReason = 'challenge-expired' | 'challenge-used'

export interface ContextOption {
  /** Anything of the host's (request id, IP address): handed to the events of this call, never stored in the record. */
  context?: unknown
}

export interface DeviceOption {
  /** The device token that this browser holds, as it came from the cookie. Anything else is a stranger's. */
  device?: string | undefined
}

export interface ConfirmOption extends DeviceOption {
  confirm: Confirm
}

export interface ChallengeOptions extends DeviceOption, ContextOption {
  /** Something that only this browser can present again (a pre-session cookie): the challenge answers to nothing else. */
  binding?: string | undefined
  /** Up to 1 KiB of JSON of the host's own (remember me, return path): sealed into the token and given back. */
  state?: JsonValue | undefined
  /** The host's own flag says that this user has two-factor authentication on: a missing record then throws. */
  expectEnabled?: boolean | undefined
}

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

export interface CompleteChallengeOptions extends DeviceOption, ContextOption {
  code: string
  binding?: string | undefined
  /** Ask for no code on this device for 30 days. */
  trustDevice?: boolean | undefined
  /** What the user's list of trusted devices calls this one. Cut to 64 bytes. */
  deviceName?: string | undefined
}

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

export interface VerifyOptions extends DeviceOption, ContextOption {
  code: string
}
export type VerifyResult =
  | { ok: true; method: Method; recoveryCodesLeft: number; device: Device }
  | Refusal<CodeReason | 'not-enabled'>

export interface BeginSetupOptions extends ConfirmOption, ContextOption {
  /** What the app shows beside the issuer: the person's login or address. A ':' in it becomes '-'. */
  accountName: string
  /** What the user's list of authenticators calls this one. At most 64 bytes of UTF-8, no control characters. */
  name?: string | undefined
  /** Instead of the `issuer` of createTwoFactor, for hosts with several brands. */
  issuer?: string | undefined
  /** The id of an authenticator, or 'all': removed in the write that activates the new one. */
  replaces?: string | undefined
}
export type BeginSetupResult = SetupOffer | Refusal<ConfirmReason | 'limit-reached' | 'not-found'>

export interface BeginRequiredSetupOptions extends ContextOption {
  accountName: string
  name?: string | undefined
  issuer?: string | undefined
  binding?: string | undefined
}
export type BeginRequiredSetupResult = SetupOffer | Refusal<ChallengeReason>

export interface ConfirmSetupOptions extends ContextOption {
  code: string
}
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
}

export type ViewRecoveryCodesResult =
  | { ok: true; recoveryCodes: { code: string; usedAtMs: number | null }[]; createdAtMs: number }
  | Refusal<ConfirmReason | 'not-enabled' | 'not-viewable'>
export type RegenerateRecoveryCodesResult =
  | { ok: true; recoveryCodes: string[] }
  | Refusal<ConfirmReason | 'not-enabled'>

export interface RenameAuthenticatorOptions extends ContextOption {
  id: string
  name: string
}
export type RenameAuthenticatorResult = { ok: true } | Refusal<'not-enabled' | 'not-found'>
export interface RemoveAuthenticatorOptions extends ConfirmOption, ContextOption {
  id: string
}
export type RemoveAuthenticatorResult =
  | { ok: true }
  | Refusal<ConfirmReason | 'not-enabled' | 'not-found' | 'last-authenticator'>

export interface RevokeTrustedDevicesOptions extends ContextOption {
  /** One of them; all if left out. */
  id?: string | undefined
}
export type RevokeTrustedDevicesResult = { ok: true; revoked: number } | Refusal<'not-enabled' | 'not-found'>

export interface PasswordChangedOptions extends ContextOption {
  keepTrustedDevices?: boolean | undefined
}
export type DisableResult = { ok: true } | Refusal<ConfirmReason | 'not-enabled' | 'two-factor-required'>

/** Who of the host's staff does it, and why: for the events. */
export interface StaffOptions extends ContextOption {
  by: string
  note: string
}

export interface ImportedAuthenticator {
  /** Base32 text or bytes; at least 10 bytes. */
  secret: string | Uint8Array
  name?: string | undefined
  algorithm?: OtpAlgorithm | undefined
  digits?: number | undefined
  periodSeconds?: number | undefined
  createdAtMs?: number | undefined
}
export interface ImportUserOptions extends ContextOption {
  authenticators: readonly ImportedAuthenticator[]
  /** The unused ones, as the user has them: at least 10 letters and digits each. */
  recoveryCodes?: readonly string[] | undefined
}

/**
 * What a person may do to an account, called by the host's own staff and scripts: no proof is asked.
 * Apart, so that no web layer exposes it by accident.
 */
export interface TwoFactorAdmin {
  /** Support: off, whatever the record holds; also the right to be forgotten. Parses nothing. */
  reset(userId: string, options: StaffOptions): Promise<{ ok: true; existed: boolean }>
  /** Support: failures forgotten, authenticators stay. */
  unlock(userId: string, options: StaffOptions): Promise<{ ok: true } | Refusal<'not-enabled'>>
  /** Moving in from another library. A second run changes nothing and gives `imported: false`. */
  importUser(userId: string, options: ImportUserOptions): Promise<{ ok: true; imported: boolean }>
  /** Seals everything anew under the first key of the key ring. */
  reseal(userId: string, options?: ContextOption): Promise<{ ok: true; resealed: boolean } | Refusal<'not-enabled'>>
}

export interface TwoFactor {
  /** After the password was right: is a second step needed? Writes nothing. */
  challenge(userId: string, options?: ChallengeOptions): Promise<Challenge>
  /** The second step. Five minutes; a token succeeds once. */
  completeChallenge(token: string, options: CompleteChallengeOptions): Promise<CompleteChallengeResult>
  /** Step-up without a challenge. */
  verify(userId: string, options: VerifyOptions): Promise<VerifyResult>
  /** Offers a new secret; it is pending until its first code, for 10 minutes or 10 wrong codes. */
  beginSetup(userId: string, options: BeginSetupOptions): Promise<BeginSetupResult>
  /** The same, on the strength of a challenge with `action: 'setup'`. */
  beginRequiredSetup(token: string, options: BeginRequiredSetupOptions): Promise<BeginRequiredSetupResult>
  /** The first code activates what `beginSetup` offered. */
  confirmSetup(userId: string, options: ConfirmSetupOptions): Promise<ConfirmSetupResult>
  /** What a settings page shows. */
  status(userId: string): Promise<Status>
  viewRecoveryCodes(userId: string, options: ConfirmOption & ContextOption): Promise<ViewRecoveryCodesResult>
  regenerateRecoveryCodes(
    userId: string,
    options: ConfirmOption & ContextOption,
  ): Promise<RegenerateRecoveryCodesResult>
  renameAuthenticator(userId: string, options: RenameAuthenticatorOptions): Promise<RenameAuthenticatorResult>
  removeAuthenticator(userId: string, options: RemoveAuthenticatorOptions): Promise<RemoveAuthenticatorResult>
  revokeTrustedDevices(userId: string, options?: RevokeTrustedDevicesOptions): Promise<RevokeTrustedDevicesResult>
  /** Off: the record is gone, and every challenge and device token from before is dead. */
  disable(userId: string, options: ConfirmOption & ContextOption): Promise<DisableResult>
  /** Ends outstanding challenges and trusted devices; gives the throttle's one-off relief. */
  passwordChanged(userId: string, options?: PasswordChangedOptions): Promise<{ ok: true }>
  admin: TwoFactorAdmin
}

export interface TwoFactorOptions {
  /** The product's name, as the authenticator app shows it. No ':'. */
  issuer: string
  store: UserStore
  /** The key ring, as text (`id:base64url,id:base64url`, first seals, all open) or from {@link keyring}. */
  keys: KeySource
  /** The host's password check. Called once per attempt, and only while the throttle is open. */
  verifyPassword?: ((userId: string, password: string) => boolean | Promise<boolean>) | undefined
  /** Must this user have two-factor authentication? Default: nobody must. */
  isRequired?: ((userId: string) => boolean | Promise<boolean>) | undefined
  /** The kinds of `confirm` that are accepted. Default: password and code. */
  confirmWith?: readonly ConfirmKind[] | undefined
  totp?:
    | {
        /** Default SHA1: the only one that every app reads. */
        algorithm?: OtpAlgorithm | undefined
        /** 6 to 8; default 6. */
        digits?: number | undefined
        /** 15 to 120; default 30. */
        periodSeconds?: number | undefined
        /** Steps accepted before and after the current one: 0 or 1; default 1. */
        window?: number | undefined
        /** 16 to 64; default 20. */
        secretBytes?: number | undefined
      }
    | undefined
  recoveryCodes?:
    | {
        /** `sealed` (default): viewable, 80 bits. `hashed`: never viewable again, 120 bits. */
        keep?: 'sealed' | 'hashed' | undefined
        /** 1 to 20; default 10. */
        count?: number | undefined
      }
    | undefined
  /** Awaited after the write landed. A rejection changes no outcome and goes to `onEventError`. */
  onEvent?: ((event: TwoFactorEvent) => void | Promise<void>) | undefined
  onEventError?: ((error: unknown, event: TwoFactorEvent) => void | Promise<void>) | undefined
  /** The clock, in Unix milliseconds. Default `() => Date.now()`. */
  now?: (() => number) | undefined
  /** Randomness, for tests. Default crypto.getRandomValues. */
  random?: ((bytes: number) => Uint8Array) | undefined
}
