import { tokenStoreCases } from 'countersign/testing'
import { memoryTokenStore, type StoredToken, type TokenChange, type TokenStore } from 'countersign/tokens'
import { describe, expect, test } from 'vitest'

/** A store that is wrong in one way, and the case that must find it out. */
type Broken = [what: string, caught: string, make: () => TokenStore]

type Kept = { userId: string; token: StoredToken; version: string }

/** A store of the obvious kind, parts of which can be replaced by wrong ones. */
function plainStore(wrong: {
  key?: (hash: string) => string
  owner?: (userId: string) => string
  stored?: <Value>(value: Value) => Value
  given?: <Value>(value: Value) => Value
  matches?: (kept: Kept | undefined, change: TokenChange) => boolean
  answer?: (wrote: boolean) => boolean
  most?: number
  pause?: () => Promise<unknown>
}): TokenStore {
  const { key = same, owner = same, stored = structuredClone, given = structuredClone } = wrong
  const { matches = (kept, change) => (kept?.version ?? null) === change.expected, answer = same, pause } = wrong
  const rows = new Map<string, Kept & { hash: string }>()
  return {
    async find(hash) {
      const kept = rows.get(key(hash))
      return kept === undefined ? null : given({ token: kept.token, version: kept.version })
    },
    async list(userId) {
      const mine = [...rows.values()].filter((kept) => owner(kept.userId) === owner(userId))
      return mine.slice(0, wrong.most).map(({ hash, token, version }) => given({ hash, token, version }))
    },
    async save(hash, change) {
      const { userId, token, version } = change
      const wrote = matches(rows.get(key(hash)), change)
      if (pause !== undefined) await pause()
      if (wrote && token === null) rows.delete(key(hash))
      else if (wrote && token !== null) rows.set(key(hash), { hash, userId, token: stored(token), version })
      return answer(wrote)
    },
  }
}

function same<Value>(value: Value): Value {
  return value
}

const BROKEN: readonly Broken[] = [
  [
    'gives undefined where there is nothing',
    'a hash under which nothing is stored returns null, and a user without tokens an empty list',
    () => over((inner) => ({ find: async (hash) => (await inner.find(hash)) ?? JSON.parse('{"a":1}').b })),
  ],
  [
    'cuts names',
    'a token with a name in many scripts is read back exactly as it was given',
    () => plainStore({ stored: (value) => JSON.parse(JSON.stringify(value).replace(/[^\0-\x7f]/g, '?')) }),
  ],
  [
    'keeps 32-bit times',
    'a token with times as late as there can be is read back exactly as it was given',
    () => plainStore({ stored: (value) => JSON.parse(JSON.stringify(value), (_, one) => (one > 2 ** 43 ? 0 : one)) }),
  ],
  [
    'creates over what is there',
    'creating over an existing token writes nothing, for any user',
    () => plainStore({ matches: (kept, { expected }) => expected === null || kept?.version === expected }),
  ],
  [
    'compares no versions',
    'an update writes only under the stored version',
    () => plainStore({ matches: (kept, { expected }) => expected !== null || kept === undefined }),
  ],
  [
    'deletes whatever the version',
    'a deletion happens only under the stored version',
    () =>
      plainStore({ matches: (kept, { expected, token }) => token === null || (kept?.version ?? null) === expected }),
  ],
  [
    'counts versions, from one again after a deletion',
    'a token that was deleted and created again is not mistaken for the old one',
    () => counting(),
  ],
  [
    'looks at the version, and writes a moment later',
    'of 64 writers who start from the same version, one wins',
    () => plainStore({ pause: async () => undefined }),
  ],
  [
    'says that it wrote when it did not',
    'an update writes only under the stored version',
    () => plainStore({ answer: () => true }),
  ],
  [
    'says that it did not write when it did',
    'creating over an existing token writes nothing, for any user',
    () => plainStore({ answer: () => false }),
  ],
  [
    'keeps the object it was given',
    'what was given and what is stored share nothing',
    () => plainStore({ stored: same }),
  ],
  [
    'gives out the object that it keeps',
    'what was given and what is stored share nothing',
    () => plainStore({ given: same }),
  ],
  [
    'ignores case in hashes',
    'hashes that look alike stay apart',
    () => plainStore({ key: (hash) => hash.toLowerCase() }),
  ],
  ['cuts hashes', 'hashes that look alike stay apart', () => plainStore({ key: (hash) => hash.slice(0, 42) })],
  ['trims hashes', 'hashes that look alike stay apart', () => plainStore({ key: (hash) => hash.trim() })],
  [
    'ignores case in user ids',
    'users whose ids look alike stay apart',
    () => plainStore({ owner: (id) => id.toLowerCase() }),
  ],
  [
    'normalizes user ids',
    'users whose ids look alike stay apart',
    () => plainStore({ owner: (id) => id.normalize('NFC') }),
  ],
  ['cuts user ids', 'users whose ids look alike stay apart', () => plainStore({ owner: (id) => id.slice(0, 191) })],
  [
    'lists one page',
    'list returns all tokens of a user, each with its hash and the version that a save expects',
    () => plainStore({ most: 100 }),
  ],
  [
    "lists everybody's",
    'list returns all tokens of a user, each with its hash and the version that a save expects',
    () => plainStore({ owner: () => '' }),
  ],
  ['lists what was there a moment ago', 'a deletion happens only under the stored version', () => over(cachingLists)],
  ['shares one table with its neighbor', 'two stores side by side stay apart', () => sharedTable],
  ['answers though its connection is gone', 'a store whose connection is gone rejects', () => over(() => ({}))],
]

const sharedTable = memoryTokenStore()

function over(wrong: (inner: TokenStore) => Partial<TokenStore>): TokenStore {
  const inner = memoryTokenStore()
  return { ...inner, ...wrong(inner) }
}

function cachingLists(inner: TokenStore): Partial<TokenStore> {
  const cache = new Map<string, Awaited<ReturnType<TokenStore['list']>>>()
  return {
    async list(userId) {
      const listed = cache.get(userId) ?? (await inner.list(userId))
      if (listed.length > 0) cache.set(userId, listed)
      return listed
    },
  }
}

function counting(): TokenStore {
  const inner = memoryTokenStore()
  return {
    ...inner,
    async save(hash, change) {
      const version = change.expected === null ? '1' : String(Number(change.expected) + 1)
      return inner.save(hash, { ...change, version })
    },
  }
}

function casesFor(make: () => TokenStore) {
  const store = make()
  return tokenStoreCases(() => store, {
    anotherConnection: () => store,
    anotherTable: make,
    disconnected: make,
  })
}

describe('a token store is found out that', () => {
  test.each(BROKEN)('%s, by “%s”', async (_what, caught, make) => {
    const found = casesFor(make).find(({ name }) => name === caught)
    if (found === undefined) throw new Error(`There is no case “${caught}”.`)
    await expect(found.run()).rejects.toThrow()
  })
})

test('every case finds somebody out, but those that others imply', () => {
  const caught = new Set(BROKEN.map(([, name]) => name))
  const idle = casesFor(memoryTokenStore).filter(({ name }) => !caught.has(name))
  expect(idle.map(({ name }) => name).filter((name) => !name.endsWith('exactly as it was given'))).toEqual([
    'what is saved through one connection is seen through another',
  ])
})

test('the plain store that these are made from passes', async () => {
  const gone = async () => {
    throw new Error('The connection is gone.')
  }
  const store = plainStore({})
  const cases = tokenStoreCases(() => store, {
    anotherConnection: () => store,
    anotherTable: () => plainStore({}),
    disconnected: () => ({ find: gone, list: gone, save: gone }),
  })
  for (const { run } of cases) await run()
})

describe('a store whose users must exist first', () => {
  const users = new Set<string>()
  const inner = memoryTokenStore()
  const store: TokenStore = {
    ...inner,
    save: async (hash, change) => {
      if (!users.has(change.userId)) throw new Error('The foreign key has no such user.')
      return inner.save(hash, change)
    },
  }
  const makeUser = () => {
    const userId = crypto.randomUUID()
    users.add(userId)
    return userId
  }
  const cases = tokenStoreCases(() => store, {
    makeUser,
    anotherConnection: () => store,
    anotherTable: () => plainStore({}),
  })

  test.each(cases)('passes with makeUser: $name', ({ run }) => run())

  test('is not asked for users of other ids', () => {
    expect(cases.map(({ name }) => name)).not.toContain('users whose ids look alike stay apart')
  })
})
