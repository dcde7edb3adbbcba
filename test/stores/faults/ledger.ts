import { createTwoFactor, type TwoFactor, type UserStore } from 'countersign'
import { enroll } from 'countersign/testing'
import { expect } from 'vitest'
import { type CodeName, type Load, type LoadUser, type Tell, timeOf, totpOf } from './sign-ins.ts'

/** What was told of each user's codes. */
export interface Ledger {
  tell: Tell
  /** How many sign-ins of this user were told to have succeeded. */
  told(user: number): number
  /** Tries every code against what is stored: throws where one was told and is good, or was not tried and is spent. */
  settle(store: UserStore): Promise<Settled>
}

export interface Settled {
  /** Sign-ins that were told to have succeeded. */
  told: number
  /** Codes that were tried and of which no success was told … */
  unclear: number
  /** … and of these, how many are spent. */
  unclearSpent: number
}

interface Told {
  tried: Set<CodeName>
  ok: Set<CodeName>
  /** Answered `code-used` after a sign-in that threw. */
  used: Set<CodeName>
  threw: Set<CodeName>
}

/** Enrolls so many users. */
export async function enrolMany(store: UserStore, keys: string, count: number): Promise<Load> {
  const startMs = Date.UTC(2026, 0, 1)
  const twoFactor = createTwoFactor({ issuer: 'Acme', store, keys, now: () => startMs, verifyPassword: () => true })
  const users = await Promise.all(
    Array.from({ length: count }, async (): Promise<LoadUser> => {
      const userId = crypto.randomUUID()
      const { phone, recoveryCodes } = await enroll(twoFactor, userId)
      return { userId, secret: phone.secret, recoveryCodes }
    }),
  )
  return { keys, startMs, users }
}

export function openLedger({ keys, startMs, users }: Load): Ledger {
  const all = users.map((): Told => ({ tried: new Set(), ok: new Set(), used: new Set(), threw: new Set() }))

  function toldOf(user: number): Told {
    const told = all[user]
    if (told === undefined) throw new Error(`There is no user ${user}.`)
    return told
  }

  return {
    tell(user, code, what) {
      const { tried, ok, used, threw } = toldOf(user)
      if (what === 'try') tried.add(code)
      else if (what === 'threw') threw.add(code)
      else if (what === 'ok' && !ok.has(code)) ok.add(code)
      else if (what === 'code-used' && threw.has(code)) used.add(code)
      else if (what !== 'challenge-expired') throw new Error(`${code} of user ${user} came to ${what}.`)
    },
    told: (user) => toldOf(user).ok.size,

    async settle(store) {
      const settled = { told: 0, unclear: 0, unclearSpent: 0 }
      await Promise.all(
        users.map(async (user, index) => {
          const told = toldOf(index)
          settled.told += told.ok.size
          const unclear = [...told.tried].filter((code) => !told.ok.has(code) && !told.used.has(code))
          settled.unclear += unclear.length + told.used.size
          // Not in one expression: that would read the sum before the wait, and lose what others add meanwhile.
          const unclearSpent = await settleUser(store, user, told, unclear)
          settled.unclearSpent += told.used.size + unclearSpent
        }),
      )
      return settled
    },
  }

  /** How many of these codes, of which nothing was told, are spent. */
  async function settleUser(store: UserStore, user: LoadUser, told: Told, unclear: CodeName[]): Promise<number> {
    const { userId, secret, recoveryCodes } = user
    const lastStep = Math.max(1, ...[...told.tried].filter((code) => code.startsWith('t')).map(numberOf))
    let nowMs = timeOf(startMs, lastStep)
    const twoFactor = createTwoFactor({ issuer: 'Acme', store, keys, now: () => nowMs, verifyPassword: () => true })
    const codeOf = (name: CodeName) =>
      name.startsWith('t') ? totpOf(secret, timeOf(startMs, numberOf(name))) : String(recoveryCodes[numberOf(name)])

    const spent = await spentRecoveryCodes(twoFactor, userId)
    const mustBeSpent = new Set([...told.ok, ...told.used])
    expect([...mustBeSpent].filter((code) => code.startsWith('r') && !spent.has(code))).toEqual([])
    expect([...spent].filter((code) => !told.tried.has(code))).toEqual([])

    for (const code of lastOfEach(mustBeSpent)) expect(await answer(twoFactor, userId, codeOf(code))).toBe('code-used')
    let unclearSpent = 0
    for (const code of unclear) {
      const first = await answer(twoFactor, userId, codeOf(code))
      if (first === 'code-used') unclearSpent += 1
      else expect({ code, first }).toEqual({ code, first: 'ok' })
      expect(await answer(twoFactor, userId, codeOf(code))).toBe('code-used')
    }

    const fresh = recoveryCodes.findIndex((_code, index) => !told.tried.has(`r${index}`))
    if (fresh !== -1) expect(await answer(twoFactor, userId, codeOf(`r${fresh}`))).toBe('ok')
    nowMs = timeOf(startMs, lastStep + 1)
    expect(await answer(twoFactor, userId, codeOf(`t${lastStep + 1}`))).toBe('ok')
    return unclearSpent
  }
}

async function spentRecoveryCodes(twoFactor: TwoFactor, userId: string): Promise<ReadonlySet<CodeName>> {
  const view = await twoFactor.viewRecoveryCodes(userId, { proof: { password: 'right' } })
  if (!view.ok) throw new Error(`The recovery codes cannot be viewed: ${view.reason}.`)
  const names = view.recoveryCodes.map(({ usedAtMs }, index): CodeName | null =>
    usedAtMs === null ? null : `r${index}`,
  )
  return new Set(names.filter((name) => name !== null))
}

async function answer(twoFactor: TwoFactor, userId: string, code: string): Promise<string> {
  const result = await twoFactor.verify(userId, { code })
  return result.ok ? 'ok' : result.reason
}

function lastOfEach(codes: ReadonlySet<CodeName>): CodeName[] {
  const inOrder = [...codes].sort((a, b) => numberOf(a) - numberOf(b))
  const last = (kind: string) => inOrder.filter((code) => code.startsWith(kind)).at(-1)
  return [last('r'), last('t')].filter((code) => code !== undefined)
}

function numberOf(code: CodeName): number {
  return Number(code.slice(1))
}
