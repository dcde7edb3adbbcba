import type { CompleteChallengeAnswer, SignInAnswer } from '../../http/index.ts'
import type { Refused, Scope, Show } from '../scope.ts'

/** What the ways through the second step are given. */
export interface SecondStep {
  scope: Scope
  show: Show
  challenge: Extract<SignInAnswer, { signedIn: false }>
  /** Who signs in, and what their app is called, if the page says so. */
  account: string
  authenticator: string
  /** When staff reset two-factor authentication, as the page says; 0: never. */
  resetAtMs: number
  /** Whether the challenge is over, which it then shows. */
  isOver(refusal: Refused): boolean
  done(answer: CompleteChallengeAnswer): void
}
