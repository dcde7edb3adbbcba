import type { CompleteChallengeAnswer, SignInAnswer } from '../../http/index.ts'
import type { Refused, Scope, Show } from '../scope.ts'

/** What each kind of second step receives. */
export interface SecondStep {
  scope: Scope
  show: Show
  challenge: Extract<SignInAnswer, { signedIn: false }>
  /** Who signs in, and the name of their app, if the page provides them. */
  account: string
  authenticator: string
  /** When staff reset two-factor authentication, as the page says; 0: never. */
  resetAtMs: number
  /** Whether the challenge is over; if so, shows that. */
  isOver(refusal: Refused): boolean
  done(answer: CompleteChallengeAnswer): void
}
