import type { Random } from '../vault/random.ts'

/** How often an attempt that met another writer is retried, and the waits between. */
export interface Patience {
  /** No more attempts than this. */
  tries: number
  /** No attempt later than this after the first conflict. Default: no limit. */
  forMs?: number
  /** So many first retries come at once: some writer wins each round, so a few rounds need no wait. */
  triesWithoutWait: number
  longestWaitMs: number
}

/** The outcome of an attempt: a result, or a conflict with another writer. */
export type Attempt<Result> = { result: Result } | { conflict: unknown }

/** Retries while an attempt conflicts. Returns the last outcome: a conflict, if all had one. */
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

/** A random wait, so that writers that lost together do not retry together. */
export async function waitRandomly(longestMs: number, random: Random): Promise<void> {
  const [byte = 0] = random(1)
  const waitMs = (longestMs * byte) / 256
  await new Promise((resolve) => setTimeout(resolve, waitMs))
}
