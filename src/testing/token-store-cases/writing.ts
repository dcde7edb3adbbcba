import { scribble } from '../user-store-cases/records.ts'
import type { TokenBench, TokenStoreCase } from './cases.ts'
import {
  create,
  expectSame,
  expectStored,
  found,
  refuses,
  refusesInvented,
  replace,
  save,
  tokenOf,
  writes,
} from './steps.ts'

export function writingCases({ makeStore, newUserId }: TokenBench): readonly TokenStoreCase[] {
  return [
    {
      name: 'creating over an existing token writes nothing, for any user',
      async run() {
        const [ada, bob] = [await newUserId(), await newUserId()]
        const store = await makeStore()
        const token = tokenOf(ada)
        await create(store, token)
        await refuses(store, token.hash, { expected: null, userId: ada, token: { ...token, name: 'Another' } })
        await refuses(store, token.hash, { expected: null, userId: bob, token: { ...token, userId: bob } })
        await expectStored(store, [token])
        expectSame(await store.list(bob), [], 'what list returns for the other user')
      },
    },
    {
      name: 'an update writes only under the stored version',
      async run() {
        const ada = await newUserId()
        const store = await makeStore()
        const token = tokenOf(ada)
        await refusesInvented(store, token, token)
        expectSame(await store.find(token.hash), null, 'what find returns after an update of nothing')
        const first = await create(store, token)
        await refusesInvented(store, token, { ...token, name: 'Invented' })
        const next = { ...token, name: 'Next' }
        await replace(store, next)
        await refuses(store, token.hash, { expected: first, userId: ada, token })
        await expectStored(store, [next])
      },
    },
    {
      name: 'a deletion happens only under the stored version',
      async run() {
        const ada = await newUserId()
        const store = await makeStore()
        const token = tokenOf(ada)
        await refusesInvented(store, token, null)
        const first = await create(store, token)
        await refusesInvented(store, token, null)
        const next = { ...token, name: 'Next' }
        const second = await replace(store, next)
        await refuses(store, token.hash, { expected: first, userId: ada, token: null })
        await expectStored(store, [next])
        await writes(store, token.hash, { expected: second, userId: ada, token: null })
        expectSame(await store.find(token.hash), null, 'what find returns after the deletion')
        expectSame(await store.list(ada), [], 'what list returns after the deletion')
        await refuses(store, token.hash, { expected: second, userId: ada, token: null })
      },
    },
    {
      name: 'a token that was deleted and created again is not mistaken for the old one',
      async run() {
        const ada = await newUserId()
        const store = await makeStore()
        const token = tokenOf(ada)
        const old: string[] = []
        for (let round = 0; round < 4; round += 1) {
          old.push(await create(store, token))
          const last = await replace(store, { ...token, name: `Round ${round}` })
          old.push(last)
          await writes(store, token.hash, { expected: last, userId: ada, token: null })
          for (const expected of old) await refuses(store, token.hash, { expected, userId: ada, token })
        }
        await create(store, token)
        for (const expected of old) {
          await refuses(store, token.hash, { expected, userId: ada, token: { ...token, name: 'Old' } })
          await refuses(store, token.hash, { expected, userId: ada, token: null })
        }
        await expectStored(store, [token])
      },
    },
    {
      name: 'of 64 writers who start from the same version, one wins',
      async run() {
        const ada = await newUserId()
        const store = await makeStore()
        const token = tokenOf(ada)
        for (let round = 0; round < 8; round += 1) {
          const expected = (await store.find(token.hash))?.version ?? null
          const names = Array.from({ length: WRITERS }, (_, writer) => `Round ${round}, writer ${writer}`)
          const answers = await Promise.all(
            names.map((name) => save(store, token.hash, { expected, userId: ada, token: { ...token, name } })),
          )
          expectSame(answers.filter((answer) => answer).length, 1, 'how many writers were told that they wrote')
          await expectStored(store, [{ ...token, name: names[answers.indexOf(true)] ?? '' }])
        }
        const { version: expected } = await found(store, token.hash)
        const answers = await Promise.all(
          Array.from({ length: WRITERS }, (_, writer) =>
            save(store, token.hash, { expected, userId: ada, token: writer % 2 === 0 ? null : token }),
          ),
        )
        expectSame(answers.filter((answer) => answer).length, 1, 'how many of those who delete or update were told so')
        const left = (await store.find(token.hash))?.token ?? null
        expectSame(left, answers.indexOf(true) % 2 === 0 ? null : token, "what is left is the winner's")
      },
    },
    {
      name: 'what was given and what is stored share nothing',
      async run() {
        const ada = await newUserId()
        const store = await makeStore()
        const token = tokenOf(ada, { scopes: ['read', 'write'] })
        const given = structuredClone(token)
        await create(store, given)
        scribble(given)
        await expectStored(store, [token])
        const next = structuredClone(token)
        await replace(store, next)
        scribble(next)
        await expectStored(store, [token])
        scribble((await found(store, token.hash)).token)
        for (const row of await store.list(ada)) scribble(row)
        await expectStored(store, [token])
      },
    },
  ]
}

const WRITERS = 64
