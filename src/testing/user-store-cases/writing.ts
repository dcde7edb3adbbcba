import type { TwoFactorRecord } from '../../index.ts'
import type { ContractCase } from './contract-case.ts'
import { show } from './difference.ts'
import { numbered } from './records.ts'
import {
  attempt,
  create,
  holds,
  refuses,
  refusesInvented,
  remove,
  replace,
  SAVES,
  type Save,
  versionOf,
  writes,
} from './steps.ts'

export function writingCases(): readonly ContractCase[] {
  return [
    {
      name: 'creating over an existing record writes nothing',
      asks: '`expected: null` means that there must be no record: save then writes and returns true; otherwise it writes nothing and returns false.',
      mistake:
        'An upsert that overwrites (use ON CONFLICT DO NOTHING, INSERT IGNORE, NX, put-if-absent), or passing on the error of a duplicate key, which means false.',
      async run({ store, user }) {
        const userId = await user()
        await create(store, userId, numbered(1))
        await refuses(store, userId, { expected: null, record: numbered(2) }, 'there was a record')
        await holds(store, userId, numbered(1), 'after it was to be created once more')
        await replace(store, userId, numbered(3))
        await refuses(store, userId, { expected: null, record: numbered(4) }, 'there was a record')
        await holds(store, userId, numbered(3), 'after it was to be created once more')
      },
    },
    {
      name: 'an update without a record creates none',
      asks: 'save under a version writes nothing if there is no record, and returns false.',
      mistake: 'An upsert for every save. Only `expected: null` may create.',
      async run({ store, user }) {
        const userId = await user()
        await refusesInvented(store, userId, numbered(1))
        await holds(store, userId, null, 'after an update of nothing')
        const gone = await create(store, userId, numbered(2))
        await remove(store, userId)
        await refuses(store, userId, { expected: gone, record: numbered(3) }, 'the record was deleted')
        await holds(store, userId, null, 'after an update of what was deleted')
      },
    },
    {
      name: 'an update writes only under the stored version',
      asks: 'save writes only if the stored version is still `expected`, and reports accurately whether it wrote.',
      mistake:
        'The version is missing from the condition (WHERE … AND version = ?), is not written with the record, is derived from the record (a hash of it recurs), or true is returned without asking the driver how many rows it wrote.',
      async run({ store, user }) {
        const userId = await user()
        const first = await create(store, userId, numbered(1))
        await refusesInvented(store, userId, numbered(2))
        await holds(store, userId, numbered(1), 'after an update under an invented version')
        await replace(store, userId, numbered(3))
        await refuses(store, userId, { expected: first, record: numbered(4) }, 'that version was replaced')
        await holds(store, userId, numbered(3), 'after an update under an old version')
        await replace(store, userId, numbered(1))
        await refuses(store, userId, { expected: first, record: numbered(5) }, 'the like of it was saved anew since')
        await holds(store, userId, numbered(1), 'after an update under the version of a like record')
      },
    },
    {
      name: 'a deletion happens only under the stored version',
      asks: '`record: null` deletes, only if the stored version is still `expected`, and returns true only if it deleted.',
      mistake: 'A DELETE by user id only, or one that returns true whatever it deleted.',
      async run({ store, user }) {
        const userId = await user()
        await refusesInvented(store, userId, null)
        const first = await create(store, userId, numbered(1))
        await refusesInvented(store, userId, null)
        await holds(store, userId, numbered(1), 'after a deletion under an invented version')
        const second = await replace(store, userId, numbered(2))
        await refuses(store, userId, { expected: first, record: null }, 'that version was replaced')
        await holds(store, userId, numbered(2), 'after a deletion under an old version')
        await writes(store, userId, { expected: second, record: null })
        await holds(store, userId, null, 'after the deletion')
        await refuses(store, userId, { expected: second, record: null }, 'the record was deleted before')
      },
    },
    {
      name: 'a record that was deleted and created again is not mistaken for the old one',
      asks: 'a version that was replaced or deleted never works again, even after the record was created again.',
      mistake:
        "A counter in the row, which starts again with the row. Store `change.version`, which is random, or use the database's own revision if it never recurs.",
      async run({ store, user }) {
        const userId = await user()
        const old: string[] = []
        for (let round = 0; round < 4; round += 1) {
          old.push(await create(store, userId, numbered(7)))
          old.push(await replace(store, userId, numbered(8)))
          await remove(store, userId)
          for (const expected of old) {
            await refuses(store, userId, { expected, record: numbered(-1) }, 'the record was deleted')
          }
          await holds(store, userId, null, 'after the deletion')
        }
        await create(store, userId, numbered(7))
        await refusesOld(numbered(7))
        await replace(store, userId, numbered(8))
        await refusesOld(numbered(8))

        async function refusesOld(record: TwoFactorRecord) {
          for (const expected of old) {
            await refuses(store, userId, { expected, record: numbered(-1) }, 'that version is of a deleted record')
            await refuses(store, userId, { expected, record: null }, 'that version is of a deleted record')
          }
          await holds(store, userId, record, 'after saves under versions of a deleted record')
        }
      },
    },
    {
      name: 'save returns true or false, and nothing else',
      ...SAVES,
      async run({ store, user }) {
        const userId = await user()
        await returns(true, { expected: null, record: numbered(1) }, 'that creates')
        await returns(false, { expected: null, record: numbered(2) }, 'that cannot create')
        const first = await versionOf(store, userId)
        await returns(true, { expected: first, record: numbered(3) }, 'that updates')
        await returns(false, { expected: first, record: numbered(4) }, 'under an old version')
        await returns(false, { expected: first, record: null }, 'that cannot delete')
        await returns(true, { expected: await versionOf(store, userId), record: null }, 'that deletes')
        await returns(false, { expected: first, record: null }, 'that has nothing to delete')

        async function returns(expected: boolean, wanted: Save, which: string) {
          const answer = await attempt(store, userId, wanted)
          if (answer !== expected) throw new Error(`A save ${which} returned ${show(answer)} instead of ${expected}.`)
        }
      },
    },
  ]
}
