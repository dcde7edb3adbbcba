import type { TwoFactorRecord, UserStore } from '../../index.ts'
import type { ContractCase, MakeUserStore } from './contract-case.ts'
import { numbered } from './records.ts'
import { create, holds, load, remove, type Save, save, versionOf } from './steps.ts'

const WRITERS = 64
const ROUNDS = 8

const ASKS =
  'save compares the version and writes in one atomic step: of those who start from the same version, one wins.'
const MISTAKE =
  'A read, a comparison and a write as separate steps: another writer comes between. Put the condition into the ' +
  'write itself (UPDATE … WHERE version = ?, a conditional put, a Lua script). An error that tells a loser that ' +
  'nothing was written (a duplicate key, a conflict) means false, or a retry.'

/** If there is another connection, every other writer comes through that. */
export function racingCases(anotherConnection: MakeUserStore | undefined): readonly ContractCase[] {
  return [
    racing('create', false, numbered),
    racing('update', true, numbered),
    racing('delete', true, () => null),
    racing('update or delete', true, (writer, round) => ((writer + round) % 2 === 0 ? null : numbered(writer))),
  ]

  function racing(verb: string, isThere: boolean, recordOf: RecordOf): ContractCase {
    return {
      name: `of ${WRITERS} who ${verb} at once, one wins`,
      asks: ASKS,
      mistake: MISTAKE,
      async run({ store, user }) {
        const stores: Stores = anotherConnection === undefined ? [store] : [store, await anotherConnection()]
        const userId = await user()
        for (let round = 0; round < ROUNDS; round += 1) {
          const expected = await prepared(store, userId, isThere)
          const records = Array.from({ length: WRITERS }, (_, writer) => recordOf(writer, round))
          const saves = records.map((record) => ({ expected, record }))
          const left = records[await winnerOf(stores, userId, saves)] ?? null
          for (const each of stores) await holds(each, userId, left, "where the winner's had to be")
        }
      },
    }
  }
}

type Stores = readonly [UserStore, ...UserStore[]]
type RecordOf = (writer: number, round: number) => TwoFactorRecord | null

/** Returns the version that all start from. */
async function prepared(store: UserStore, userId: string, isThere: boolean): Promise<string | null> {
  const wasThere = (await load(store, userId)) !== null
  if (isThere && !wasThere) return create(store, userId, numbered(-1))
  if (!isThere && wasThere) await remove(store, userId)
  return isThere ? versionOf(store, userId) : null
}

/** All start before any has ended, and all have ended when this returns the winner. */
async function winnerOf(stores: Stores, userId: string, saves: readonly Save[]): Promise<number> {
  const settled = await Promise.allSettled(
    saves.map((wanted, writer) => save(stores[writer % stores.length] ?? stores[0], userId, wanted)),
  )
  const answers = settled.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason
    return outcome.value
  })
  const winners = answers.filter((wrote) => wrote).length
  if (winners === 1) return answers.indexOf(true)
  throw new Error(`save returned true to ${winners} of ${saves.length} writers that started from the same version.`)
}
