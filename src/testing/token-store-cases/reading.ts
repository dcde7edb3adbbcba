import type { StoredToken } from '../../tokens/store.ts'
import type { TokenBench, TokenStoreCase } from './cases.ts'
import { create, expectSame, expectStored, newHash, replace, tokenOf, writes } from './steps.ts'

export function readingCases({ makeStore, newUserId }: TokenBench): readonly TokenStoreCase[] {
  return [
    {
      name: 'a hash under which nothing is stored returns null, and a user without tokens an empty list',
      async run() {
        const ada = await newUserId()
        const store = await makeStore()
        expectSame(await store.find(newHash()), null, 'what find returns')
        expectSame(await store.list(ada), [], 'what list returns')
      },
    },
    {
      name: 'list returns all tokens of a user, each with its hash and the version that a save expects',
      async run() {
        const [ada, bob] = [await newUserId(), await newUserId()]
        const store = await makeStore()
        const tokens = Array.from({ length: MANY }, (_, number) => tokenOf(ada, { name: `Token ${number}` }))
        for (const token of tokens) await create(store, token)
        await create(store, tokenOf(bob))
        await expectStored(store, tokens)
        const listed = await store.list(ada)
        const revoked = listed.map(({ token }) => ({ ...token, revokedAtMs: 1_764_000_000_000 }))
        for (const { hash, version: expected, token } of listed) {
          await writes(store, hash, { expected, userId: ada, token: { ...token, revokedAtMs: 1_764_000_000_000 } })
        }
        await expectStored(store, revoked)
        expectSame((await store.list(bob)).length, 1, "how many of the other user's are listed")
      },
    },
    ...CONTENTS.map(([what, fields]) => ({
      name: `${what} is read back exactly as it was given`,
      async run() {
        const ada = await newUserId()
        const store = await makeStore()
        const token = tokenOf(ada, fields)
        await create(store, token)
        await expectStored(store, [token])
        const next = { ...token, lastUsedAtMs: 1_764_000_060_000, revokedAtMs: 1_764_000_060_001 }
        await replace(store, next)
        await expectStored(store, [next])
      },
    })),
  ]
}

/** More than a user can have. */
const MANY = 120

const CONTENTS: readonly [what: string, fields: Partial<StoredToken>][] = [
  ['an ordinary token', { scopes: ['read', 'repo:write'], expiresAtMs: 1_795_536_000_000 }],
  ['a token with a name in many scripts', { name: 'Ünï 漢字 שלום 👩🏽‍💻 e\u0301 é \u2028 \ufeff' }],
  ['a token with a name full of quotes', { name: `'"\`\\ \\n %s $1 ? :a {"a":[1]} <b>&amp;</b> -- ; \t\n` }],
  ['a token with as many scopes as there can be', { scopes: Array.from({ length: 20 }, (_, i) => 's'.repeat(62) + i) }],
  ['a token with times as late as there can be', { createdAtMs: 2 ** 53 - 1, expiresAtMs: 8_640_000_000_000_000 }],
]
