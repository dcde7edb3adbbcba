/** How much of something slow runs at once for each user, in this process: for checks that are counted when they end. */
export interface InFlight {
  /** Null, and nothing was begun, where that many run already for this user. */
  run<Result>(userId: string, work: () => Result | Promise<Result>): Promise<Result> | null
}

export function createInFlight(most: number): InFlight {
  const running = new Map<string, number>()

  async function finish<Result>(userId: string, work: () => Result | Promise<Result>): Promise<Result> {
    try {
      return await work()
    } finally {
      const others = (running.get(userId) ?? 1) - 1
      if (others === 0) running.delete(userId)
      else running.set(userId, others)
    }
  }

  return {
    run(userId, work) {
      const others = running.get(userId) ?? 0
      if (others >= most) return null
      running.set(userId, others + 1)
      return finish(userId, work)
    },
  }
}
