import type { MakeTokenStore, TokenBench, TokenStoreCase } from './cases.ts'
import {
  create,
  expectRejection,
  expectSame,
  expectStored,
  found,
  refuses,
  replace,
  save,
  tokenOf,
  writes,
} from './steps.ts'

export function connectionCases(
  bench: TokenBench,
  anotherConnection: MakeTokenStore | undefined,
  disconnected: MakeTokenStore | undefined,
): readonly TokenStoreCase[] {
  return [
    ...(anotherConnection === undefined ? [] : [seenByAnother(bench, anotherConnection)]),
    ...(disconnected === undefined ? [] : [gone(bench, disconnected)]),
  ]
}

function seenByAnother({ makeStore, newUserId }: TokenBench, anotherConnection: MakeTokenStore): TokenStoreCase {
  return {
    name: 'what is saved through one connection is seen through another',
    async run() {
      const userId = await newUserId()
      const [store, other] = [await makeStore(), await anotherConnection()]
      const token = tokenOf(userId)
      expectSame(await other.find(token.hash), null, 'what find of the other connection returns')
      const first = await create(store, token)
      await expectStored(other, [token])
      const revoked = { ...token, revokedAtMs: 1_764_000_000_000 }
      await replace(other, revoked)
      await expectStored(store, [revoked])
      await refuses(store, token.hash, {
        expected: first,
        userId,
        token: { ...token, lastUsedAtMs: 1_764_000_000_000 },
      })
      const { version: expected } = await found(store, token.hash)
      await writes(store, token.hash, { expected, userId, token: null })
      expectSame(await other.find(token.hash), null, 'what find returns after a deletion through another connection')
      expectSame(await other.list(userId), [], 'what list returns after a deletion through another connection')
    },
  }
}

function gone({ newUserId }: TokenBench, disconnected: MakeTokenStore): TokenStoreCase {
  return {
    name: 'a store whose connection is gone rejects',
    async run() {
      const store = await disconnected()
      const token = tokenOf(await newUserId())
      const { hash, userId } = token
      await expectRejection(() => store.find(hash), 'find')
      await expectRejection(() => store.list(userId), 'list')
      await expectRejection(() => save(store, hash, { expected: null, userId, token }), 'a save that creates')
      await expectRejection(() => save(store, hash, { expected: 'v', userId, token }), 'a save that updates')
      await expectRejection(() => save(store, hash, { expected: 'v', userId, token: null }), 'a save that deletes')
    },
  }
}
