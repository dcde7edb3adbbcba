import type { AuthenticationResponseJson, TwoFactor } from 'countersign'

/** What a process of the race is asked to do: one sign-in for each code, all at once, at a time that stands still. */
export interface Round {
  userId: string
  nowMs: number
  codes: readonly string[]
  /** One challenge and its answer, which each sign-in gives instead of its code. */
  passkey?: { token: string; response: AuthenticationResponseJson }
  /** Whether the store writes events too; by default it does not. */
  isAudited?: boolean
}

/** What a sign-in came to: `ok`, the reason of its refusal, or the message of what it threw. */
export type Outcome = string

/** Takes a challenge for each code; what it gives then completes them all at once. */
export async function atTheBarrier(
  twoFactor: TwoFactor,
  { userId, codes, passkey }: Round,
): Promise<() => Promise<Outcome[]>> {
  const signIns: (() => Promise<Outcome>)[] = []
  for (const code of codes) {
    const token = passkey?.token ?? (await challengeToken(twoFactor, userId))
    const given = passkey === undefined ? { code } : { passkey: passkey.response }
    signIns.push(() =>
      twoFactor.completeChallenge(token, given).then(
        (result) => (result.ok ? 'ok' : result.reason),
        (error: unknown) => `threw ${error}`,
      ),
    )
  }
  return () => Promise.all(signIns.map((signIn) => signIn()))
}

async function challengeToken(twoFactor: TwoFactor, userId: string): Promise<string> {
  const challenge = await twoFactor.challenge(userId)
  if (challenge.passed) throw new Error('There is no second step.')
  return challenge.token
}
