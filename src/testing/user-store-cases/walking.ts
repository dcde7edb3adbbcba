import type { UserIdsPage, UserStore } from '../../index.ts'
import type { ContractCase, MakeUserStore } from './contract-case.ts'
import { show } from './difference.ts'
import { numbered } from './records.ts'
import { create, remove, replace } from './steps.ts'

/** More pages than any test database has. */
const MOST_PAGES = 20_000

/** For stores that list their users; others pass. */
export function walkingCases(anotherTable: MakeUserStore | undefined, anyIds: boolean): readonly ContractCase[] {
  return [everyUser(anyIds), whileOthersChange(), ...(anotherTable === undefined ? [] : [ownTableOnly(anotherTable)])]
}

function everyUser(anyIds: boolean): ContractCase {
  return {
    name: 'userIds lists everybody who has a record, and nobody whose record is gone',
    asks: 'userIds returns each user id as passed to save, page after page, until the cursor is null.',
    mistake:
      'An offset in place of the last id, ids as the database prints them (escaped, as numbers), or a null cursor on a page that is just empty.',
    async run({ store, user }) {
      const userIds = [await user(), await user(), await user(), ...(anyIds ? oddIds(crypto.randomUUID()) : [])]
      for (const userId of userIds) await create(store, userId, numbered(1))
      const gone = await user()
      await create(store, gone, numbered(1))
      await remove(store, gone)
      const found = await walk(store, 7)
      if (found === null) return
      expectAll(found, userIds)
      if (found.has(gone)) throw new Error(`userIds named ${show(gone)}, whose record was deleted before the walk.`)
    },
  }
}

function oddIds(fresh: string): string[] {
  return ['é', 'e\u0301', ' ', "'", '%', '*', ':a', '=40', '/b', '👩', '漢', 'A', '\u001f'].map((end) => fresh + end)
}

function whileOthersChange(): ContractCase {
  return {
    name: 'userIds misses nobody who was there throughout, whatever is saved meanwhile',
    asks: 'every user who has a record from the first page to the last is listed, although records are created, changed and deleted between pages.',
    mistake:
      'An offset, which moves when a record is deleted, or an order by the time of writing. Order by the user id, and continue after the last one.',
    async run({ store, user }) {
      const stay: string[] = []
      const leave = new Set<string>()
      for (let count = 0; count < 8; count += 1) {
        const [left, stayed] = [await user(), await user()]
        await create(store, left, numbered(1))
        await create(store, stayed, numbered(1))
        leave.add(left)
        stay.push(stayed)
      }
      const before = await walk(store, 100)
      if (before === null) return
      let page = 0
      const found = await walk(store, 5, async (named) => {
        const next = stay[page++ % stay.length]
        const listed = [...leave].filter((userId) => named.has(userId))
        // So that an offset now skips too many. Nobody is created before: that would move it back.
        for (const userId of listed) if (leave.delete(userId)) await remove(store, userId)
        if (page <= 16 && next !== undefined) await replace(store, next, numbered(page))
        if (page <= 16 && listed.length === 0 && leave.size < 8) await create(store, await user(), numbered(page))
      })
      const after = await walk(store, 100)
      // Also whoever else has a record: an offset skips any user, and most rows can be those of earlier cases.
      const throughout = [...before].filter((userId) => after?.has(userId))
      expectAll(found ?? new Set(), [...throughout, ...stay])
    },
  }
}

function ownTableOnly(anotherTable: MakeUserStore): ContractCase {
  return {
    name: 'userIds lists nobody from another table',
    asks: 'userIds lists the users of its own table, or its own prefix.',
    mistake: 'The name of the table or the prefix is left out of the query.',
    async run({ store, user }) {
      const [beside, userId] = [await anotherTable(), await user()]
      await create(beside, userId, numbered(1))
      const found = await walk(store, 100)
      if (found?.has(userId)) throw new Error(`userIds named ${show(userId)}, whose record is in another table.`)
    },
  }
}

/** All listed user ids; null if the store lists no users. */
async function walk(
  store: UserStore,
  limit: number,
  between?: (named: ReadonlySet<string>) => Promise<void>,
): Promise<Set<string> | null> {
  if (store.userIds === undefined) return null
  const found = new Set<string>()
  let cursor: string | undefined
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page: UserIdsPage = await store.userIds(cursor === undefined ? { limit } : { cursor, limit })
    for (const userId of page.userIds) found.add(userId)
    if (page.cursor === null) return found
    if (typeof page.cursor !== 'string') {
      throw new Error(`userIds returned ${show(page.cursor)} as the cursor, which is neither text nor null.`)
    }
    cursor = page.cursor
    await between?.(found)
  }
  throw new Error(`userIds did not come to an end in ${MOST_PAGES} pages.`)
}

function expectAll(found: ReadonlySet<string>, userIds: readonly string[]): void {
  const missed = userIds.filter((userId) => !found.has(userId))
  const shown = missed.slice(0, 5).map(show).join(', ')
  if (missed.length > 0) throw new Error(`userIds never named ${shown}, who had a record; ${missed.length} in all.`)
}
