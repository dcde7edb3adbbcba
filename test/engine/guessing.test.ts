import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { guessingTable, worstYear, yearOfGuessing } from './guessing.ts'

const page = new URL('../../docs/throttling.md', import.meta.url)
const owner = { signInsPerDay: 1, typoShare: 0.05 }

describe('a year of guessing with the password in hand', () => {
  test('is as docs/throttling.md says [CS-THR-12]', () => {
    const text = readFileSync(page, 'utf8')
    const table = `<!-- guessing: test/engine/guessing.ts -->\n${guessingTable()}\n<!-- /guessing -->`
    const written = text.replace(/<!-- guessing[\s\S]*?<!-- \/guessing -->/, table)
    if (process.env['COUNTERSIGN_REFRESH'] !== undefined) writeFileSync(page, written)
    expect(text).toBe(written)
  })

  test.each([1, 2, 5])('gives a stranger less than one chance in a thousand, with %i apps', (apps) => {
    for (const signInsPerDay of [0, 1, 10]) {
      const { chance } = worstYear({ pools: ['strangers'], apps, signInsPerDay, typoShare: 0.05 })
      expect(chance).toBeLessThan(0.001)
    }
  })

  test('never makes the owner wait on a known device, whatever strangers do', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      for (const passwordChangesEveryDays of [null, 30]) {
        const attack = { pools: ['strangers'] as const, apps: 1, ...owner, passwordChangesEveryDays }
        const year = yearOfGuessing(attack, seed)
        expect(year).toMatchObject({ signIns: 365, waited: 0, locked: 0, recoveryCodesRefused: 0 })
      }
    }
  })

  test('never locks the owner by typos, at ten sign-ins a day of which one in twenty has one', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const attack = { pools: [], apps: 1, signInsPerDay: 10, typoShare: 0.05, passwordChangesEveryDays: null }
      expect(yearOfGuessing(attack, seed)).toMatchObject({ signIns: 3650, waited: 0, locked: 0 })
    }
  })

  test('leaves the owner the recovery codes while a stolen device token keeps the known devices locked', () => {
    const attack = { pools: ['known', 'strangers'] as const, apps: 1, ...owner, passwordChangesEveryDays: 30 }
    const year = yearOfGuessing(attack)
    expect(year.locked + year.waited).toBeGreaterThan(0)
    expect(year.recoveryCodesRefused).toBe(0)
  })
})
