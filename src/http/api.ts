import type { TwoFactorMethod } from '../engine/events.ts'
import type {
  AuthenticationResponseJson,
  PasskeyCreationOptions,
  PasskeyRequestOptions,
  RegistrationResponseJson,
} from '../engine/passkey.ts'
import type { ProofReason } from '../engine/proof.ts'
import type { Refusal } from '../engine/refusal.ts'
import type { AuthenticatorType } from '../engine/setup-offer.ts'
import type { OtpAlgorithm } from '../otp/index.ts'
import type { AccessToken, IssueResult, RenameTokenResult } from '../tokens/index.ts'
import type {
  BeginRequiredSetupResult,
  BeginSetupResult,
  BeginStepUpResult,
  CancelSetupResult,
  ChallengeResult,
  CompleteChallengeResult,
  ConfirmSetupResult,
  DisableResult,
  MarkRecoveryCodesSavedResult,
  RegenerateRecoveryCodesResult,
  RemoveAuthenticatorResult,
  RenameAuthenticatorResult,
  ResumeRequiredSetupResult,
  ResumeSetupResult,
  RevokeTrustedDevicesResult,
  TrustedDeviceStatus,
  TwoFactorStatus,
  VerifyResult,
  ViewRecoveryCodesResult,
} from '../two-factor/outcomes.ts'

/*
 * The requests and answers of the HTTP API, by operation: the same for the handler, its OpenAPI document and the
 * client. The path is the operation's name in kebab case.
 */

/**
 * Proof for a sensitive operation. Left out where a fresh sign-in is the proof. `token` is that of `beginStepUp`, for
 * which the passkey signed.
 */
export type ProofBody = { password: string } | { passkey: AuthenticationResponseJson; token: string } | { code: string }

/** The offer for a new authenticator. The setup's token is in a cookie. */
export type SetupOfferAnswer = SetupOfferAnswers[AuthenticatorType]

/** The offers, by the type of authenticator. */
export interface SetupOfferAnswers {
  totp: TotpOfferAnswer
  passkey: PasskeyOfferAnswer
}

interface OfferFields {
  /**
   * Identifies this offer. Sent back with the first code or the passkey, it distinguishes this page from another one in
   * the same browser that began again later.
   */
  setupId: string
  expiresAtMs: number
}

/** For `navigator.credentials.create()`, as JSON. */
export interface PasskeyOfferAnswer extends OfferFields {
  type: 'passkey'
  options: PasskeyCreationOptions
}

/** What the person scans or enters. */
export interface TotpOfferAnswer extends OfferFields {
  type: 'totp'
  /** The otpauth URI. */
  uri: string
  /** In base32, for typing. */
  secret: string
  /** The QR code, as an SVG element. */
  qr: string
  issuer: string
  accountName: string
  algorithm: OtpAlgorithm
  digits: number
  periodSeconds: number
}

/** What your sign-in route answers through `handler.signIn`, apart from what your `openSession` adds. */
export type SignInAnswer =
  | {
      signedIn: true
      /** When two-factor authentication becomes required for this user (Unix milliseconds); present until then. */
      requiredFromMs?: number
    }
  | {
      signedIn: false
      /** `setup`: this user must have two-factor authentication and has not set it up yet. */
      action: 'verify' | 'setup'
      challengeToken: string
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

/** The second step was passed, and the session is open. The answer also has what your `openSession` added. */
export interface CompleteChallengeAnswer {
  signedIn: true
  method: TwoFactorMethod
  recoveryCodesLeft: number
  /** This browser is now trusted and skips the code. */
  deviceTrusted: boolean
  /** Present if this sign-in also completed a required setup. */
  recoveryCodes?: string[]
}

/** What a page needs to ask for a code during a session. */
export interface BeginStepUpAnswer {
  /** For the passkey of a step-up; a code needs none. */
  token: string
  expiresAtMs: number
  /** Methods currently accepted, with the one last used in this browser first. */
  methods: TwoFactorMethod[]
  totpDigits: number[]
  /** For `navigator.credentials.get()`, as JSON; null if no passkey can be used. */
  passkey: PasskeyRequestOptions | null
}

/** What the settings page shows. */
export interface StatusAnswer extends Omit<TwoFactorStatus, 'trustedDevices'> {
  /** `thisDevice` says which one is this browser: a GET reads no cookie. */
  trustedDevices: Omit<TrustedDeviceStatus, 'current'>[]
  issuer: string
  accountName: string
}

/** The user's tokens, and the scopes that can be issued; `null` if every scope is allowed. */
export interface AccessTokensAnswer {
  accessTokens: AccessToken[]
  scopes: string[] | null
  prefix: string
}

/** What the device token in this browser's cookie says, which a GET does not read. */
export interface ThisDeviceAnswer {
  /** The `id` of this browser in the `trustedDevices` of `status`; null if it is not trusted. */
  trustedDeviceId: string | null
}

/** An empty object. */
export type DoneAnswer = Record<never, never>

/** Each operation: its body (null: a GET without one), its answer, and why it can be refused. */
export interface HttpOperations {
  status: Operation<null, StatusAnswer>
  thisDevice: Operation<Record<never, never>, ThisDeviceAnswer>
  completeChallenge: Operation<
    CompleteChallengeFields & (PasskeyBody<AuthenticationResponseJson | RegistrationResponseJson> | CodeBody),
    CompleteChallengeAnswer,
    ReasonOf<CompleteChallengeResult> | SignInReason
  >
  beginRequiredSetup: Operation<
    { challengeToken: string; type?: AuthenticatorType | undefined; name?: string | undefined },
    SetupOfferAnswer,
    ReasonOf<BeginRequiredSetupResult> | SignInReason
  >
  resumeRequiredSetup: Operation<
    { challengeToken: string },
    SetupOfferAnswer,
    ReasonOf<ResumeRequiredSetupResult> | SignInReason
  >
  beginStepUp: Operation<Record<never, never>, BeginStepUpAnswer, ReasonOf<BeginStepUpResult>>
  verify: Operation<
    (PasskeyBody & { token: string }) | CodeBody,
    { method: TwoFactorMethod; recoveryCodesLeft: number },
    ReasonOf<VerifyResult>
  >
  beginSetup: Operation<
    ProvenBody & {
      type?: AuthenticatorType | undefined
      name?: string | undefined
      replaces?: string | undefined
    },
    SetupOfferAnswer,
    ReasonOf<BeginSetupResult>
  >
  confirmSetup: Operation<
    { setupId?: string | undefined } & (PasskeyBody<RegistrationResponseJson> | CodeBody),
    { authenticatorId: string; recoveryCodes?: string[] },
    ReasonOf<ConfirmSetupResult>
  >
  resumeSetup: Operation<Record<never, never>, SetupOfferAnswer, ReasonOf<ResumeSetupResult>>
  cancelSetup: Operation<{ setupId?: string | undefined }, DoneAnswer, ReasonOf<CancelSetupResult>>
  viewRecoveryCodes: Operation<
    ProvenBody,
    { recoveryCodes: { code: string; usedAtMs: number | null }[]; createdAtMs: number; token: string },
    ReasonOf<ViewRecoveryCodesResult>
  >
  regenerateRecoveryCodes: Operation<
    { proof?: ProofBody | { token: string } | undefined },
    { recoveryCodes: string[] },
    ReasonOf<RegenerateRecoveryCodesResult>
  >
  markRecoveryCodesSaved: Operation<{ createdAtMs: number }, DoneAnswer, ReasonOf<MarkRecoveryCodesSavedResult>>
  renameAuthenticator: Operation<{ id: string; name: string }, DoneAnswer, ReasonOf<RenameAuthenticatorResult>>
  removeAuthenticator: Operation<ProvenBody & { id: string }, DoneAnswer, ReasonOf<RemoveAuthenticatorResult>>
  revokeTrustedDevices: Operation<
    { id?: string | undefined },
    { revoked: number },
    ReasonOf<RevokeTrustedDevicesResult>
  >
  disable: Operation<ProvenBody, { requiredFromMs?: number }, ReasonOf<DisableResult>>
  accessTokens: Operation<null, AccessTokensAnswer>
  issueAccessToken: Operation<
    ProvenBody & { name: string; scopes?: string[] | undefined; expiresAtMs?: number | null | undefined },
    { token: string; accessToken: AccessToken },
    ReasonOf<IssueResult>
  >
  renameAccessToken: Operation<{ id: string; name: string }, DoneAnswer, ReasonOf<RenameTokenResult>>
  revokeAccessToken: Operation<{ id: string }, DoneAnswer, 'not-found'>
  revokeAllAccessTokens: Operation<Record<never, never>, { revoked: number }>
}

/** Why a request can be refused before it reaches an operation. */
export type RequestReason =
  | 'invalid-request'
  | 'signed-out'
  | 'cross-site'
  | 'not-found'
  | 'method-not-allowed'
  | 'body-too-slow'
  | 'body-too-large'
  | 'not-json'
  | 'server-error'

/** Why the second step can be refused in a browser, besides the engine's reasons. */
export type SignInReason = 'sign-in-cookie-missing'

/** Every reason that the API can return. */
export type ProblemReason = RequestReason | ProofReason | HttpOperations[HttpOperationName]['reason']

/** The name of an operation and of the client's method; in kebab case, the path. */
export type HttpOperationName = keyof HttpOperations

/** An RFC 9457 problem. */
export interface TwoFactorProblem {
  /** `urn:countersign:problem:` and the reason: stays the same from version to version. */
  type: string
  title: string
  status: number
  reason: ProblemReason
  /** Whole seconds until trying again can help; null if unknown. */
  retryAfterSeconds: number | null
  /** More for the developer, such as that the handler is not mounted at its `basePath`. */
  detail?: string
  /** With `wrong-code` for a first code that is correct for another time: how far the phone's clock is off. */
  clockOffsetSeconds?: number
  /** What is wrong with the request's fields. */
  errors?: { path: string; message: string }[]
}

/** How a person passed the second step, or why none was asked for. */
export type SignInMethod = TwoFactorMethod | Extract<ChallengeResult, { passed: true }>['because']

interface ProvenBody {
  proof?: ProofBody | undefined
}

interface CompleteChallengeFields {
  challengeToken: string
  trustDevice?: boolean | undefined
  setupId?: string | undefined
}

interface CodeBody {
  code: string
}

interface PasskeyBody<Response = AuthenticationResponseJson> {
  passkey: Response
}

interface Operation<Body, Answer, Why extends string = never> {
  body: Body
  answer: Answer
  reason: Why
}

type ReasonOf<Result> = Extract<Result, { ok: false }> extends Refusal<infer Why> ? Why : never
