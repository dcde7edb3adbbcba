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

/** An option of every operation. */
export interface ContextOption {
  /** Anything you like (request id, IP address): passed to the events of this call, and never stored in the record. */
  context?: unknown
}

/** An option of every operation that checks codes. */
export interface DeviceOption {
  /**
   * The device token from this browser's cookie, or a list of up to five if several users share a cookie. They are
   * tried in turn, and the result's `device.others` lists those to keep beside the new one.
   */
  device?: string | readonly string[] | undefined
}

/** Options of every operation that changes something: where it is done. */
export interface ChangingDeviceOption extends DeviceOption {
  /**
   * What a person would call this browser, such as 'Firefox on Windows'. `status` shows it with the change, and with
   * `trustDevice` in the list of trusted devices. Cut to 64 bytes.
   */
  deviceName?: string | undefined
}

/** An option of every sensitive operation. */
export interface ProofOption extends ChangingDeviceOption {
  proof: Proof
  /** With a passkey as proof: as in `beginStepUp`. */
  binding?: string | undefined
}

/** For `challenge`. */
export interface ChallengeOptions extends DeviceOption, ContextOption {
  /**
   * A value that only this browser can present again, such as a pre-session cookie. The challenge works only with it.
   */
  binding?: string | undefined
  /**
   * Up to 1 KiB of your own JSON (remember me, return path): sealed into the token and returned after the second step.
   */
  state?: JsonValue | undefined
  /** The first factor, in RFC 8176 values such as `['pwd']`: included in the `assurance` of the result. */
  amr?: readonly string[] | undefined
  /**
   * Pass true if a flag of your own says that this user has two-factor authentication. A missing record then throws.
   */
  expectEnabled?: boolean | undefined
}

/**
 * For `completeChallenge`: what the user entered or their passkey signed, and what their browser presented. With
 * `action: 'setup'`, a registration activates the passkey.
 */
export type CompleteChallengeOptions = CompleteChallengeFields &
  ({ passkey: RegistrationResponseJson; code?: never } | CodeOrPasskey)

/** The options of `completeChallenge` besides the code or passkey. */
export interface CompleteChallengeFields extends ChangingDeviceOption, ContextOption {
  /** For `action: 'setup'`: the token of the offer that `beginRequiredSetup` made. */
  setupToken?: string | undefined
  /** As in `challenge`. */
  binding?: string | undefined
  /**
   * Don't ask for a code on this device for as long as `trustDevices` of createTwoFactor says. Ignored with a recovery
   * code.
   */
  trustDevice?: boolean | undefined
}

/** For `beginStepUp`. */
export interface BeginStepUpOptions extends DeviceOption {
  /** A value that only this browser can present again. The step-up works only with it. */
  binding?: string | undefined
}

/** For `verify`. A passkey needs the `token` that `beginStepUp` returned. */
export type VerifyOptions = ChangingDeviceOption &
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
/** The options of `beginSetup` for every type. */
export interface BeginSetupFields extends ProofOption, ContextOption {
  /**
   * What the app shows beside the issuer: the user's login or email address. Default: the user id. A long one is
   * shortened until a phone can scan the code, and ':' becomes '-'.
   */
  accountName?: string | null | undefined
  /** Its name in the user's list of authenticators. At most 64 bytes of UTF-8, no control characters. */
  name?: string | undefined
  /** Replaces the `issuer` of createTwoFactor, if you have several brands. */
  issuer?: string | undefined
  /** The id of an authenticator, or 'all': removed in the write that activates the new one. */
  replaces?: string | undefined
}
/** For `beginRequiredSetup`. */
export type BeginRequiredSetupOptions<T extends AuthenticatorType = AuthenticatorType> = BeginRequiredSetupFields & {
  type?: T | undefined
} & ('totp' extends T ? unknown : { type: T })
/** The options of `beginRequiredSetup` for every type. `binding` as passed to `challenge`. */
export interface BeginRequiredSetupFields extends ContextOption {
  /** As in `beginSetup`. */
  accountName?: string | null | undefined
  name?: string | undefined
  issuer?: string | undefined
  binding?: string | undefined
}
/** For `resumeRequiredSetup`. `binding` as passed to `challenge`. */
export interface ResumeRequiredSetupOptions extends ContextOption {
  /** The token of the offer. */
  setupToken: string
  binding?: string | undefined
}
/** For `resumeSetup` and `cancelSetup`: the token of the offer. */
export interface SetupTokenOption extends ContextOption {
  token: string
}
/**
 * For `confirmSetup`: the token of the offer, and the first code of the new app or the browser's registration of the
 * passkey.
 */
export type ConfirmSetupOptions = SetupTokenOption & ChangingDeviceOption & FirstCodeOrPasskey

/** What activates an authenticator: exactly one of the two. */
export type FirstCodeOrPasskey =
  | { passkey: RegistrationResponseJson; code?: never }
  // Last, since TypeScript reports a mistake against the last member.
  | { code: string; passkey?: never }
/** For `regenerateRecoveryCodes`: a proof, or the token that `viewRecoveryCodes` returned. */
export interface RegenerateRecoveryCodesOptions extends ChangingDeviceOption, ContextOption {
  proof: { token: string; password?: never; code?: never } | Proof
}
/** For `markRecoveryCodesSaved`: when the set was created, as returned by `status` and `viewRecoveryCodes`. */
export interface MarkRecoveryCodesSavedOptions extends ContextOption {
  createdAtMs: number
}
/** For `renameAuthenticator`. */
export interface RenameAuthenticatorOptions extends ChangingDeviceOption, ContextOption {
  id: string
  name: string
}
/** For `removeAuthenticator`. */
export interface RemoveAuthenticatorOptions extends ProofOption, ContextOption {
  id: string
}
/** For `revokeTrustedDevices`. */
export interface RevokeTrustedDevicesOptions extends ChangingDeviceOption, ContextOption {
  /**
   * One device. If left out: all of them, and every device except the one whose token is `device` becomes unrecognized.
   */
  id?: string | undefined
}
/** For `passwordChanged`. Set `keepTrustedDevices` only if the user changed the password while signed in. */
export interface PasswordChangedOptions extends ChangingDeviceOption, ContextOption {
  keepTrustedDevices?: boolean | undefined
}
/** Which member of staff does it, and why. Included in the events. */
export interface StaffOptions extends ContextOption {
  by: string
  note: string
}

/** For `admin.issueRecoveryCode`. */
export interface IssueRecoveryCodeOptions extends StaffOptions {
  /** How long the code is valid: 5 minutes to 72 hours, in milliseconds; default 24 hours. */
  validMs?: number | undefined
}

/** An authenticator as another library stored it: its secret, or an otpauth URI as `admin.exportUser` returns it. */
export type ImportedAuthenticator = ImportedFields & (ImportedUri | ImportedSecret)
/** Optional in both forms. */
export interface ImportedFields {
  name?: string | undefined
  createdAtMs?: number | undefined
}
/** An otpauth URI includes everything else. */
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
/** A passkey as another system stored it, or as `exportUser` returned it. It works only under the same rpId. */
export interface ImportedPasskey {
  /** Base64url. */
  credentialId: string
  /** COSE_Key (RFC 9052 §7): bytes, or base64url text. */
  publicKey: string | Uint8Array
  rpId: string
  /** The user handle in base64url: `user.id` of the registration. The same for all passkeys of a user. */
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
   * Unused codes only: as the user has them, with at least 10 letters and digits each, or as hashes that
   * `verifyImportedCode` compares.
   */
  recoveryCodes?: readonly string[] | readonly ImportedCodeHash[] | undefined
}

/** For `createTwoFactor`, which throws for an invalid option and names it. */
export interface TwoFactorOptions {
  /** The product's name, as the authenticator app shows it. No ':'. */
  issuer: string
  store: UserStore
  /**
   * The key ring, as text (`id:base64url,id:base64url`: the first key seals, all of them open) or from {@link keyRing}.
   */
  keys: KeySource
  /**
   * Your password check. Called once per attempt, only if the throttle allows it, and at most 5 times at once per user.
   */
  verifyPassword?: ((userId: string, password: string) => boolean | Promise<boolean>) | undefined
  /**
   * Whether this user must have two-factor authentication. `{ fromMs }`: from that time on; until then results include
   * `requiredFromMs`. Default: never required.
   */
  isRequired?: ((userId: string) => RequiredAnswer | Promise<RequiredAnswer>) | undefined
  /**
   * Compares a recovery code with a hash that another library made (bcrypt, argon2 …), for users imported with hashed
   * codes. Receives what was entered: at most 64 printable ASCII characters, with case and dashes as entered. Called
   * for every unused hash of a code of that length, for one attempt per user at a time. Without it, such codes are not
   * accepted.
   */
  verifyImportedCode?: ((typed: string, hash: string) => boolean | Promise<boolean>) | undefined
  /**
   * Passkeys and security keys: `passkeyVerifier()` from countersign/passkeys. Without it, none can be added or used.
   */
  passkeys?: PasskeyVerifier | undefined
  /**
   * The kinds of `proof` that are accepted. Default: password and code. A passkey is accepted wherever a code is
   * accepted.
   */
  acceptedProofs?: readonly ProofKind[] | undefined
  /**
   * For how many days `trustDevice` skips the code: 1 to 365, default 30. `false`: no device is trusted, including
   * devices trusted earlier.
   */
  trustDevices?: false | { days?: number | undefined } | undefined
  totp?:
    | {
        /** Default SHA1, the only one that every app supports. */
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
  /**
   * Called and awaited after the write, for 5 s at most. A rejection does not change the outcome and goes to
   * `onEventError`.
   */
  onEvent?: ((event: TwoFactorEvent) => void | Promise<void>) | undefined
  onEventError?: ((error: unknown, event: TwoFactorEvent) => void | Promise<void>) | undefined
  /** The clock, in Unix milliseconds. Default `() => Date.now()`. */
  now?: (() => number) | undefined
  /** Randomness, for tests. Default crypto.getRandomValues. */
  random?: ((bytes: number) => Uint8Array) | undefined
}
