import { performance } from 'node:perf_hooks'
import { createTwoFactor, generateKey, memoryStore } from 'countersign'
import { enroll } from 'countersign/testing'

/*
 * A day's load in minutes: sign-ins, wrong codes, views and setups of many users. Memory stays flat, no handle stays open, no
 * record grows without bound, and no operation holds the event loop for long.
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

const held: number[] = []
async function timed<Result>(operation: () => Promise<Result>): Promise<Result> {
  const began = performance.now()
  const result = await operation()
  held.push(performance.now() - began)
  return result
}

const handles = process.getActiveResourcesInfo().length
const heaps: number[] = []
let largest = 0
for (let done = 0; done < SIGN_INS; done += 1) {
  const user = users[done % USERS]
  if (user === undefined) break
  if (done % USERS === 0) nowMs += 60_000
  const challenge = await timed(() => twoFactor.challenge(user.id))
  if (!challenge.passed) {
    const { token } = challenge
    if (done % 20 === 0) await timed(() => twoFactor.completeChallenge(token, { code: '000000' }))
    const code = user.phone.next()
    await timed(() => twoFactor.completeChallenge(token, { code, trustDevice: done % 3 === 0 }))
  }
  if (done % 500 === 0) await timed(() => twoFactor.regenerateRecoveryCodes(user.id, { proof }))
  if (done % 700 === 0) await timed(() => twoFactor.beginSetup(user.id, { proof, accountName: user.id }))
  if (done % 100 === 0) {
    const size = JSON.stringify((await store.load(user.id))?.record).length
    largest = Math.max(largest, size)
  }
  if (done % Math.ceil(SIGN_INS / 20) === 0) heaps.push(heapMiB())
  // As a server does between two requests.
  if (done % 10 === 0) await new Promise((resolve) => setImmediate(resolve))
}
held.sort((a, b) => a - b)
const [first = 0, last = 0] = [heaps[2], heaps.at(-1)]
const p999 = held[Math.floor(held.length * 0.999)] ?? 0
console.log(
  `Resources: ${held.length} operations; heap ${first.toFixed(1)} MiB after a tenth, ${last.toFixed(1)} MiB at the end`,
)
console.log(
  `Resources: largest record ${largest} bytes; handles ${handles} before, ${process.getActiveResourcesInfo().length} after`,
)
console.log(
  `Resources: an operation took ${(held[held.length >> 1] ?? 0).toFixed(2)} ms in the middle, ${p999.toFixed(2)} ms at 99.9 %`,
)
process.exitCode = last < first * 1.5 + 5 && p999 < LONGEST_MS && largest < 16_384 ? 0 : 1
