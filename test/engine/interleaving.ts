import type { UserStore } from 'countersign'

/** Some operation that reads and writes through the store it is given, and only through that. */
export type Work<Result> = (store: UserStore) => Promise<Result>

interface Lane<Result> {
  result: Promise<Result>
  /** The store call that this lane waits at. */
  call: 'loads' | 'saves'
  /** Lets it through; null once the lane is done. */
  proceed: (() => void) | null
  /** Resolves when the lane waits at its next store call, or is done. */
  stopped: Promise<void>
}

/**
 * Runs several operations over one store in every order that their store calls can have. Each call of the store waits
 * until it is let through, one at a time; `start` gives a store in the same state for each run.
 *
 * @param check gets the order as `1 loads, 2 loads, 1 saves, 2 saves`; 'stop' ends it
 * @returns how many orders were run
 */
export async function everyInterleaving<Result>(
  start: () => UserStore | Promise<UserStore>,
  works: readonly Work<Result>[],
  check: (results: Result[], store: UserStore, order: string) => unknown,
): Promise<number> {
  // The choices to make from the start of the next run; what lies beyond them is decided as it comes.
  let prefix: number[] = []
  for (let runs = 1; ; runs += 1) {
    const store = await start()
    const made: { choice: number; of: number }[] = []
    const order: string[] = []
    const results = await interleave(store, works, (waiting) => {
      const choice = prefix[made.length] ?? 0
      made.push({ choice, of: waiting.length })
      const { lane, call } = waiting[choice] ?? { lane: 0, call: '' }
      order.push(`${lane + 1} ${call}`)
      return lane
    })
    if ((await check(results, store, order.join(', '))) === 'stop') return runs
    while (made.length > 0 && isLast(made.at(-1))) made.pop()
    if (made.length === 0) return runs
    prefix = made.map(({ choice }, index) => (index === made.length - 1 ? choice + 1 : choice))
  }
}

function isLast(made: { choice: number; of: number } | undefined): boolean {
  return made === undefined || made.choice === made.of - 1
}

export async function interleave<Result>(
  store: UserStore,
  works: readonly Work<Result>[],
  choose: (waiting: readonly { lane: number; call: string }[]) => number,
): Promise<Result[]> {
  const lanes: Lane<Result>[] = []
  for (const work of works) {
    const lane = startLane(store, work)
    lanes.push(lane)
    await lane.stopped
  }
  for (;;) {
    const waiting = lanes.flatMap(({ proceed, call }, lane) => (proceed === null ? [] : [{ lane, call }]))
    if (waiting.length === 0) return Promise.all(lanes.map(({ result }) => result))
    const lane = lanes[choose(waiting)]
    lane?.proceed?.()
    await lane?.stopped
  }
}

function startLane<Result>(store: UserStore, work: Work<Result>): Lane<Result> {
  const lane: Lane<Result> = { result: Promise.reject(), call: 'loads', proceed: null, stopped: Promise.resolve() }
  lane.result.catch(() => undefined)
  let stop = renew()

  function renew(): () => void {
    let resolve = () => {}
    lane.stopped = new Promise<void>((done) => {
      resolve = done
    })
    return resolve
  }

  const turn = (call: Lane<Result>['call']) =>
    new Promise<void>((go) => {
      lane.call = call
      lane.proceed = () => {
        lane.proceed = null
        stop = renew()
        go()
      }
      stop()
    })

  lane.result = work({
    load: async (userId) => {
      await turn('loads')
      return store.load(userId)
    },
    save: async (userId, change) => {
      await turn('saves')
      return store.save(userId, change)
    },
  })
  const done = () => {
    lane.proceed = null
    stop()
  }
  lane.result.then(done, done)
  return lane
}
