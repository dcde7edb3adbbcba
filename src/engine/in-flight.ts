/** Limits how many slow checks run at once per user in this process, since they are counted only when they end. */
export interface InFlight {
  /** Null, without starting anything, if the limit for this user or for all is reached. */
  run<Result>(userId: string, work: () => Result | Promise<Result>): Promise<Result> | null
}

interface Limits {
  /** Places per user. */
  most: number
  /** Places for all users together. Default: no limit. */
  altogether?: number
  /** How long work can hold its place: a hung check must not lock the owner out. */
  holdMs: number
  now: () => number
}

export function createInFlight({ most, altogether = Number.POSITIVE_INFINITY, holdMs, now }: Limits): InFlight {
  const places = new Map<string, { takenAtMs: number }[]>()

  /** The places whose work still counts as running. A clock that was set back also frees a place. */
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
