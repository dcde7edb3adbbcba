import type { TwoFactor } from 'countersign'

/** What a process of the race is asked to do: one sign-in for each code, all at once, at a time that stands still. */
export interface Round {
  userId: string
  nowMs: number
  codes: readonly string[]
  /** Whether the store writes events too; by default it does not. */
  isAudited?: boolean
}

/** What a sign-in came to: `ok`, the reason of its refusal, or the message of what it threw. */
export type Outcome = string

/** Takes a challenge for each code; what it gives then completes them all at once. */
export async function atTheBarrier(twoFactor: TwoFactor, { userId, codes }: Round): Promise<() => Promise<Outcome[]>> {
  const signIns: (() => Promise<Outcome>)[] = []
  for (const code of codes) {
    const challenge = await twoFactor.challenge(userId)
    if (challenge.passed) throw new Error('There is no second step.')
    const { token } = challenge
    signIns.push(() =>
      twoFactor.completeChallenge(token, { code }).then(
        (result) => (result.ok ? 'ok' : result.reason),
        (error: unknown) => `threw ${error}`,
      ),
    )
  }
  return () => Promise.all(signIns.map((signIn) => signIn()))
}
