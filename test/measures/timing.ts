import {
  createTwoFactor,
  generateKey,
  memoryStore,
  type TwoFactor,
  type TwoFactorOptions,
  type UserStore,
} from 'countersign'
import { generateTotp } from 'countersign/otp'
import { enroll } from 'countersign/testing'

/*
 * dudect's method (Reparaz, Balasch, Verbauwhede 2017): two classes of input in random order, many times each, and Welch's t
 * of how long they took. |t| below 5 shows no difference. `npx tsx test/measures/timing.ts [measurements of each class]`
 */

const EACH = Number(process.argv[2] ?? 100_000)
const START = Date.UTC(2026, 0, 15, 12)
const STEP = 30_000

interface Comparison {
  name: string
  classes: [() => Promise<unknown>, () => Promise<unknown>]
  /** Why the classes may differ; null: they do the same work and must not. */
  differsSince: string | null
}

/** A user whose failures nobody writes, so that each guess meets the same record: a store that loads and takes everything. */
async function frozenUser(keep: 'sealed' | 'hashed' = 'sealed'): Promise<{
  twoFactor: TwoFactor
  /** The same user, whom too many wrong codes have locked, and the code that the phone shows at that time. */
  locked: TwoFactor
  lockedCode: string
  code: string
  recoveryCode: string
  token: string
  strangersToken: string
}> {
  const store = memoryStore()
  const keys = generateKey()
  const options = { issuer: 'Acme', keys, verifyPassword: () => true, now: () => START, recoveryCodes: { keep } }
  const { phone, recoveryCodes } = await enroll(createTwoFactor({ ...options, store }), 'ann')
  const found = await store.load('ann')
  const later = () => START + 20 * STEP
  const twoFactor = createTwoFactor({
    ...options,
    now: later,
    store: { load: async (userId) => (userId === 'ann' ? structuredClone(found) : null), save: async () => true },
  })
  const challenge = await twoFactor.challenge('ann')
  const away = createTwoFactor({
    ...options,
    now: later,
    store: { load: async () => structuredClone(found), save: async () => true },
  })
  const other = await away.challenge('nobody')
  const locked = await lockedUser(options, store)
  return {
    twoFactor,
    locked: locked.twoFactor,
    lockedCode: generateTotp({ secret: phone.secret, timeMs: locked.atMs }),
    code: generateTotp({ secret: phone.secret, timeMs: later() }),
    recoveryCode: recoveryCodes[0] ?? '',
    token: challenge.passed ? '' : challenge.token,
    strangersToken: other.passed ? '' : other.token,
  }
}

/** Guesses at the user, each as soon as it is looked at, until the answer is `locked`. */
async function lockedUser(
  options: Omit<TwoFactorOptions, 'store'>,
  store: UserStore,
): Promise<{ twoFactor: TwoFactor; atMs: number }> {
  let nowMs = START + 20 * STEP
  const now = () => nowMs
  const guessed = createTwoFactor({ ...options, store, now })
  for (let tries = 0; ; tries += 1) {
    const result = await guessed.verify('ann', { code: '000000' })
    if (result.ok || tries > 1000) throw new Error('No number of wrong codes locks the user.')
    if (result.reason === 'locked') break
    nowMs += (result.retryAfterSeconds ?? 0) * 1000
  }
  const found = await store.load('ann')
  const twoFactor = createTwoFactor({
    ...options,
    now,
    store: { load: async () => structuredClone(found), save: async () => true },
  })
  return { twoFactor, atMs: nowMs }
}

async function comparisons(): Promise<Comparison[]> {
  const { twoFactor, locked, lockedCode, code, recoveryCode, token, strangersToken } = await frozenUser()
  const hashed = await frozenUser('hashed')
  const turned = (text: string, at: number) => {
    const character = text.at(at) ?? ''
    return `${text.slice(0, at)}${character === '7' ? '8' : '7'}${text.slice(at + 1)}`
  }
  const verify =
    (typed: string, whose = twoFactor) =>
    () =>
      whose.verify('ann', { code: typed })
  const last = recoveryCode.length - 1
  return [
    {
      name: 'a code wrong in its first digit / in its last',
      classes: [verify(turned(code, 0)), verify(turned(code, 5))],
      differsSince: null,
    },
    {
      name: 'a recovery code wrong in its first character / in its last',
      classes: [verify(turned(recoveryCode, 0)), verify(turned(recoveryCode, last))],
      differsSince: null,
    },
    {
      name: 'the same where recovery codes are hashed',
      classes: [
        verify(turned(hashed.recoveryCode, 0), hashed.twoFactor),
        verify(turned(hashed.recoveryCode, hashed.recoveryCode.length - 1), hashed.twoFactor),
      ],
      differsSince: null,
    },
    {
      name: 'a user who is locked: the right code / a wrong one',
      classes: [verify(lockedCode, locked), verify(turned(lockedCode, 0), locked)],
      differsSince: null,
    },
    {
      name: 'a wrong code: a user who is locked / one who is not',
      classes: [verify(turned(code, 0), locked), verify(turned(code, 0))],
      differsSince: 'the answer says `locked`, and the code is not looked at',
    },
    {
      name: 'a wrong code / the same wrong code (the method itself)',
      classes: [verify('000000'), verify('000000')],
      differsSince: null,
    },
    {
      name: 'completeChallenge: a known user / one without a record',
      classes: [
        () => twoFactor.completeChallenge(token, { code: turned(code, 0) }),
        () => twoFactor.completeChallenge(strangersToken, { code: turned(code, 0) }),
      ],
      differsSince:
        'whoever holds the token of a challenge knows that the user exists: it is given after the password was right',
    },
    {
      name: 'a right code / a wrong one',
      classes: [verify(code), verify(turned(code, 0))],
      differsSince: 'the answer says which it was; a right one makes a device token',
    },
  ]
}

/** Welch's t over what is below the 90th percentile of both: the rest is the machine's. */
function welch(samples: [number[], number[]]): number {
  const limit = [...samples[0], ...samples[1]].sort((a, b) => a - b)[Math.floor(samples.flat().length * 0.9)] ?? 0
  const [a, b] = samples.map((all) => {
    const kept = all.filter((one) => one <= limit)
    const mean = kept.reduce((sum, one) => sum + one, 0) / kept.length
    const variance = kept.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (kept.length - 1)
    return { mean, error: variance / kept.length }
  })
  if (a === undefined || b === undefined) return 0
  return (a.mean - b.mean) / Math.sqrt(a.error + b.error)
}

async function measure({ classes }: Comparison): Promise<number> {
  const samples: [number[], number[]] = [[], []]
  for (let warm = 0; warm < 2000; warm += 1) await classes[warm % 2 === 0 ? 0 : 1]()
  const order = crypto.getRandomValues(new Uint8Array(8192))
  for (let round = 0; Math.min(samples[0].length, samples[1].length) < EACH; round += 1) {
    if (round % 8192 === 0) crypto.getRandomValues(order)
    const which = ((order[round % 8192] ?? 0) & 1) === 0 ? 0 : 1
    const began = process.hrtime.bigint()
    await classes[which]()
    samples[which].push(Number(process.hrtime.bigint() - began))
  }
  return welch(samples)
}

let isFine = true
for (const comparison of await comparisons()) {
  const t = await measure(comparison)
  const differs = Math.abs(t) >= 5
  if (differs && comparison.differsSince === null) isFine = false
  const why = comparison.differsSince === null ? '' : ` (may differ: ${comparison.differsSince})`
  console.log(`t = ${t.toFixed(2).padStart(8)}  ${comparison.name}${why}`)
}
process.exitCode = isFine ? 0 : 1
