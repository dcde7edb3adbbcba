import type { SignInAnswer } from 'countersign/http'

export const SIGN_IN = '/sign-in'
export const SECOND_STEP = '/sign-in/second-step'

export type Challenge = Extract<SignInAnswer, { signedIn: false }> & { resetAtMs?: number }

/**
 * Where a sign-in stands. The browser keeps it with the entry of its history, so that each step outlives a reload and Back
 * goes one step. The challenge's token is worth nothing without the cookie that came with it, which no script can read.
 */
export interface Journey {
  /** The page that was asked for. */
  next?: string | undefined
  login?: string
  challenge?: Challenge
}

/** What the entry that is shown now was given. Entries of pages have nothing. */
export function journey(): Journey {
  const state: Journey | null = location.pathname.startsWith(SIGN_IN) ? history.state : null
  return state ?? {}
}

export function setJourney(path: string, state: Journey): void {
  history.replaceState(state, '', path)
}

/** The password was right: the second step is a place of its own, and the one before keeps the login. */
export function goToSecondStep(login: string, challenge: Challenge): void {
  const { next } = journey()
  setJourney(SIGN_IN, { next, login })
  history.pushState({ next, login, challenge } satisfies Journey, '', SECOND_STEP)
}
