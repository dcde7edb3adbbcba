import type { TwoFactor } from '../index.ts'
import { enroll } from './enroll.ts'
import { answerOf, outcomeOf, type SignInAnswerKind } from './sign-in-answer.ts'

/** What a way of signing in receives. */
export interface SignInAttempt {
  /** The user who signs in: from `makeUser`, or a random id. */
  userId: string
  /** Pass it to your application instead of its own, if it accepts one: its calls are counted. */
  openSession: (...details: unknown[]) => Promise<Record<string, string>>
}

/** Passes this user's first factor in one way, and returns the answer that the browser or client gets. */
export type SignInWay = (attempt: SignInAttempt) => unknown

/** For {@link signInCases}. */
export interface SignInCasesOptions {
  /** Every way of signing in that your application has, by name. */
  signIns: Readonly<Record<string, SignInWay>>
  /**
   * Your application's own. With it, each way is also tried by a user without two-factor authentication, whom it must
   * sign in. Without it, `makeUser` must return users who have it on, and nothing shows that a sign-in route works at
   * all.
   */
  twoFactor?: TwoFactor | undefined
  /** Creates a new user each time and returns the id. Default: a random id. */
  makeUser?: (() => string | Promise<string>) | undefined
  /** Whether this user has a session now. Needed unless your application uses `openSession` of the attempt. */
  isSignedIn?: ((userId: string, answer: unknown) => boolean | Promise<boolean>) | undefined
  /**
   * Whether an answer asks for the second step. Needed if it does not come from the library, such as a redirect: by
   * default the result of `challenge` and the answer of `handler.signIn` are recognized, as a Response, as JSON, or in
   * `body` or `data`.
   */
  asksForSecondStep?: ((answer: unknown) => boolean | Promise<boolean>) | undefined
}

/** One way of signing in, as a case for any test runner. */
export interface SignInCase {
  name: string
  /** Rejects if this way signs in without the second step; the message says what happened. */
  run: () => Promise<void>
}

const OPTIONS: readonly string[] = ['signIns', 'twoFactor', 'makeUser', 'isSignedIn', 'asksForSecondStep']

/**
 * Shows that no way of signing in bypasses the second step: for a user with two-factor authentication, each must end in
 * a challenge without opening a session. It covers only the ways that you list.
 *
 * @throws Error if an option is wrong
 * @example
 * const signIns = {
 *   password: ({ userId }) => post('/sign-in', { login: userId, password }),
 *   'magic link': ({ userId }) => get(magicLinks.make(userId)),
 * }
 * for (const { name, run } of signInCases({ twoFactor, signIns, makeUser, isSignedIn })) test(name, run)
 */
export function signInCases(options: SignInCasesOptions): readonly SignInCase[] {
  const ways = checked(options)
  const names = ways.map(([name]) => name)
  return [
    ...ways.map(([name, way]): SignInCase => {
      return { name: `${name}: ends in a challenge and opens no session`, run: () => tryWay(name, way, options) }
    }),
    // So that readers of the results see what they do not cover.
    { name: `these are the only ways that were tried: ${names.join(', ')}`, run: async () => {} },
  ]
}

function checked(options: SignInCasesOptions): [string, SignInWay][] {
  if (typeof options !== 'object' || options === null) throw new Error('signInCases takes an object: { signIns }.')
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name))
  if (unknown !== undefined) {
    throw new Error(`signInCases has no option ${JSON.stringify(unknown)}. It has ${OPTIONS.join(', ')}.`)
  }
  const ways = Object.entries(options.signIns ?? {})
  if (ways.length === 0)
    throw new Error('signIns: list every way of signing in. Nothing is proved about ways that are not listed.')
  const wrong = ways.find(([, way]) => typeof way !== 'function')
  if (wrong !== undefined) throw new Error(`signIns: ${JSON.stringify(wrong[0])} must be a function.`)
  return ways
}

async function tryWay(name: string, way: SignInWay, options: SignInCasesOptions): Promise<void> {
  const { twoFactor } = options
  if (twoFactor !== undefined) await mustWork(name, await attempt(way, await newUser(options), options))
  const userId = await newUser(options)
  if (twoFactor !== undefined) await enroll(twoFactor, userId)
  const { sessions, kind } = await attempt(way, userId, options)
  if (sessions > 0 || kind === 'signed-in') {
    throw new Error(
      `${name}: it signed in a user with two-factor authentication without asking for the second step. Call challenge(), or handler.signIn(), in the one function that opens sessions, and call that function here too.`,
    )
  }
  if (kind !== 'challenge') {
    throw new Error(
      `${name}: the answer asks for no second step. Return what the browser gets; if it is your own answer, such as a redirect, pass asksForSecondStep to recognize it.`,
    )
  }
}

async function newUser({ twoFactor, makeUser = () => crypto.randomUUID() }: SignInCasesOptions): Promise<string> {
  const userId = await makeUser()
  if ((await twoFactor?.status(userId))?.enabled !== true) return userId
  throw new Error(
    `makeUser returned an id that already has a record: ${JSON.stringify(userId)}. Is the database left from an earlier run? Return a new id each time.`,
  )
}

interface Attempted {
  answer: unknown
  /** The number of sessions that were opened. */
  sessions: number
  kind: SignInAnswerKind
}

/** Without two-factor authentication a way must visibly sign in: otherwise the next step would prove nothing. */
async function mustWork(name: string, { answer, sessions, kind }: Attempted): Promise<void> {
  const outcome = await outcomeOf(answer)
  const isRefused = answer instanceof Response && answer.status >= 400
  if (isRefused && sessions > 0) {
    throw new Error(
      `${name}: a session was opened, but the answer is a refusal (${outcome}). It must have a 2xx or 3xx status.`,
    )
  }
  if (sessions > 0 || kind === 'challenge') return
  throw new Error(
    kind === 'signed-in'
      ? `${name}: it signed in, but the case did not see a session. Pass isSignedIn, or let your application call the attempt's openSession.`
      : `${name}: it did not sign in a user without two-factor authentication${outcome === null ? '' : ` (${outcome})`}, so this case would prove nothing. Does the user of makeUser exist, with this first factor?`,
  )
}

async function attempt(way: SignInWay, userId: string, options: SignInCasesOptions): Promise<Attempted> {
  let sessions = 0
  const openSession = async () => {
    sessions += 1
    return {}
  }
  const answer = await way({ userId, openSession })
  if (await options.isSignedIn?.(userId, answer)) sessions += 1
  const asks = await options.asksForSecondStep?.(answer)
  return { answer, sessions, kind: asks === true ? 'challenge' : await answerOf(answer) }
}
