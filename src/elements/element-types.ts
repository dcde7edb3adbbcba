import type { TwoFactorClient } from '../client/connect.ts'
import type { CompleteChallengeAnswer, SignInAnswer } from '../http/index.ts'
import type { Texts } from './texts/words.ts'

/** The properties of all elements. */
export interface CountersignElement extends HTMLElement {
  /** Where the API is mounted. Default `/two-factor`. Attribute `base-url`. */
  baseUrl: string
  /** Used instead of a client for `baseUrl`: with your own headers or `fetch`. */
  client: TwoFactorClient | undefined
  /** Replaces those passed to `defineElements`. */
  texts: Partial<Texts> | undefined
}

/** `<two-factor-settings>`: everything that a person can see and do about their second factor. */
export interface TwoFactorSettingsElement extends CountersignElement {
  /** Where “This wasn’t me” leads: one of your pages. Without it, the link is not shown. Attribute `not-me-url`. */
  notMeUrl: string
  /**
   * When staff reset two-factor authentication (Unix milliseconds), as you stored it from the event `two-factor.reset`.
   * A notice says so until it is set up again. Default 0: no notice. Attribute `reset-at-ms`.
   */
  resetAtMs: number
  /** Loads the status again, after something else on the page changed it. */
  refresh(): void
}

/** `<two-factor-setup>`: sets up an authenticator, the first or another one. */
export interface TwoFactorSetupElement extends CountersignElement {
  /** The id of the authenticator that the new one replaces, or `all`. Attribute `replaces`. */
  replaces: string | undefined
}

/** `<two-factor-challenge>`: the second step of a sign-in. */
export interface TwoFactorChallengeElement extends CountersignElement {
  /** What the sign-in route answered. */
  challenge: SignInAnswer | null
  /** Who is signing in, known from the page's first step. Shown; attribute `account-name`. */
  accountName: string
  /** The name of the person's authenticator. Shown; attribute `authenticator-name`. */
  authenticatorName: string
  /** As in the settings: said where the sign-in leads to a setup. Attribute `reset-at-ms`. */
  resetAtMs: number
}

/** `<recovery-codes>`: a list of them, and ways to save it. */
export interface RecoveryCodesElement extends CountersignElement {
  codes: readonly (string | { code: string; usedAtMs: number | null })[]
  issuer: string
  accountName: string
  /** Without the checkbox that says that they are saved. Attribute `view-only`. */
  viewOnly: boolean
}

/** `<access-tokens>`: a person's access tokens. */
export interface AccessTokensElement extends CountersignElement {
  /** Loads the list again, after something else on the page changed it. */
  refresh(): void
}

/** What changed, as `two-factor-changed` reports it. */
export type TwoFactorChange =
  | 'enabled'
  | 'disabled'
  | 'authenticator-added'
  | 'authenticator-replaced'
  | 'authenticator-renamed'
  | 'authenticator-removed'
  | 'recovery-codes-regenerated'
  | 'trusted-devices-revoked'

/** What changed, as `access-tokens-changed` reports it. */
export type AccessTokensChange = 'issued' | 'renamed' | 'revoked' | 'all-revoked'

/**
 * Why a sign-in starts over: the person asked for another account (`canceled`), or pressed Start Over after the second step
 * was refused for one of the API's reasons.
 */
export type StartOverReason = 'canceled' | 'challenge-expired' | 'challenge-used' | 'sign-in-cookie-missing'

/** The events of the elements. They bubble, also out of shadow trees; none contains a code, a key or a token. */
export interface CountersignElementEvents {
  'two-factor-changed': CustomEvent<{ change: TwoFactorChange }>
  'two-factor-setup-done': CustomEvent<{ authenticatorId: string }>
  'two-factor-setup-canceled': CustomEvent<Record<never, never>>
  /** The session is open: go to the next page. With what your `openSession` added to the answer. */
  'two-factor-signed-in': CustomEvent<Omit<CompleteChallengeAnswer, 'recoveryCodes'>>
  /** Show the password step again. */
  'two-factor-start-over': CustomEvent<{ reason: StartOverReason }>
  /** Nobody is signed in anymore. */
  'two-factor-signed-out': CustomEvent<Record<never, never>>
  /** The operation needs a fresh sign-in. */
  'two-factor-sign-in-again': CustomEvent<Record<never, never>>
  'recovery-codes-saved': CustomEvent<Record<never, never>>
  'access-tokens-changed': CustomEvent<{ change: AccessTokensChange }>
}

declare global {
  interface HTMLElementTagNameMap {
    'two-factor-settings': TwoFactorSettingsElement
    'two-factor-setup': TwoFactorSetupElement
    'two-factor-challenge': TwoFactorChallengeElement
    'recovery-codes': RecoveryCodesElement
    'access-tokens': AccessTokensElement
  }
  interface GlobalEventHandlersEventMap extends CountersignElementEvents {}
}
