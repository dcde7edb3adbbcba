import { median } from './median.mjs'
import { createBare, createPerson } from './person.mjs'
import { printTable } from './table.mjs'
import { onWire, watchWire } from './wire.mjs'

const AWAY_MS = 1
/** How many sign-ins are under way at once, and how long each answer of the server is held back. */
const SITUATIONS = [
  { inFlight: 1, awayMs: 0 },
  { inFlight: 32, awayMs: 0 },
  { inFlight: 1, awayMs: AWAY_MS },
  { inFlight: 32, awayMs: AWAY_MS },
]
const ROUND_MS = 300
const WARM_UP_ROUNDS = 3

/** Sign-ins by the engine, beside the same reads and the same conditional write alone, in turn. */
export async function measureStores(backends, rounds) {
  watchWire()
  const ratios = []
  const wires = []
  for (const { name, isInProcess = false, open } of backends) {
    const backend = await open()
    try {
      const found = []
      for (const situation of SITUATIONS) {
        if (isInProcess && situation.awayMs > 0) found.push({ ratio: '' })
        else found.push(await compare(awayFrom(backend, situation), situation.inFlight, rounds))
      }
      const [, { bareCpu, cpu, rate }] = found
      ratios.push([name, ...found.map(({ ratio }) => ratio), rate, cpu, bareCpu])
      if (!isInProcess) wires.push([name, ...(await wireOf(backend))])
    } finally {
      await backend.close()
    }
  }
  const [near, far] = ['on loopback', `${AWAY_MS} ms away`]
  printTable(
    'stores',
    'The ratio: sign-ins a second, to what the bare reads and write reach',
    [
      'store',
      `1 in flight, ${near}`,
      `32, ${near}`,
      `1 in flight, ${far}`,
      `32, ${far}`,
      `sign-ins a second, 32 ${near}`,
      'µs of CPU for one',
      'for the bare reads and write',
    ],
    ratios,
  )
  printTable(
    'wire',
    'A sign-in on the wire',
    ['store', 'round trips', 'bytes sent', 'bytes received', 'bare: round trips', 'bytes sent', 'bytes received'],
    wires,
  )
}

/** The same, further away. */
function awayFrom(backend, { awayMs }) {
  if (awayMs === 0) return backend
  const late =
    (ask) =>
    async (...args) => {
      const answer = await ask(...args)
      await new Promise((resolve) => setTimeout(resolve, awayMs))
      return answer
    }
  const { store, read, write } = backend
  return { store: { load: late(store.load), save: late(store.save) }, read: late(read), write: late(write) }
}

async function wireOf(backend) {
  const RUNS = 50
  const [person, bare] = [await createPerson(backend.store), await createBare(backend)]
  person.prepare(3 + RUNS)
  for (let run = 0; run < 3; run++) {
    await person.signIn()
    await bare.signIn()
  }
  const wires = [await onWire(person.signIn, RUNS), await onWire(bare.signIn, RUNS)]
  return wires.flatMap(({ roundTrips, sent, received }) => [
    roundTrips.toFixed(1),
    sent.toFixed(0),
    received.toFixed(0),
  ])
}

async function compare(backend, inFlight, rounds) {
  const persons = await Promise.all(Array.from({ length: inFlight }, () => createPerson(backend.store)))
  const bares = await Promise.all(Array.from({ length: inFlight }, () => createBare(backend)))
  let each = Math.ceil(8 / inFlight)
  const times = { engine: [], bare: [] }
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    const order = round % 2 === 0 ? ['engine', 'bare'] : ['bare', 'engine']
    const measured = {}
    for (const kind of order) measured[kind] = await run(kind === 'engine' ? persons : bares, each)
    if (round < 0) each = Math.max(4, Math.round((each * ROUND_MS) / measured.engine.ms))
    else for (const kind of order) times[kind].push({ signIns: each * inFlight, ...measured[kind] })
  }
  const rate = median(times.engine.map(({ signIns, ms }) => (signIns / ms) * 1000)).toFixed(0)
  const cpu = (kind) => median(times[kind].map(({ signIns, cpuUs }) => cpuUs / signIns)).toFixed(0)
  return {
    ratio: median(times.engine.map(({ ms }, round) => times.bare[round].ms / ms)).toFixed(2),
    rate,
    bareCpu: cpu('bare'),
    cpu: cpu('engine'),
  }
}

/** Each of these signs in so many times, one after the other; all of them at once. */
export async function run(signers, each) {
  for (const { prepare } of signers) prepare(each)
  const [startMs, startCpu] = [performance.now(), process.cpuUsage()]
  await Promise.all(
    signers.map(async ({ signIn }) => {
      for (let signIns = 0; signIns < each; signIns++) await signIn()
    }),
  )
  const { user, system } = process.cpuUsage(startCpu)
  return { ms: performance.now() - startMs, cpuUs: user + system }
}
