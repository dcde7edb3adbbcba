// Pages about the elements.

declare type SignInAnswer = import('countersign/client').SignInAnswer
declare type TwoFactorChallengeElement = import('countersign/elements').TwoFactorChallengeElement
declare const answer: any, form: HTMLFormElement, leave: () => void, restart: () => void, showPasswordForm: () => void
declare const showError: (message: string) => void
declare const useEffect: (effect: () => any, of?: unknown[]) => void,
  useRef: <T>(value: T | null) => { current: T | null }
declare const vue: any, headers: any, body: any
