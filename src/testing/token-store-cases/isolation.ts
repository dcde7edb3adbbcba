import { show } from '../user-store-cases/difference.ts'
import type { MakeTokenStore, TokenBench, TokenStoreCase } from './cases.ts'
import { create, expectSame, expectStored, found, newHash, refuses, sorted, tokenOf, writes } from './steps.ts'

export function isolationCases(bench: TokenBench, anotherTable: MakeTokenStore | undefined): readonly TokenStoreCase[] {
  const { makeStore, newUserId, anyIds } = bench
  return [
    {
      name: 'hashes that look alike stay apart',
      async run() {
        const ada = await newUserId()
        const store = await makeStore()
        const start = newHash().slice(0, 42)
        const tokens = ['a', 'A', '-', '_', '0', 'O'].map((end) => tokenOf(ada, { hash: start + end, id: `id ${end}` }))
        for (const token of tokens) await create(store, token)
        await expectStored(store, tokens)
        for (const alike of [`${start}b`, start, `${start}a `, ` ${start}a`, `${start}%`, `${start}aa`]) {
          expectSame(await store.find(alike), null, `what find returns for ${show(alike)}`)
        }
        for (const [index, token] of tokens.entries()) {
          const { version: expected } = await found(store, token.hash)
          if (index % 2 === 0) await writes(store, token.hash, { expected, userId: ada, token: null })
        }
        const left = tokens.filter((_, index) => index % 2 === 1)
        expectSame(sorted((await store.list(ada)).map(({ token }) => token)), sorted(left), 'what list returns')
      },
    },
    ...(anyIds ? [usersAlike(bench)] : []),
    ...(anotherTable === undefined ? [] : [besideEachOther(bench, anotherTable)]),
  ]
}

function usersAlike({ makeStore, newUserId }: TokenBench): TokenStoreCase {
  return {
    name: 'users whose ids look alike stay apart',
    async run() {
      const fresh = await newUserId()
      const store = await makeStore()
      const tokens = USER_IDS.map((end) => fresh + end).flatMap((userId) => [
        tokenOf(userId),
        tokenOf(userId, { name: 'Second' }),
      ])
      for (const token of tokens) await create(store, token)
      await expectStored(store, tokens)
      const [first] = tokens
      if (first === undefined) return
      const { version: expected } = await found(store, first.hash)
      await writes(store, first.hash, { expected, userId: first.userId, token: null })
      await expectStored(store, tokens.slice(1))
    },
  }
}

function besideEachOther({ makeStore, newUserId }: TokenBench, anotherTable: MakeTokenStore): TokenStoreCase {
  return {
    name: 'two stores side by side stay apart',
    async run() {
      const ada = await newUserId()
      const [left, right] = [await makeStore(), await anotherTable()]
      const token = tokenOf(ada)
      const expected = await create(left, token)
      expectSame(await right.find(token.hash), null, 'what find of the other store returns')
      expectSame(await right.list(ada), [], 'what list of the other store returns')
      await refuses(right, token.hash, { expected, userId: ada, token })
      await create(right, { ...token, name: 'Right' })
      await writes(left, token.hash, { expected, userId: ada, token: null })
      await expectStored(right, [{ ...token, name: 'Right' }])
    },
  }
}

/** Ids that look alike to a database that folds case, trims, normalizes, cuts, or reads wildcards and separators. */
const USER_IDS: readonly string[] = [
  ...[
    'a',
    'A',
    'á',
    'a\u0301',
    'ss',
    'ß',
    'a ',
    ' a',
    'a\t',
    'a\n',
    ' ',
    'a\u200b',
    'ａ',
    '\ufeffa',
    '👩‍💻',
    '👩',
    '漢字',
  ],
  ...["'", "''", '"', '`', '\\', '%', '_', '?', '$1', ':a', '..', 'a.b', 'a:b', 'a/b', 'a%2Fb', '{a}', '#', ';', '--'],
  ...["a'; DROP TABLE access_tokens; --", '0', '00', '1', '1.0', 'null', 'true', '__proto__', 'constructor'],
  ...['x'.repeat(213), 'x'.repeat(214), `${'x'.repeat(213)}y`, 'é'.repeat(214), '💻'.repeat(107)],
]
