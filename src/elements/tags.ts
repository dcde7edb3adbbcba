import type {
  AccessTokensElement,
  CountersignElement,
  CountersignElementEvents,
  RecoveryCodesElement,
  TwoFactorChallengeElement,
  TwoFactorSettingsElement,
  TwoFactorSetupElement,
} from './element-types.ts'

/** Attributes and properties of every element. */
export interface CountersignElementProps extends Partial<Pick<CountersignElement, 'baseUrl' | 'client' | 'texts'>> {
  'base-url'?: string | undefined
  lang?: string | undefined
  theme?: 'auto' | 'dark' | 'light' | undefined
}

export interface TwoFactorSettingsProps
  extends CountersignElementProps,
    Partial<Pick<TwoFactorSettingsElement, 'notMeUrl' | 'resetAtMs'>> {
  'not-me-url'?: string | undefined
  'reset-at-ms'?: number | string | undefined
}

export interface TwoFactorSetupProps extends CountersignElementProps, Partial<Pick<TwoFactorSetupElement, 'replaces'>> {
  autofocus?: boolean | undefined
}

export interface TwoFactorChallengeProps
  extends CountersignElementProps,
    Partial<Pick<TwoFactorChallengeElement, 'accountName' | 'authenticatorName' | 'challenge' | 'resetAtMs'>> {
  'account-name'?: string | undefined
  'authenticator-name'?: string | undefined
  'reset-at-ms'?: number | string | undefined
}

export interface RecoveryCodesProps
  extends CountersignElementProps,
    Partial<Pick<RecoveryCodesElement, 'accountName' | 'codes' | 'issuer' | 'viewOnly'>> {
  'account-name'?: string | undefined
  'view-only'?: boolean | undefined
}

/**
 * The element, properties and events of each tag. `countersign/elements/react`, `/vue` and `/svelte` declare them for
 * their frameworks; for another one, map this type to its own declarations.
 */
export interface CountersignTags {
  'two-factor-settings': {
    element: TwoFactorSettingsElement
    props: TwoFactorSettingsProps
    events: Pick<CountersignElementEvents, 'two-factor-changed' | 'two-factor-sign-in-again' | 'two-factor-signed-out'>
  }
  'two-factor-setup': {
    element: TwoFactorSetupElement
    props: TwoFactorSetupProps
    events: Pick<
      CountersignElementEvents,
      | 'two-factor-changed'
      | 'two-factor-setup-canceled'
      | 'two-factor-setup-done'
      | 'two-factor-sign-in-again'
      | 'two-factor-signed-out'
    >
  }
  'two-factor-challenge': {
    element: TwoFactorChallengeElement
    props: TwoFactorChallengeProps
    events: Pick<CountersignElementEvents, 'two-factor-signed-in' | 'two-factor-start-over'>
  }
  'recovery-codes': {
    element: RecoveryCodesElement
    props: RecoveryCodesProps
    events: Pick<CountersignElementEvents, 'recovery-codes-saved'>
  }
  'access-tokens': {
    element: AccessTokensElement
    props: CountersignElementProps
    events: Pick<
      CountersignElementEvents,
      'access-tokens-changed' | 'two-factor-sign-in-again' | 'two-factor-signed-out'
    >
  }
}
