import type { UserStore } from 'countersign'
import { userStoreCases } from 'countersign/testing'
import { describe, expect, test } from 'vitest'
import { BROKEN_STORES, GOOD_STORES } from './broken-stores.ts'
import { closedTable, openTable, storeOver } from './broken-stores-table.ts'
import type { MakeBrokenStore } from './broken-stores-ways.ts'

/** All cases that there are, over one table. */
function casesOf(make: MakeBrokenStore) {
  const [table, beside] = [openTable(), openTable()]
  const store = make(table, table)
  const another = make(table, table)
  return userStoreCases(() => store, {
    anotherConnection: () => another,
    anotherTable: () => make(beside, table),
    disconnected: () => make(closedTable(), table),
    readEnabledAtMs: (userId) => table.enabledAtMs.get(userId) ?? null,
  })
}

describe.each(Object.entries(GOOD_STORES))('a store with %s', (_, make) => {
  for (const { name, run } of casesOf(make)) test(name, run)

  test('passes once more on the same table', async () => {
    for (const { run } of casesOf(make)) await run()
    const cases = casesOf(make)
    for (const { run } of [...cases, ...cases]) await run()
  })
})

describe('a store that lies', async () => {
  const names = casesOf((table) => storeOver(table)).map(({ name }) => name)
  const report = new Map<string, Map<string, string>>()
  for (const [what, make] of Object.entries(BROKEN_STORES)) report.set(what, await failuresOf(make))

  test.each([...report])('is caught: it %s', (_, failures) => {
    expect([...failures.keys()]).not.toEqual([])
  })

  test.each(names)('is caught by: %s', (name) => {
    expect([...report].filter(([, failures]) => failures.has(name))).not.toEqual([])
  })

  test('is caught by the cases that the report shows', async () => {
    const numbers = names.map((_, index) => String(index + 1).padStart(2))
    const lines = [
      ...names.map((name, index) => `${numbers[index]}  ${name}`),
      '',
      ...[0, 1].map((digit) =>
        numbers
          .map((number) => number[digit])
          .join('')
          .trimEnd(),
      ),
      ...[...report].map(([what, failures]) => {
        return `${names.map((name) => (failures.has(name) ? 'x' : '.')).join('')}  it ${what}`
      }),
    ]
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('broken-stores-report.txt')
  })

  test.each([
    ['gives undefined for null', /^load returned undefined for /, /contract: load returns null/, /JSON\.parse/],
    ["gives the driver's { changes: 0 } for false", /^save returned {"changes":1}, /, /true if it wrote/, /rows === 1/],
    [
      'checks, then writes',
      /^save returned true to 64 of 64 /,
      /one atomic step/,
      /comparison and a write as separate steps/,
    ],
    ['folds the case of ids', /^save returned false for ".*A", asked to create/, /character by character/, /_bin/],
    [
      'keeps Latin-1',
      /record\["name"\] is ".*" instead of ".* e\\u0301 é \\u2028 \\ufeff"\./,
      /JSON value that save was given/,
      /utf8mb4/,
    ],
  ])('is told in words that fit: it %s', (what, did, asks, mistake) => {
    const [message] = report.get(what)?.values() ?? []
    for (const part of [did, asks, mistake]) expect(message).toMatch(part)
  })

  test('is told what it did, what the contract asks, and what is usually wrong', () => {
    for (const failures of report.values()) {
      for (const message of failures.values()) {
        expect(message).toMatch(/^[^\n]+\.\nThe contract: [^\n]+\.\nThe usual mistake: [^\n]+\.$/)
        expect(message.length).toBeLessThan(1500)
      }
    }
  })
})

describe('the options', () => {
  const store = storeOver(openTable())

  test('add cases, and one function is enough for the others', () => {
    const names = userStoreCases(() => store).map(({ name }) => name)
    const all = casesOf((table) => storeOver(table)).map(({ name }) => name)
    expect(all.filter((name) => !names.includes(name))).toEqual([
      'two stores side by side stay apart',
      'userIds lists nobody from another table',
      'what is saved through one connection is seen through another',
      'a store whose connection is gone rejects',
      'the time when two-factor authentication was turned on has its own column',
    ])
    expect(new Set(all).size).toBe(all.length)
  })

  test('makeUser: for a store whose users must be there first', async () => {
    const users = new Set<string>()
    const among: UserStore = {
      load: store.load,
      async save(userId, change) {
        if (users.has(userId)) return store.save(userId, change)
        throw new Error('FOREIGN KEY constraint failed.')
      },
    }
    const makeUser = async () => {
      const userId = crypto.randomUUID()
      users.add(userId)
      return userId
    }
    const cases = userStoreCases(() => among, { makeUser })
    for (const { run } of cases) await run()
    expect(cases.some(({ name }) => name.startsWith('users whose ids'))).toBe(false)
    expect(users.size).toBeGreaterThan(cases.length)
    await expect(userStoreCases(() => among)[1]?.run()).rejects.toThrow(/save rejected .* FOREIGN KEY/)
  })

  test.each([16_384, 20_000, 30_000])(
    'largestRecordBytes: a record of exactly %i bytes',
    async (largestRecordBytes) => {
      let largest = 0
      const measuring: UserStore = {
        load: store.load,
        async save(userId, change) {
          largest = Math.max(largest, new TextEncoder().encode(JSON.stringify(change.record)).length)
          return store.save(userId, change)
        },
      }
      for (const { run } of userStoreCases(() => measuring, { largestRecordBytes })) await run()
      expect(largest).toBe(largestRecordBytes)
    },
  )

  test.each([16_383, 0, -1, 20_000.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'largestRecordBytes: %s is refused',
    (largestRecordBytes) => {
      expect(() => userStoreCases(() => store, { largestRecordBytes })).toThrow(/^largestRecordBytes: .* 16384/)
    },
  )

  test('a store where a function must be, and an option that is none, are refused', () => {
    expect(() => Reflect.apply(userStoreCases, null, [store])).toThrow('userStoreCases(() => store)')
    expect(() => Reflect.apply(userStoreCases, null, [() => store, { closed: () => store }])).toThrow(
      'no option "closed". It has makeUser, ',
    )
  })

  test('a store that cannot be made fails the case with its own error', async () => {
    const cases = userStoreCases(async () => {
      throw new Error('no database')
    })
    for (const { run } of cases) await expect(run()).rejects.toThrow(/^no database$/)
  })
})

test('a user store that is no more than two functions in JavaScript is told what is missing', async () => {
  const cases = Reflect.apply(userStoreCases, null, [() => ({})])
  await expect(cases[0].run()).rejects.toThrow(/^load rejected for .* not a function/)
})

async function failuresOf(make: MakeBrokenStore): Promise<Map<string, string>> {
  const failures = new Map<string, string>()
  for (const { name, run } of casesOf(make)) {
    try {
      await run()
    } catch (error) {
      failures.set(name, error instanceof Error ? error.message : String(error))
    }
  }
  return failures
}
