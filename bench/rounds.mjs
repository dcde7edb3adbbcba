import { Bench } from 'tinybench'

const ROUNDS = 9
const WARM_UP_MS = 150
const TIME_MS = 120
/** Runs of a small task between two looks at the clock, which costs as much as the smallest of them. */
const BATCH = 20

/**
 * Runs all tasks in turn, many rounds of it, each round starting with another task and every other one
 * backwards: whatever else the machine does, or a task leaves behind, falls on all of them. Gives for each task its median time in microseconds, one for each round.
 */
export async function measure(tasks) {
  const entries = Object.entries(tasks)
  const times = Object.fromEntries(entries.map(([name]) => [name, []]))
  for (let round = 0; round < ROUNDS; round++) {
    const first = round % entries.length
    const bench = new Bench({ time: TIME_MS, warmupTime: WARM_UP_MS, throws: true })
    const order = [...entries.slice(first), ...entries.slice(0, first)]
    for (const [name, task] of round % 2 === 0 ? order : order.reverse()) addTask(bench, name, task)
    await bench.run()
    for (const { name, result } of bench.tasks) {
      times[name].push((result.latency.p50 * 1000) / (typeof tasks[name] === 'function' ? BATCH : 1))
    }
  }
  return times
}

/** How many times as long the first takes as the second: compared within each round, then the median. */
export function ratio(times, others) {
  return median(times.map((time, round) => time / others[round]))
}

export function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
}

function addTask(bench, name, task) {
  if (typeof task === 'function') bench.add(name, batchOf(task))
  else bench.add(name, task.run, { beforeEach: task.before })
}

function batchOf(task) {
  if (task.constructor.name === 'AsyncFunction') {
    return async () => {
      for (let run = 0; run < BATCH; run++) await task()
    }
  }
  return () => {
    for (let run = 0; run < BATCH; run++) task()
  }
}
