/** What the API answers, and what it asks for: the same for the server and the browser. */
import type {
  BeginSetupResult,
  CompleteChallengeResult,
  ConfirmSetupResult,
  DisableResult,
  Method,
  Refusal,
  RegenerateRecoveryCodesResult,
  RemoveAuthenticatorResult,
  RenameAuthenticatorResult,
  RevokeTrustedDevicesResult,
  Status,
  TwoFactorEventType,
  ViewRecoveryCodesResult,
} from 'countersign'

/** Of a new password. */
export const MIN_PASSWORD_LENGTH = 12

/** What this server refuses by itself, beside what the engine refuses. */
export type HostReason =
  | 'wrong-login'
  | 'too-many-attempts'
  | 'weak-password'
  | 'signed-out'
  | 'forbidden'
  | 'cross-site'
  | 'bad-request'
  | 'not-found'
  | 'server-error'

type ReasonOf<Result> = Extract<Result, { ok: false }> extends Refusal<infer Reason> ? Reason : never

/** Every reason that a person can meet: the browser has words for each. */
export type Reason =
  | HostReason
  | ReasonOf<CompleteChallengeResult>
  | ReasonOf<BeginSetupResult>
  | ReasonOf<ConfirmSetupResult>
  | ReasonOf<ViewRecoveryCodesResult>
  | ReasonOf<RemoveAuthenticatorResult>
  | ReasonOf<DisableResult>
  | 'offline'

/** The engine's outcome as the browser gets it: with the host's reasons besides, and without what the cookies carry. */
type Answer<Result> =
  | Omit<Extract<Result, { ok: true }>, 'device' | 'userId' | 'state'>
  | Refusal<ReasonOf<Result> | HostReason | 'offline'>

export interface User {
  login: string
  name: string
  isAdmin: boolean
}

/** The offer of a new secret, with all that a person needs to take it: by camera or by typing. */
export interface ScanOffer {
  secret: string
  uri: string
  /** The QR code, as a data URI for an image. */
  qr: string
  issuer: string
  accountName: string
  digits: number
  periodSeconds: number
}

export type SignInAnswer =
  | { ok: true; signedIn: true; user: User; sessionToken?: string }
  | { ok: true; signedIn: false; action: 'code'; challengeToken: string; methods: Method[] }
  | { ok: true; signedIn: false; action: 'setup'; challengeToken: string; setup: ScanOffer }
  | Refusal<HostReason | 'offline' | 'challenge-expired' | 'challenge-used'>

export type Verify2FACodeAnswer =
  | {
      ok: true
      user: User
      method: Method
      recoveryCodesLeft: number
      /** No code is asked on this device from now on. */
      deviceTrusted: boolean
      recoveryCodes?: string[]
      /** For scripts. A browser gets its session in an HttpOnly cookie only. */
      sessionToken?: string
    }
  | Refusal<ReasonOf<CompleteChallengeResult> | HostReason | 'offline'>

export type MeAnswer = { ok: true; user: User; issuer: string } | Refusal<HostReason | 'offline'>
export type TwoFactorAnswer = { ok: true; status: Status } | Refusal<HostReason | 'offline'>
export type DoneAnswer = { ok: true } | Refusal<HostReason | 'offline'>

export type BeginSetupAnswer = ({ ok: true } & ScanOffer) | Extract<Answer<BeginSetupResult>, { ok: false }>
export type ConfirmSetupAnswer = Answer<ConfirmSetupResult>
export type ViewRecoveryCodesAnswer = Answer<ViewRecoveryCodesResult>
export type RegenerateRecoveryCodesAnswer = Answer<RegenerateRecoveryCodesResult>
export type RenameAuthenticatorAnswer = Answer<RenameAuthenticatorResult>
export type RemoveAuthenticatorAnswer = Answer<RemoveAuthenticatorResult>
export type RevokeTrustedDevicesAnswer = Answer<RevokeTrustedDevicesResult>
export type DisableAnswer = Answer<DisableResult>

/** One line of the account's recent activity. */
export interface ActivityEntry {
  type: TwoFactorEventType
  atMs: number
  notify: boolean
  method: Method | null
  knownDevice: boolean | null
  by: string | null
  note: string | null
  ip: string | null
  browser: string | null
}
export type ActivityAnswer = { ok: true; entries: ActivityEntry[] } | Refusal<HostReason | 'offline'>

export interface ListedUser extends User {
  id: string
  twoFactorRequired: boolean
  /** `unreadable`: the stored record is damaged; a reset helps. */
  twoFactor: 'on' | 'off' | 'unreadable'
  enabledAtMs: number | null
  /** Attempts are refused at the moment, or wait: unlocking helps. */
  isHeldUp: boolean
}
export type UsersAnswer = { ok: true; users: ListedUser[] } | Refusal<HostReason | 'offline'>
