import type { ContractCase } from './contract-case.ts'
import { numbered, ordinary, recordShapes } from './records.ts'
import { create, holds, refuses, remove, replace } from './steps.ts'

export function readingCases(largestBytes: number): readonly ContractCase[] {
  return [
    {
      name: 'a user without a record returns null',
      asks: 'load returns null for a user who has no record, and for no other.',
      mistake:
        'Passing on what the driver returns for no row, such as undefined. Write `row === undefined ? null : …`.',
      async run({ store, user }) {
        await holds(store, await user(), null, 'who never had a record')
        const userId = await user()
        await create(store, userId, numbered(1))
        await remove(store, userId)
        await holds(store, userId, null, 'after the record was deleted')
      },
    },
    ...(recordShapes(largestBytes).map(({ what, record, mistake }) => ({
      name: `${what} is read back exactly as it was given`,
      asks: 'load returns the JSON value that save was given. Only the order of its keys may change.',
      mistake,
      async run({ store, user }) {
        const userId = await user()
        await create(store, userId, record)
        await holds(store, userId, record, 'after it was created')
        await replace(store, userId, ordinary())
        await replace(store, userId, record)
        await holds(store, userId, record, 'after it was updated')
      },
    })) satisfies ContractCase[]),
  ]
}

/** After the cases of save: one that writes what it must not fails there with the mistake that it is. */
export function freshnessCases(): readonly ContractCase[] {
  return [
    {
      name: 'load sees every save that has finished',
      asks: 'load sees every save that has finished, also right after it and right after another load.',
      mistake: 'A cache before the database, or a read from a replica. Read from where save writes.',
      async run({ store, user }) {
        const userId = await user()
        await holds(store, userId, null, 'before the first save')
        for (let round = 0; round < 10; round += 1) {
          await create(store, userId, numbered(round))
          await holds(store, userId, numbered(round), 'right after it was created')
          await replace(store, userId, numbered(round + 100))
          await holds(store, userId, numbered(round + 100), 'right after it was updated')
          await refuses(store, userId, { expected: null, record: numbered(-1) }, 'there is a record')
          await holds(store, userId, numbered(round + 100), 'right after a save that did not write')
          await remove(store, userId)
          await holds(store, userId, null, 'right after it was deleted')
        }
      },
    },
  ]
}
