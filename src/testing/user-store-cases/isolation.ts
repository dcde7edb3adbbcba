import type { ContractCase, MakeUserStore } from './contract-case.ts'
import { numbered } from './records.ts'
import { create, holds, refuses, remove, replace, versionOf } from './steps.ts'

export function isolationCases(anotherTable: MakeUserStore | undefined): readonly ContractCase[] {
  return [
    {
      name: 'saving for one user changes nothing for another',
      asks: 'save touches the record of its user alone, and a version of one user is none of another.',
      mistake: 'The user id is missing from a condition (WHERE user_id = ? AND version = ?), or from the key.',
      async run({ store, user }) {
        const [ada, bob] = [await user(), await user()]
        const version = await create(store, ada, numbered(1))
        await holds(store, bob, null, 'after a save for another user')
        await refuses(store, bob, { expected: version, record: numbered(9) }, 'that version is of another user')
        await create(store, bob, numbered(2))
        await replace(store, bob, numbered(3))
        await holds(store, ada, numbered(1), 'after saves for another user')
        await refuses(store, bob, { expected: version, record: null }, 'that version is of another user')
        await remove(store, bob)
        await holds(store, ada, numbered(1), 'after a deletion for another user')
        if ((await versionOf(store, ada)) !== version) {
          throw new Error('load returned another version than before, though only another user was saved.')
        }
      },
    },
    ...(anotherTable === undefined ? [] : [betweenTables(anotherTable)]),
  ]
}

function betweenTables(anotherTable: MakeUserStore): ContractCase {
  return {
    name: 'two stores side by side stay apart',
    asks: 'what is saved in one table, or under one prefix, is not seen or changed through another.',
    mistake: 'The name of the table or the prefix is kept in a place that both share, or left out of one statement.',
    async run({ store, user }) {
      const [beside, userId] = [await anotherTable(), await user()]
      const version = await create(store, userId, numbered(1))
      await holds(beside, userId, null, 'after a save in another table')
      await refuses(beside, userId, { expected: version, record: numbered(2) }, 'that version is of another table')
      await create(beside, userId, numbered(3))
      await holds(store, userId, numbered(1), 'after a save in another table')
      await remove(store, userId)
      await holds(beside, userId, numbered(3), 'after a deletion in another table')
    },
  }
}
