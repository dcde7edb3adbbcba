import { createTwoFactor, type UserStore } from 'countersign'
import { generateTotp } from 'countersign/otp'

/** Users of whom nobody has used a code yet, and the time at which they were enrolled. */
export interface Load {
  keys: string
  startMs: number
  users: readonly LoadUser[]
}

export interface LoadUser {
  userId: string
  secret: string
  recoveryCodes: readonly string[]
}

/** `r3` is the recovery code at index 3, `t7` the authenticator's code of the seventh step since the start. */
export type CodeName = `${'r' | 't'}${number}`

/** `try` before a sign-in begins; after it `ok`, the reason of the refusal, or `threw`. */
export type Tell = (user: number, code: CodeName, what: string) => void

const STEP_MS = 30_000
const PAUSE_MS = 20

/**
 * All users sign in at once and again and again, each with a recovery code and an authenticator's code side by side. A
 * sign-in that threw is tried again with the same code, as a person would.
 */
export async function signInMany(store: UserStore, load: Load, tell: Tell, isOver: () => boolean): Promise<void> {
  await Promise.all(
    load.users.map((user, index) => signInUser(store, load, user, (...args) => tell(index, ...args), isOver)),
  )
}

async function signInUser(
  store: UserStore,
  { keys, startMs }: Load,
  { userId, secret, recoveryCodes }: LoadUser,
  tell: (code: CodeName, what: string) => void,
  isOver: () => boolean,
): Promise<void> {
  let step = 1
  const now = () => timeOf(startMs, step)
  const twoFactor = createTwoFactor({ issuer: 'Acme', store, keys, now, verifyPassword: () => true })

  async function untilAnswered(name: CodeName, code: string): Promise<void> {
    for (;;) {
      tell(name, 'try')
      const what = await signIn(code)
      tell(name, what)
      if (isOver() || (what !== 'threw' && what !== 'challenge-expired')) return
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }

  async function signIn(code: string): Promise<string> {
    try {
      const challenge = await twoFactor.challenge(userId)
      if (challenge.passed) return 'not required'
      const result = await twoFactor.completeChallenge(challenge.token, { code })
      return result.ok ? 'ok' : result.reason
    } catch {
      return 'threw'
    }
  }

  async function withRecoveryCodes(): Promise<void> {
    for (const [index, code] of recoveryCodes.entries()) {
      if (isOver()) return
      await untilAnswered(`r${index}`, code)
    }
  }

  async function withAuthenticator(): Promise<void> {
    for (; !isOver(); step += 1) await untilAnswered(`t${step}`, totpOf(secret, now()))
  }

  await Promise.all([withRecoveryCodes(), withAuthenticator()])
}

/** The time of a step since the start. */
export function timeOf(startMs: number, step: number): number {
  return startMs + step * STEP_MS
}

export function totpOf(secret: string, timeMs: number): string {
  return generateTotp({ secret, timeMs })
}
