import type { ProofKind, RequiredAnswer } from '../engine/core.ts'
import type { TwoFactorEvent } from '../engine/events.ts'
import type { JsonValue } from '../engine/json.ts'
import type {
  AuthenticationResponseJson,
  CodeOrPasskey,
  PasskeyTransport,
  PasskeyVerifier,
  RegistrationResponseJson,
} from '../engine/passkey.ts'
import type { Proof } from '../engine/proof.ts'
import type { AuthenticatorType } from '../engine/setup-offer.ts'
import type { UserStore } from '../engine/store.ts'
import type { OtpAlgorithm } from '../otp/index.ts'
import type { ImportedCodeHash } from '../recovery-codes/imported.ts'
import type { KeySource } from '../vault/key-ring.ts'

/** What every operation takes. */
export interface ContextOption {
  /** Anything of the host's (request id, IP address): handed to the events of this call, never stored in the record. */
  context?: unknown
}

/** What every operation takes that looks at codes. */
export interface DeviceOption {
  /**
   * The device token that this browser holds, as it came from the cookie; or those of up to five users, who share a cookie:
   * they are tried in turn, and the result's `device.others` has those to keep beside the new one.
   */
  device?: string | readonly string[] | undefined
}

/** What every sensitive operation takes. */
export interface ProofOption extends DeviceOption {
  proof: Proof
  /** With a passkey as proof: as in `beginStepUp`. */
  binding?: string | undefined
}

/** For `challenge`. */
export interface ChallengeOptions extends DeviceOption, ContextOption {
  /** Something that only this browser can present again (a pre-session cookie): the challenge answers to nothing else. */
  binding?: string | undefined
  /** Up to 1 KiB of JSON of the host's own (remember me, return path): sealed into the token and given back. */
  state?: JsonValue | undefined
  /** What the first factor was, in RFC 8176 values such as `['pwd']`: carried to the `assurance` of the result. */
  amr?: readonly string[] | undefined
  /** The host's own flag says that this user has two-factor authentication on: a missing record then throws. */
  expectEnabled?: boolean | undefined
}

/**
 * For `completeChallenge`: what the person typed or their passkey signed, and what their browser presented. A registration
 * is for `action: 'setup'`, where it activates the passkey.
 */
export type CompleteChallengeOptions = CompleteChallengeFields &
  ({ passkey: RegistrationResponseJson; code?: never } | CodeOrPasskey)

/** What `completeChallenge` takes beside the code or the passkey. */
export interface CompleteChallengeFields extends ContextOption {
  /** For `action: 'setup'`: the token of the offer that `beginRequiredSetup` made. */
  setupToken?: string | undefined
  /** As in `challenge`. */
  device?: string | readonly string[] | undefined
  binding?: string | undefined
  /** Ask for no code on this device for as long as `trustDevices` of createTwoFactor says. */
  trustDevice?: boolean | undefined
  /** What the user's list of trusted devices calls this one. Cut to 64 bytes. */
  deviceName?: string | undefined
}

/** For `beginStepUp`. */
export interface BeginStepUpOptions extends DeviceOption {
  /** Something that only this browser can present again: the step-up answers to nothing else. */
  binding?: string | undefined
}

/** For `verify`. A passkey needs the `token` that `beginStepUp` gave. */
export type VerifyOptions = DeviceOption &
  ContextOption &
  (
    | {
        passkey: AuthenticationResponseJson
        token: string
        /** As in `beginStepUp`. */
        binding?: string | undefined
        code?: never
      }
    | { code: string; passkey?: never; token?: never; binding?: never }
  )

/** For `beginSetup`. `type` is what is set up; default 'totp', an authenticator app. */
export type BeginSetupOptions<T extends AuthenticatorType = AuthenticatorType> = BeginSetupFields & {
  type?: T | undefined
} & ('totp' extends T ? unknown : { type: T })
/** What `beginSetup` takes whatever is set up. */
export interface BeginSetupFields extends ProofOption, ContextOption {
  /**
   * What the app shows beside the issuer: the person's login or address. Default: the user id. A long one is shortened to
   * what a phone can scan, and a ':' in it becomes '-'.
   */
  accountName?: string | null | undefined
  /** What the user's list of authenticators calls this one. At most 64 bytes of UTF-8, no control characters. */
  name?: string | undefined
  /** Instead of the `issuer` of createTwoFactor, for hosts with several brands. */
  issuer?: string | undefined
  /** The id of an authenticator, or 'all': removed in the write that activates the new one. */
  replaces?: string | undefined
}
/** For `beginRequiredSetup`. */
export type BeginRequiredSetupOptions<T extends AuthenticatorType = AuthenticatorType> = BeginRequiredSetupFields & {
  type?: T | undefined
} & ('totp' extends T ? unknown : { type: T })
/** What `beginRequiredSetup` takes whatever is set up. `binding` as it was given to `challenge`. */
export interface BeginRequiredSetupFields extends ContextOption {
  /** As in `beginSetup`. */
  accountName?: string | null | undefined
  name?: string | undefined
  issuer?: string | undefined
  binding?: string | undefined
}
/** For `resumeSetup` and `cancelSetup`: the token of the offer. */
export interface SetupTokenOption extends ContextOption {
  token: string
}
/** For `confirmSetup`: the token of the offer, and the first code of the new app or what the browser made of the passkey. */
export type ConfirmSetupOptions = SetupTokenOption & DeviceOption & FirstCodeOrPasskey

/** What activates an authenticator. Exactly one of them. */
export type FirstCodeOrPasskey =
  | { passkey: RegistrationResponseJson; code?: never }
  // Last, since TypeScript reports a mistake against the last member.
  | { code: string; passkey?: never }
/** For `regenerateRecoveryCodes`: a proof, or the token that `viewRecoveryCodes` returned. */
export interface RegenerateRecoveryCodesOptions extends DeviceOption, ContextOption {
  proof: { token: string; password?: never; code?: never } | Proof
}
/** For `markRecoveryCodesSaved`: when the set was made, as `status` and `viewRecoveryCodes` say it. */
export interface MarkRecoveryCodesSavedOptions extends ContextOption {
  createdAtMs: number
}
/** For `renameAuthenticator`. */
export interface RenameAuthenticatorOptions extends ContextOption {
  id: string
  name: string
}
/** For `removeAuthenticator`. */
export interface RemoveAuthenticatorOptions extends ProofOption, ContextOption {
  id: string
}
/** For `revokeTrustedDevices`. */
export interface RevokeTrustedDevicesOptions extends DeviceOption, ContextOption {
  /** One of them. If left out: all, and no device is known any more, but for the one whose token `device` is. */
  id?: string | undefined
}
/** For `passwordChanged`. `keepTrustedDevices`: where the person changed it while signed in, and only then. */
export interface PasswordChangedOptions extends ContextOption {
  keepTrustedDevices?: boolean | undefined
}
/** Who of the host's staff does it, and why: for the events. */
export interface StaffOptions extends ContextOption {
  by: string
  note: string
}

/** For `admin.issueRecoveryCode`. */
export interface IssueRecoveryCodeOptions extends StaffOptions {
  /** How long the code is valid: 5 minutes to 72 hours, in milliseconds; default 24 hours. */
  validMs?: number | undefined
}

/** An authenticator as another library kept it: its secret, or an otpauth URI, as `admin.exportUser` writes it. */
export type ImportedAuthenticator = ImportedFields & (ImportedUri | ImportedSecret)
/** What is known of it either way. */
export interface ImportedFields {
  name?: string | undefined
  createdAtMs?: number | undefined
}
/** An otpauth URI says the rest. */
export interface ImportedUri {
  uri: string
  secret?: never
  algorithm?: never
  digits?: never
  periodSeconds?: never
}
/** Defaults: SHA1, 6 digits, 30 seconds. */
export interface ImportedSecret {
  /** Base32 text or bytes; at least 10 bytes. */
  secret: string | Uint8Array
  algorithm?: OtpAlgorithm | undefined
  digits?: number | undefined
  periodSeconds?: number | undefined
  uri?: never
}
/** A passkey as another system kept it, or as `exportUser` returned it. It works only under the same rpId. */
export interface ImportedPasskey {
  /** Base64url. */
  credentialId: string
  /** COSE_Key (RFC 9052 §7): bytes, or base64url text. */
  publicKey: string | Uint8Array
  rpId: string
  /** What the passkey knows the user by, in base64url: `user.id` of its registration. The same for all of a user. */
  userHandle: string
  transports?: readonly PasskeyTransport[] | undefined
  /** The signature counter of its last use. Default 0. */
  counter?: number | undefined
  /** It can be synchronized to other devices. Default false. */
  backupEligible?: boolean | undefined
  backedUp?: boolean | undefined
  name?: string | undefined
  createdAtMs?: number | undefined
}

/** For `admin.importUser`. */
export interface ImportUserOptions extends ContextOption {
  /** Apps. May be empty if there are passkeys. */
  authenticators: readonly ImportedAuthenticator[]
  passkeys?: readonly ImportedPasskey[] | undefined
  /**
   * The unused ones: as the user has them, at least 10 letters and digits each; or as hashes that `verifyImportedCode`
   * compares.
   */
  recoveryCodes?: readonly string[] | readonly ImportedCodeHash[] | undefined
}

/** For `createTwoFactor`. A wrong option throws there, with its name and what is allowed. */
export interface TwoFactorOptions {
  /** The product's name, as the authenticator app shows it. No ':'. */
  issuer: string
  store: UserStore
  /** The key ring, as text (`id:base64url,id:base64url`, first seals, all open) or from {@link keyRing}. */
  keys: KeySource
  /** The host's password check. Called once per attempt, only while the throttle is open, and for at most 5 attempts of a user at once. */
  verifyPassword?: ((userId: string, password: string) => boolean | Promise<boolean>) | undefined
  /**
   * Must this user have two-factor authentication? `{ fromMs }`: from that time on; until then results carry
   * `requiredFromMs`. Default: nobody must.
   */
  isRequired?: ((userId: string) => RequiredAnswer | Promise<RequiredAnswer>) | undefined
  /**
   * Compares a recovery code with a hash that another library made (bcrypt, argon2 …), for users imported with hashed codes.
   * Gets what was typed, at most 64 printable ASCII characters, its case and dashes kept. Called for every unused hash of a
   * code of that length; for one attempt of a user at a time. Without it, such codes are not offered.
   */
  verifyImportedCode?: ((typed: string, hash: string) => boolean | Promise<boolean>) | undefined
  /** Passkeys and security keys: `passkeyVerifier()` of countersign/passkeys. Without it none can be added or used. */
  passkeys?: PasskeyVerifier | undefined
  /** The kinds of `proof` that are accepted. Default: password and code. A passkey is accepted wherever a code is. */
  acceptedProofs?: readonly ProofKind[] | undefined
  /** For how many days `trustDevice` skips the code: 1 to 365, default 30. `false`: no device is trusted, nor one from before. */
  trustDevices?: false | { days?: number | undefined } | undefined
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
  /** Awaited after the write landed, for 5 s at most. A rejection changes no outcome and goes to `onEventError`. */
  onEvent?: ((event: TwoFactorEvent) => void | Promise<void>) | undefined
  onEventError?: ((error: unknown, event: TwoFactorEvent) => void | Promise<void>) | undefined
  /** The clock, in Unix milliseconds. Default `() => Date.now()`. */
  now?: (() => number) | undefined
  /** Randomness, for tests. Default crypto.getRandomValues. */
  random?: ((bytes: number) => Uint8Array) | undefined
}
