import type { TwoFactorClient } from '../client/connect.ts'
import type { CompleteChallengeAnswer, SignInAnswer } from '../http/index.ts'
import type { Texts } from './texts/words.ts'

/** What all of the elements take. */
export interface CountersignElement extends HTMLElement {
  /** Where the API is mounted. Default `/two-factor`. Attribute `base-url`. */
  baseUrl: string
  /** Asked in place of one for `baseUrl`: with headers or a `fetch` of the page's own. */
  client: TwoFactorClient | undefined
  /** In place of those that `defineElements` was given. */
  texts: Partial<Texts> | undefined
}

/** `<two-factor-settings>`: all that a person can see and do about their second factor. */
export interface TwoFactorSettingsElement extends CountersignElement {
  /** Where “This wasn’t me” leads: one of the host's pages. Without it, the link is not shown. Attribute `not-me-url`. */
  notMeUrl: string
  /**
   * When staff reset two-factor authentication (Unix milliseconds), as the host remembers from the event
   * `two-factor.reset`. Until it is set up again, a notice says so. Default 0: nothing is said. Attribute `reset-at-ms`.
   */
  resetAtMs: number
  /** Asks for the status again: where something else on the page has changed it. */
  refresh(): void
}

/** `<two-factor-setup>`: sets an authenticator up, the first or one more. */
export interface TwoFactorSetupElement extends CountersignElement {
  /** The id of the authenticator whose place the new one takes, or `all`. Attribute `replaces`. */
  replaces: string | undefined
}

/** `<two-factor-challenge>`: the second step of a sign-in. */
export interface TwoFactorChallengeElement extends CountersignElement {
  /** What the sign-in route answered. */
  challenge: SignInAnswer | null
  /** Who is signing in, as the page knows from its first step. Shown; attribute `account-name`. */
  accountName: string
  /** What the person's authenticator is called. Shown; attribute `authenticator-name`. */
  authenticatorName: string
  /** As in the settings: said where the sign-in leads to a setup. Attribute `reset-at-ms`. */
  resetAtMs: number
}

/** `<recovery-codes>`: a list of them, and the ways to keep it. */
export interface RecoveryCodesElement extends CountersignElement {
  codes: readonly (string | { code: string; usedAtMs: number | null })[]
  issuer: string
  accountName: string
  /** Without the box that says that they are saved. Attribute `view-only`. */
  viewOnly: boolean
}

/** `<access-tokens>`: the tokens of a person's scripts. */
export interface AccessTokensElement extends CountersignElement {
  /** Asks for the list again: where something else on the page has changed it. */
  refresh(): void
}

/** What changed, as `two-factor-changed` tells it. */
export type TwoFactorChange =
  | 'enabled'
  | 'disabled'
  | 'authenticator-added'
  | 'authenticator-replaced'
  | 'authenticator-renamed'
  | 'authenticator-removed'
  | 'recovery-codes-regenerated'
  | 'trusted-devices-revoked'

/** What changed, as `access-tokens-changed` tells it. */
export type AccessTokensChange = 'issued' | 'renamed' | 'revoked' | 'all-revoked'

/**
 * Why a sign-in starts over: the person asked for another account (`canceled`), or pressed Start Over after the second step
 * was refused for one of the API's reasons.
 */
export type StartOverReason = 'canceled' | 'challenge-expired' | 'challenge-used' | 'sign-in-cookie-missing'

/** The events of the elements. All of them bubble, out of shadow trees too; none holds a code, a key or a token. */
export interface CountersignElementEvents {
  'two-factor-changed': CustomEvent<{ change: TwoFactorChange }>
  'two-factor-setup-done': CustomEvent<{ authenticatorId: string }>
  'two-factor-setup-canceled': CustomEvent<Record<never, never>>
  /** The session is open: go where it leads. With what the host added to the answer. */
  'two-factor-signed-in': CustomEvent<Omit<CompleteChallengeAnswer, 'recoveryCodes'>>
  /** Show the password step again. */
  'two-factor-start-over': CustomEvent<{ reason: StartOverReason }>
  /** Nobody is signed in any more. */
  'two-factor-signed-out': CustomEvent<Record<never, never>>
  /** What was asked for needs a fresh sign-in. */
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
