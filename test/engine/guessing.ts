import { type CodeAttempt, failed, gate, relieved, succeeded, type Throttle } from '../../src/engine/throttle.ts'
import { seededRandom } from '../stores/faults/seeded-random.ts'

/*
 * A year of guessing against the real throttle: whoever knows the password guesses as soon as it lets them, from as many
 * browsers as they like, and changes the password whenever that helps.
 */

export interface Attack {
  /** What the attacker can try as: a browser of their own, one with a stolen device token, or both. */
  pools: readonly CodeAttempt['pool'][]
  /** How many apps the user has. */
  apps: number
  /** How often the owner signs in, on a known device, and the share of these with a typo first. */
  signInsPerDay: number
  typoShare: number
  /** Null: the password never changes. */
  passwordChangesEveryDays: number | null
}

export interface Year {
  /** Guesses that were looked at. */
  guesses: number
  /** That one of them was right. */
  chance: number
  signIns: number
  /** Sign-ins of the owner's on a known device that had to wait, or found it locked. */
  waited: number
  locked: number
  /** Sign-ins with a recovery code that were not looked at. */
  recoveryCodesRefused: number
}

const SECOND = 1000
const DAY = 86_400 * SECOND
const YEAR = 365 * DAY
/** Six digits, in a window of three steps. */
const RIGHT = 3e-6

export function yearOfGuessing(attack: Attack, seed = 1): Year {
  const random = seededRandom(seed)
  const year: Year = { guesses: 0, chance: 0, signIns: 0, waited: 0, locked: 0, recoveryCodesRefused: 0 }
  const start = Date.UTC(2026, 0, 1)
  let throttle: Throttle = null
  let missed = 1
  const attempt = (pool: CodeAttempt['pool']): CodeAttempt => ({
    kind: 'code',
    pool,
    weight: pool === 'known' ? 1 : attack.apps,
  })

  /** As many guesses as are let through before then. */
  const guessUntil = (fromMs: number, untilMs: number) => {
    for (const pool of attack.pools) {
      let atMs = fromMs
      while (atMs < untilMs) {
        const entry = gate(throttle, attempt(pool), atMs)
        if (entry.state === 'open') {
          throttle = failed(throttle, attempt(pool), atMs)
          year.guesses += 1
          missed *= (1 - RIGHT) ** attack.apps
        } else if (entry.untilMs === null) break
        else atMs = entry.untilMs
      }
    }
  }

  const signIn = (atMs: number) => {
    year.signIns += 1
    const known = attempt('known')
    let nowMs = atMs
    for (let typos = random() < attack.typoShare ? 1 : 0; typos >= 0; typos -= 1) {
      const entry = gate(throttle, known, nowMs)
      if (gate(throttle, { kind: 'recovery-code', pool: 'strangers' }, nowMs).state !== 'open') {
        year.recoveryCodesRefused += 1
      }
      if (entry.state === 'open') {
        throttle = typos > 0 ? failed(throttle, known, nowMs) : succeeded(throttle, known, nowMs)
      } else {
        if (entry.state === 'locked') year.locked += 1
        else year.waited += 1
        // The way that is always open: a recovery code, on the device in hand.
        throttle = succeeded(throttle, { kind: 'recovery-code', pool: 'known' }, nowMs)
        return
      }
      nowMs += 5 * SECOND
    }
  }

  const moments: { atMs: number; what: (atMs: number) => void }[] = []
  for (let day = 0; day < YEAR / DAY; day += 1) {
    for (let time = 0; time < attack.signInsPerDay; time += 1) {
      moments.push({ atMs: start + (day + random()) * DAY, what: signIn })
    }
  }
  const every = attack.passwordChangesEveryDays
  for (let day = 0; every !== null && day < YEAR / DAY; day += every) {
    moments.push({
      atMs: start + day * DAY,
      what: (atMs) => {
        throttle = relieved(throttle, atMs)
      },
    })
  }
  moments.sort((a, b) => a.atMs - b.atMs)
  let nowMs = start
  for (const { atMs, what } of moments) {
    guessUntil(nowMs, atMs)
    what(atMs)
    nowMs = atMs
  }
  guessUntil(nowMs, start + YEAR)
  year.chance = 1 - missed
  return year
}

const CHANGES = [null, 1, 7, 30, 30.5, 31, 45, 60, 90]

/** The year in which the password changed as often as helps the attacker most. */
export function worstYear(attack: Omit<Attack, 'passwordChangesEveryDays'>): Year {
  const years = CHANGES.map((every) => yearOfGuessing({ ...attack, passwordChangesEveryDays: every }))
  return years.reduce((worst, year) => (year.chance > worst.chance ? year : worst))
}

const OWNER = { signInsPerDay: 1, typoShare: 0.05 }
const ABSENT = { signInsPerDay: 0, typoShare: 0 }

/** The rows of the table in docs/throttling.md. */
const ROWS: { who: string; pools: Attack['pools']; owner: typeof OWNER }[] = [
  { who: 'nothing else; the owner signs in daily', pools: ['strangers'], owner: OWNER },
  { who: 'nothing else; the owner never signs in', pools: ['strangers'], owner: ABSENT },
  { who: 'a stolen device token; the owner signs in daily', pools: ['known'], owner: OWNER },
  { who: 'the same, and guesses as a stranger too', pools: ['known', 'strangers'], owner: OWNER },
  { who: 'a stolen device token, both pools; the owner never signs in', pools: ['known', 'strangers'], owner: ABSENT },
]

export function guessingTable(): string {
  const percent = (chance: number) => `${(chance * 100).toFixed(chance < 0.01 ? 3 : 2)} %`
  const lines = ROWS.map(({ who, pools, owner }) => {
    const [one, five] = [1, 5].map((apps) => worstYear({ pools, apps, ...owner }))
    const cell = (year: Year | undefined) => (year === undefined ? '' : `${year.guesses} | ${percent(year.chance)}`)
    return `| ${who} | ${cell(one)} | ${cell(five)} |`
  })
  return [
    '| who knows the password and has | one app: guesses a year | chance | five apps: guesses a year | chance |',
    '|---|---|---|---|---|',
    ...lines,
  ].join('\n')
}
