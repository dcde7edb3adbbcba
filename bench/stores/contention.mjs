import { createTwoFactor, enroll, generateKey } from './dist/measured.js'
import { median, quantile } from './median.mjs'
import { printTable } from './table.mjs'

const AT_ONCE = [1, 2, 8, 64]
const ROUNDS = 60
const WARM_UP_ROUNDS = 5
const MINUTE_MS = 60_000

/**
 * One user's right code, sent many times at once: one request wins, and each of the others decides again on what the winner
 * wrote. What it takes until every request has its answer, and how often the store was asked.
 */
export async function measureContention(backends) {
  const rows = []
  for (const { name, open } of backends) {
    const backend = await open()
    try {
      for (const atOnce of AT_ONCE) rows.push([name, ...(await contend(backend.store, atOnce))])
    } finally {
      await backend.close()
    }
  }
  printTable(
    'contention',
    'One code, sent many times at once for one user',
    ['store', 'at once', 'accepted', 'p50 until all are answered, µs', 'p99, µs', 'loads for one', 'saves for one'],
    rows,
  )
}

async function contend(store, atOnce) {
  let nowMs = 1_800_000_000_000
  const calls = { load: 0, save: 0 }
  const counted = {
    load: (userId) => {
      calls.load += 1
      return store.load(userId)
    },
    save: (userId, change) => {
      calls.save += 1
      return store.save(userId, change)
    },
  }
  const options = { issuer: 'Acme Cloud', keys: generateKey(), verifyPassword: () => true, now: () => nowMs }
  const twoFactor = createTwoFactor({ ...options, store: counted })
  const userId = crypto.randomUUID()
  const { phone } = await enroll(twoFactor, userId)

  const times = []
  let accepted = 0
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    nowMs += MINUTE_MS
    const code = phone.next()
    if (round === 0) Object.assign(calls, { load: 0, save: 0 })
    const startMs = performance.now()
    const results = await Promise.all(Array.from({ length: atOnce }, () => twoFactor.verify(userId, { code })))
    if (round < 0) continue
    times.push((performance.now() - startMs) * 1000)
    accepted += results.filter(({ ok }) => ok).length
  }
  if (accepted !== ROUNDS) throw new Error(`${accepted} codes were accepted in ${ROUNDS} rounds.`)
  const each = (count) => (count / (ROUNDS * atOnce)).toFixed(1)
  return [atOnce, '1', median(times).toFixed(0), quantile(times, 0.99).toFixed(0), each(calls.load), each(calls.save)]
}
