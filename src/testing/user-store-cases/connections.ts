import type { UserStore } from '../../index.ts'
import type { ContractCase, MakeUserStore } from './contract-case.ts'
import { show } from './difference.ts'
import { numbered } from './records.ts'
import { changeOf, create, holds, newVersion, refuses, remove, replace, type Save, versionOf, writes } from './steps.ts'

export function connectionCases(
  anotherConnection: MakeUserStore | undefined,
  disconnected: MakeUserStore | undefined,
): readonly ContractCase[] {
  return [
    ...(anotherConnection === undefined ? [] : [seenByAnother(anotherConnection)]),
    ...(disconnected === undefined ? [] : [gone(disconnected)]),
  ]
}

function seenByAnother(anotherConnection: MakeUserStore): ContractCase {
  return {
    name: 'what is saved through one connection is seen through another',
    asks: 'load sees every save that has finished, in whichever process, and save compares with what is stored now.',
    mistake: 'A cache in the process, a replica, or a transaction that was left open and still reads an old state.',
    async run({ store, user }) {
      const [other, userId] = [await anotherConnection(), await user()]
      for (let round = 0; round < 4; round += 1) {
        await holds(other, userId, null, 'through another connection, before it was created')
        const first = await create(store, userId, numbered(round))
        await holds(other, userId, numbered(round), 'through another connection, after it was created')
        await writes(other, userId, { expected: first, record: numbered(round + 100) })
        await holds(store, userId, numbered(round + 100), 'after it was updated through another connection')
        await refuses(store, userId, { expected: first, record: numbered(-1) }, 'another connection had replaced it')
        await replace(store, userId, numbered(round + 200))
        await writes(other, userId, { expected: await versionOf(other, userId), record: numbered(round + 300) })
        await remove(store, userId)
      }
    },
  }
}

function gone(disconnected: MakeUserStore): ContractCase {
  return {
    name: 'a store whose connection is gone rejects',
    asks: 'anything unclear is a rejection. null means that there is no record, false that nothing was written: neither is known here.',
    mistake: 'A catch around the call that returns null, true or false. Let the error through.',
    async run({ user }) {
      const [store, userId] = [await disconnected(), await user()]
      await rejects('load', async () => store.load(userId))
      await rejects('A save that creates', saving(store, userId, { expected: null, record: numbered(1) }))
      await rejects('A save that updates', saving(store, userId, { expected: newVersion(), record: numbered(1) }))
      if (store.userIds !== undefined) await rejects('userIds', async () => store.userIds?.({ limit: 10 }))
      await rejects('A save that deletes', saving(store, userId, { expected: newVersion(), record: null }))
    },
  }
}

function saving(store: UserStore, userId: string, wanted: Save): () => Promise<unknown> {
  return async () => store.save(userId, changeOf(wanted))
}

async function rejects(what: string, work: () => Promise<unknown>): Promise<void> {
  let answer: unknown
  try {
    answer = await work()
  } catch {
    return
  }
  throw new Error(`${what} returned ${show(answer)} without a connection; it had to reject.`)
}
