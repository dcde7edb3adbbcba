import type { Random } from '../vault/random.ts'

/** How often an attempt that met another writer is made again, and the waits between. */
export interface Patience {
  /** No more attempts than this. */
  tries: number
  /** No attempt later than this after the first conflict. Default: no limit. */
  forMs?: number
  /** The first attempts follow one another at once: some writer wins each round, so a few rounds need no wait. */
  triesWithoutWait: number
  longestWaitMs: number
}

/** What one attempt came to: a result, or another writer in its way. */
export type Attempt<Result> = { result: Result } | { conflict: unknown }

/** Makes the attempt again while another writer is in its way. Returns the last one's outcome, a conflict if all met one. */
export async function retryOnConflict<Result>(
  { tries: mostTries, forMs = Number.POSITIVE_INFINITY, triesWithoutWait, longestWaitMs }: Patience,
  random: Random,
  attempt: () => Promise<Attempt<Result>>,
): Promise<Attempt<Result>> {
  let endMs: number | null = null
  for (let tries = 1; ; tries += 1) {
    const outcome = await attempt()
    if ('result' in outcome || tries >= mostTries) return outcome
    endMs ??= performance.now() + forMs
    if (performance.now() > endMs) return outcome
    if (tries > triesWithoutWait) await waitRandomly(Math.min(2 ** (tries - triesWithoutWait), longestWaitMs), random)
  }
}

/** A random wait, so that writers who lost together do not come back together. */
export async function waitRandomly(longestMs: number, random: Random): Promise<void> {
  const [byte = 0] = random(1)
  const waitMs = (longestMs * byte) / 256
  await new Promise((resolve) => setTimeout(resolve, waitMs))
}
