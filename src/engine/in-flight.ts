/** How much of something slow runs at once for each user, in this process: for checks that are counted when they end. */
export interface InFlight {
  /** Null, and nothing was begun, if that many already run for this user, or for all. */
  run<Result>(userId: string, work: () => Result | Promise<Result>): Promise<Result> | null
}

interface Limits {
  /** Places for each user. */
  most: number
  /** Places for all users together. Default: no limit. */
  altogether?: number
  /** For how long one piece of work can hold its place: one that hangs must not keep the owner out. */
  holdMs: number
  now: () => number
}

export function createInFlight({ most, altogether = Number.POSITIVE_INFINITY, holdMs, now }: Limits): InFlight {
  const places = new Map<string, { takenAtMs: number }[]>()

  /** The places whose work still counts as running. A clock that was set back frees a place, too. */
  function held(userId: string): { takenAtMs: number }[] {
    const nowMs = now()
    return (places.get(userId) ?? []).filter(({ takenAtMs }) => takenAtMs <= nowMs && nowMs - takenAtMs < holdMs)
  }

  function isFull(): boolean {
    if (places.size < altogether / most) return false
    let all = 0
    for (const userId of places.keys()) all += held(userId).length
    return all >= altogether
  }

  return {
    run(userId, work) {
      const others = held(userId)
      if (others.length >= most || isFull()) return null
      const place = { takenAtMs: now() }
      places.set(userId, [...others, place])
      const leave = () => {
        const left = (places.get(userId) ?? []).filter((one) => one !== place)
        if (left.length === 0) places.delete(userId)
        else places.set(userId, left)
      }
      const run = async () => work()
      return run().finally(leave)
    },
  }
}
