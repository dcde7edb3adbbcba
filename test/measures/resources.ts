import { PerformanceObserver } from 'node:perf_hooks'
import { createTwoFactor, generateKey, memoryStore } from 'countersign'
import { generateSecret } from 'countersign/otp'
import { enroll } from 'countersign/testing'

/*
 * A day's load in minutes: sign-ins, wrong codes, views and setups of many users. Memory stays flat, no handle stays open, no
 * record grows without bound, and no operation holds the event loop for long. Over this store an operation runs from its call to its
 * answer without a turn of the event loop. It holds the loop no longer than it takes on the clock, which includes the other
 * processes of the machine, and no longer than the process takes of the processors, which includes the threads that collect
 * garbage. The smaller of both is measured.
 * `npx tsx --tsconfig test/tsconfig.json test/measures/resources.ts [sign-ins]`
 */

const SIGN_INS = Number(process.argv[2] ?? 200_000)
const USERS = 200
const LONGEST_MS = 5
const MIB = 1_048_576

const store = memoryStore()
let nowMs = Date.UTC(2026, 0, 15)
const PASSWORD = 'right'
const proof = { password: PASSWORD }
const twoFactor = createTwoFactor({
  issuer: 'Acme',
  store,
  keys: generateKey(),
  now: () => nowMs,
  verifyPassword: (_userId, password) => password === PASSWORD,
})
const users = await Promise.all(
  Array.from({ length: USERS }, async (_, index) => ({
    id: `user-${index}`,
    ...(await enroll(twoFactor, `user-${index}`)),
  })),
)

/** Collects first where `--expose-gc` lets it. */
function heapMiB(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / MIB
}

/** The first tenth is not counted: there the compiler works beside each operation, and its threads count too. */
let isWarm = false
/** Milliseconds that an operation held the event loop, by its name. Not in the heap, whose growth is measured too. */
const held = new Map<string, { times: Float64Array; count: number }>()
async function timed<Result>(name: string, operation: () => Promise<Result>): Promise<Result> {
  const [startMs, before] = [performance.now(), process.cpuUsage()]
  const result = await operation()
  const [endMs, { user, system }] = [performance.now(), process.cpuUsage(before)]
  if (!isWarm) return result
  const all = held.get(name) ?? { times: new Float64Array(SIGN_INS), count: 0 }
  held.set(name, all)
  const ms = Math.min(endMs - startMs, (user + system) / 1000)
  all.times[all.count] = ms
  all.count += 1
  if (ms > LONGEST_MS) long.push({ name, startMs, endMs, ms })
  return result
}
/** What took longest, and when garbage was collected meanwhile. */
const long: { name: string; startMs: number; endMs: number; ms: number }[] = []
const collections: { startTime: number; duration: number }[] = []
const observer = new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) collections.push({ startTime, duration })
})
observer.observe({ entryTypes: ['gc'] })
/** Without the collections during it. */
function ownMs({ startMs, endMs, ms }: (typeof long)[number]): number {
  const meanwhile = collections.filter(({ startTime }) => startTime >= startMs && startTime < endMs)
  return ms - meanwhile.reduce((sum, { duration }) => sum + duration, 0)
}

/** A user with all that one can have, for what takes longest: five apps, imported codes, codes kept hashed. */
const hashing = createTwoFactor({
  issuer: 'Acme',
  store,
  keys: generateKey(),
  now: () => nowMs,
  verifyPassword: () => true,
  recoveryCodes: { keep: 'hashed', count: 20 },
})
const secrets = Array.from({ length: 5 }, () => generateSecret())
async function longest(round: number): Promise<void> {
  const id = `full-${round}`
  const options = { authenticators: secrets.map((secret) => ({ secret })), recoveryCodes: importedCodes }
  const staff = { by: 'script', note: 'measured' }
  await timed('import of five apps and twenty codes', () => hashing.admin.importUser(id, options))
  await timed('a wrong code against five apps', () => hashing.verify(id, { code: '000000' }))
  await timed('a wrong recovery code', () => hashing.verify(id, { code: 'AAAA-AAAA-AAAA-AAAA-AAAA-AAAA' }))
  await timed('twenty new hashed codes', () => hashing.regenerateRecoveryCodes(id, { proof }))
  await timed('export', () => hashing.admin.exportUser(id, staff))
  await timed('reseal', () => hashing.admin.reseal(id))
  await timed('status', () => hashing.status(id))
  await timed('reset', () => hashing.admin.reset(id, staff))
}
const importedCodes = Array.from({ length: 20 }, (_, index) => `IMPORTED-CODE-${String(index).padStart(4, '0')}`)

const handles = process.getActiveResourcesInfo().length
const heaps: number[] = []
let largest = 0
for (let done = 0; done < SIGN_INS; done += 1) {
  const user = users[done % USERS]
  if (user === undefined) break
  if (done % USERS === 0) nowMs += 60_000
  isWarm ||= done > SIGN_INS / 10
  const challenge = await timed('challenge', () => twoFactor.challenge(user.id))
  if (!challenge.passed) {
    const { token } = challenge
    if (done % 20 === 0) await timed('a wrong code', () => twoFactor.completeChallenge(token, { code: '000000' }))
    const code = user.phone.next()
    await timed('a right code', () => twoFactor.completeChallenge(token, { code, trustDevice: done % 3 === 0 }))
  }
  if (done % 500 === 0) await timed('ten new codes', () => twoFactor.regenerateRecoveryCodes(user.id, { proof }))
  if (done % 700 === 0)
    await timed('begin a setup', () => twoFactor.beginSetup(user.id, { proof, accountName: user.id }))
  if (done % 100 === 50) await longest(done)
  if (done % 100 === 0) {
    const size = JSON.stringify((await store.load(user.id))?.record).length
    largest = Math.max(largest, size)
  }
  if (done % Math.ceil(SIGN_INS / 20) === 0) heaps.push(heapMiB())
  // As a server does between two requests.
  if (done % 10 === 0) await new Promise((resolve) => setImmediate(resolve))
}
const [first = 0, last = 0] = [heaps[2], heaps.at(-1)]
const share = (all: Float64Array, part: number) => all[Math.min(all.length - 1, Math.floor(all.length * part))] ?? 0
const figures = [...held].map(([name, { times, count }]) => {
  const all = times.slice(0, count).sort()
  return { name, all, half: share(all, 0.5), most: share(all, 0.999), longest: share(all, 1) }
})
const over = figures.reduce((sum, { all }) => sum + all.filter((ms) => ms > LONGEST_MS).length, 0)
const count = figures.reduce((sum, { all }) => sum + all.length, 0)
console.log(
  `Resources: ${count} operations; heap ${first.toFixed(1)} MiB after a tenth, ${last.toFixed(1)} MiB at the end`,
)
console.log(
  `Resources: largest record ${largest} bytes; handles ${handles} before, ${process.getActiveResourcesInfo().length} after`,
)
for (const { name, all, half, most, longest } of figures) {
  const [middle, nearlyAll, one] = [half, most, longest].map((ms) => ms.toFixed(2))
  console.log(
    `Resources: ${name}, ${all.length} times: ${middle} ms in the middle, ${nearlyAll} at 99.9 %, ${one} at most`,
  )
}
await new Promise((resolve) => setImmediate(resolve))
observer.disconnect()
const own = long.filter((one) => ownMs(one) > LONGEST_MS)
for (const one of own) console.log(`Resources: ${one.name} took ${ownMs(one).toFixed(2)} ms besides garbage collection`)
console.log(
  `Resources: ${over} of ${count} took more than ${LONGEST_MS} ms, ${own.length} of them besides the time to collect garbage`,
)
const isHeldShortly = figures.every(({ half }) => half < LONGEST_MS) && own.length < count / 10_000
process.exitCode = last < first * 1.5 + 5 && isHeldShortly && largest < 16_384 ? 0 : 1
