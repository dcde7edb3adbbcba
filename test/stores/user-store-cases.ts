import type { StoreChange, TwoFactorRecord, UserStore } from 'countersign'

/** One thing that a store must do. `run` rejects, saying what was wrong, where it does not. */
export interface UserStoreCase {
  name: string
  run(): Promise<void>
}

export interface UserStoreCaseOptions {
  /** What stands in the column of a store that keeps `enabledAtMs` apart. */
  enabledAtMs?: ((store: UserStore, userId: string) => Promise<unknown>) | undefined
  /** A store whose connection is gone. */
  makeClosedStore?: (() => Promise<UserStore>) | undefined
}

/**
 * What the guarantees of the engine rest on, as cases for any test runner.
 *
 * @param makeStore gives a store without a record in it, each call another one: in the same database as the one before,
 *   but in another table or under another prefix
 * @example
 * for (const { name, run } of userStoreCases(makeStore)) test(name, run)
 */
export function userStoreCases(
  makeStore: () => Promise<UserStore>,
  options: UserStoreCaseOptions = {},
): readonly UserStoreCase[] {
  const { enabledAtMs, makeClosedStore } = options
  return [
    {
      name: 'a user without a record gives null',
      async run() {
        const store = await makeStore()
        equal(await store.load('nobody'), null, 'what load gives')
      },
    },
    ...RECORDS.map(([what, record]) => ({
      name: `${what} is read back exactly as it was given`,
      async run() {
        const store = await makeStore()
        await create(store, 'ada', record)
        equal(await recordOf(store, 'ada'), record, 'the record after it was created')
        const next = plain({ ...record, second: true })
        await replace(store, 'ada', next)
        equal(await recordOf(store, 'ada'), next, 'the record after it was updated')
      },
    })),
    {
      name: 'creating where there is a record writes nothing',
      async run() {
        const store = await makeStore()
        await create(store, 'ada', numbered(1))
        await refuses(store, 'ada', { expected: null, record: numbered(2) })
        equal(await recordOf(store, 'ada'), numbered(1), 'the record')
      },
    },
    {
      name: 'an update writes under the version that is stored, and under no other',
      async run() {
        const store = await makeStore()
        await refusesInvented(store, 'ada', numbered(0))
        equal(await store.load('ada'), null, 'what load gives after an update of nothing')
        const first = await create(store, 'ada', numbered(1))
        await refusesInvented(store, 'ada', numbered(2))
        equal(await recordOf(store, 'ada'), numbered(1), 'the record after an invented version')
        await replace(store, 'ada', numbered(3))
        await refuses(store, 'ada', { expected: first, record: numbered(4) })
        equal(await recordOf(store, 'ada'), numbered(3), 'the record after an old version')
      },
    },
    {
      name: 'a deletion happens under the version that is stored, and under no other',
      async run() {
        const store = await makeStore()
        await refusesInvented(store, 'ada', null)
        const first = await create(store, 'ada', numbered(1))
        await refusesInvented(store, 'ada', null)
        const second = await replace(store, 'ada', numbered(2))
        await refuses(store, 'ada', { expected: first, record: null })
        equal(await recordOf(store, 'ada'), numbered(2), 'the record after an old version')
        await wrote(store, 'ada', { expected: second, record: null })
        equal(await store.load('ada'), null, 'what load gives after the deletion')
        await refuses(store, 'ada', { expected: second, record: null })
      },
    },
    {
      name: 'a record that was deleted and made again is not mistaken for the old one',
      async run() {
        const store = await makeStore()
        const old: string[] = []
        for (let round = 0; round < 4; round += 1) {
          old.push(await create(store, 'ada', numbered(round)))
          old.push(await replace(store, 'ada', numbered(round + 100)))
          await wrote(store, 'ada', { expected: await versionOf(store, 'ada'), record: null })
          for (const expected of old) await refuses(store, 'ada', { expected, record: numbered(-1) })
          equal(await store.load('ada'), null, 'what load gives after the deletion')
        }
        await create(store, 'ada', numbered(7))
        await replace(store, 'ada', numbered(8))
        for (const expected of old) {
          await refuses(store, 'ada', { expected, record: numbered(-1) })
          await refuses(store, 'ada', { expected, record: null })
        }
        equal(await recordOf(store, 'ada'), numbered(8), 'the record made again')
      },
    },
    {
      name: 'of 64 writers who start from the same version, one wins',
      async run() {
        const store = await makeStore()
        for (let round = 0; round < 8; round += 1) {
          const userId = `ada-${round % 2}`
          const expected = (await store.load(userId))?.version ?? null
          const answers = await Promise.all(
            Array.from({ length: WRITERS }, (_, writer) => save(store, userId, { expected, record: numbered(writer) })),
          )
          equal(answers.filter((answer) => answer).length, 1, 'how many writers were told that they wrote')
          equal(await recordOf(store, userId), numbered(answers.indexOf(true)), "the record is the winner's")
        }
        const expected = await versionOf(store, 'ada-0')
        const answers = await Promise.all(
          Array.from({ length: WRITERS }, (_, writer) =>
            save(store, 'ada-0', { expected, record: writer % 2 === 0 ? null : numbered(writer) }),
          ),
        )
        equal(answers.filter((answer) => answer).length, 1, 'how many of those who delete or update were told so')
        const winner = answers.indexOf(true)
        const left = (await store.load('ada-0'))?.record ?? null
        equal(left, winner % 2 === 0 ? null : numbered(winner), "what is left is the winner's")
      },
    },
    {
      name: 'what was given and what is stored share nothing',
      async run() {
        const store = await makeStore()
        const given = ordinary()
        const expected = structuredClone(given)
        await create(store, 'ada', given)
        scribble(given)
        equal(await recordOf(store, 'ada'), expected, 'the record, after what was given to create changed')
        const next = ordinary()
        await replace(store, 'ada', next)
        scribble(next)
        equal(await recordOf(store, 'ada'), expected, 'the record, after what was given to update changed')
        scribble(await recordOf(store, 'ada'))
        equal(await recordOf(store, 'ada'), expected, 'the record, after what load gave changed')
      },
    },
    {
      name: 'users whose ids look alike are apart',
      async run() {
        const store = await makeStore()
        for (const [index, userId] of USER_IDS.entries()) await create(store, userId, numbered(index))
        for (const [index, userId] of USER_IDS.entries()) {
          equal(await recordOf(store, userId), numbered(index), `the record of ${JSON.stringify(userId)}`)
        }
        for (const [index, userId] of USER_IDS.entries()) {
          if (index % 2 === 0) await wrote(store, userId, { expected: await versionOf(store, userId), record: null })
          else await replace(store, userId, numbered(index + 1000))
        }
        for (const [index, userId] of USER_IDS.entries()) {
          const left = (await store.load(userId))?.record ?? null
          equal(left, index % 2 === 0 ? null : numbered(index + 1000), `what is left of ${JSON.stringify(userId)}`)
        }
      },
    },
    {
      name: 'what is saved for one user changes nothing of another',
      async run() {
        const store = await makeStore()
        const first = await create(store, 'ada', numbered(1))
        await create(store, 'bob', numbered(2))
        const second = await replace(store, 'bob', numbered(3))
        equal(await store.load('ada'), { record: numbered(1), version: first }, 'what load gives')
        await wrote(store, 'bob', { expected: second, record: null })
        equal(await store.load('ada'), { record: numbered(1), version: first }, 'what load gives')
      },
    },
    {
      name: 'two stores beside each other are apart',
      async run() {
        const [left, right] = [await makeStore(), await makeStore()]
        const version = await create(left, 'ada', numbered(1))
        equal(await right.load('ada'), null, 'what the other store gives')
        await refuses(right, 'ada', { expected: version, record: numbered(2) })
        await create(right, 'ada', numbered(3))
        await wrote(left, 'ada', { expected: version, record: null })
        equal(await recordOf(right, 'ada'), numbered(3), 'the record in the other store')
      },
    },
    ...(enabledAtMs === undefined
      ? []
      : [
          {
            name: 'since when two-factor authentication is on stands in a column of its own',
            async run() {
              const store = await makeStore()
              for (const atMs of [null, 1_764_000_000_123, null, 8_640_000_000_000_000]) {
                const expected = (await store.load('ada'))?.version ?? null
                await wrote(store, 'ada', { expected, record: numbered(1), enabledAtMs: atMs })
                equal(await enabledAtMs(store, 'ada'), atMs, 'the column')
              }
              await refuses(store, 'ada', { expected: null, record: numbered(1), enabledAtMs: 5 })
              equal(
                await enabledAtMs(store, 'ada'),
                8_640_000_000_000_000,
                'the column after a save that did not write',
              )
            },
          },
        ]),
    ...(makeClosedStore === undefined
      ? []
      : [
          {
            name: 'a store whose connection is gone rejects',
            async run() {
              const store = await makeClosedStore()
              await rejects(() => store.load('ada'), 'load')
              await rejects(
                () => store.save('ada', change({ expected: null, record: numbered(1) })),
                'a save that creates',
              )
              await rejects(
                () => store.save('ada', change({ expected: 'v', record: numbered(1) })),
                'a save that updates',
              )
              await rejects(() => store.save('ada', change({ expected: 'v', record: null })), 'a save that deletes')
            },
          },
        ]),
  ]
}

const WRITERS = 64

/** As alike as ids can be, to a database that folds case, trims, normalises, cuts, or reads wildcards and separators. */
const USER_IDS: readonly string[] = [
  ...['a', 'A', 'á', 'a\u0301', 'à', 'ä', 'ä'.normalize('NFD'), 'å', '\u212b', 'ss', 'ß', 'i', 'ı', 'İ', 'ﬁ', 'fi'],
  ...['a ', ' a', 'a\t', 'a\n', ' ', '  ', 'a\u00a0', 'a\u200b', 'ａ'],
  ...["'", "''", '"', '`', '\\', '\\\\', '%', '_', '?', '$1', ':a', '@a', '/', '//', '..', '.', 'a.b', 'a.>', 'a.*'],
  ...['a:b', 'a/b', 'a%2Fb', 'a%3Ab', '{a}', '{a}b', '[a]', '#', '&', ';', '--', "a'; DROP TABLE two_factor; --"],
  ...['0', '00', '1', '1.0', '1e0', '-1', 'null', 'NULL', 'undefined', 'true', 'NaN', '__proto__', 'constructor'],
  ...['👩‍💻', '👩', '💻', '\u{1f469}\u{1f3fd}', '漢字', 'שלום', '\ufeffa'],
  ...['x'.repeat(254), 'x'.repeat(255), `${'x'.repeat(254)}y`, 'é'.repeat(255), `${'é'.repeat(254)}e`],
  ...['💻'.repeat(127), `${'💻'.repeat(127)}!`],
]

/**
 * The contract says that a store has no need to look inside, so what stands here is of the shape and size of what the
 * engine writes, with some of everything that JSON can hold.
 */
function plain(fields: object): TwoFactorRecord {
  return JSON.parse(JSON.stringify({ schema: 1, ...fields }))
}

/** About a kilobyte: what an ordinary user has. */
function ordinary(fields: object = {}): TwoFactorRecord {
  const atMs = 1_764_000_000_000
  return plain({
    enrolment: 'enrolment-1',
    enabledAtMs: atMs,
    authenticators: [
      {
        id: 'phone',
        type: 'totp',
        name: 'Phone',
        secret: 'sealed'.repeat(16),
        weak: false,
        lastUsedAtMs: null,
        lastStep: -1,
      },
    ],
    pending: null,
    recoveryCodes: {
      kept: 'sealed',
      sealed: 'sealed'.repeat(60),
      hashes: [],
      usedAtMs: [null, atMs, null, null, null],
    },
    trustedDevices: [{ id: 'device-1', name: 'Firefox', expiresAtMs: atMs + 1 }],
    throttle: { codes: { known: { failedAtMs: [atMs - 5, atMs] }, strangers: { failedAtMs: [] } }, share: 0.1 },
    changes: [{ type: 'two-factor.enabled', atMs }],
    ...fields,
  })
}

/** A record that its number tells from others. */
function numbered(number: number): TwoFactorRecord {
  return plain({ number })
}

const RECORDS: readonly [what: string, record: TwoFactorRecord][] = [
  ['an ordinary record', ordinary()],
  ['a record with nothing in it', plain({ enrolment: null, authenticators: [], throttle: {}, name: '' })],
  [
    'a record in many scripts',
    ordinary({ name: 'Ünï¢ödé 漢字 שלום 👩🏽‍💻 e\u0301 é \u2028 \ufeff', 漢字: ['é', 'e\u0301'] }),
  ],
  ['a record full of quotes', ordinary({ name: `'"\`\\ \\n \\u0041 %s $1 ? :a {"a":[1]} <b>&amp;</b> -- ; \t\n` })],
  ['a record with numbers as large as they can be', plain({ most: 2 ** 53 - 1, least: -(2 ** 53) + 1, tenth: 0.1 })],
  ['a record with nine levels', plain({ a: [{ b: [{ c: [{ d: [[{ e: { f: null, g: true, h: [] } }]] }] }] }] })],
  [
    'a record of 64 KiB',
    ordinary({ list: Array.from({ length: 1200 }, (_, index) => ({ id: `entry ${index} ${'x'.repeat(32)}` })) }),
  ],
]

/** Writes over everything in it; where it is frozen, that is as good as a copy. */
function scribble(value: object): void {
  for (const [key, field] of Object.entries(value)) {
    if (typeof field === 'object' && field !== null) scribble(field)
    else Reflect.set(value, key, 'scribbled')
  }
}

type Save = Pick<StoreChange, 'expected' | 'record'> & { enabledAtMs?: number | null }

function change(save: Save): StoreChange {
  return { version: newVersion(), enabledAtMs: null, events: [], ...save }
}

function newVersion(): string {
  return crypto.randomUUID()
}

async function save(store: UserStore, userId: string, wanted: Save): Promise<boolean> {
  const answer: unknown = await store.save(userId, change(wanted))
  if (typeof answer === 'boolean') return answer
  throw new Error(`save gave ${show(answer)}, which is neither true nor false`)
}

async function wrote(store: UserStore, userId: string, wanted: Save): Promise<void> {
  equal(await save(store, userId, wanted), true, `whether a save for ${JSON.stringify(userId)} wrote`)
}

async function refuses(store: UserStore, userId: string, wanted: Save): Promise<void> {
  equal(await save(store, userId, wanted), false, `whether a save for ${JSON.stringify(userId)} wrote`)
}

/** Under a version that no store ever gave. One with revisions of its own may reject it as none. */
async function refusesInvented(store: UserStore, userId: string, record: TwoFactorRecord | null): Promise<void> {
  const invented = change({ expected: newVersion(), record })
  const answer: unknown = await store.save(userId, invented).catch(() => false)
  equal(answer, false, `whether a save for ${JSON.stringify(userId)} under an invented version wrote`)
}

/** Gives the version it is stored under, which may be one of the store's own. */
async function create(store: UserStore, userId: string, record: TwoFactorRecord): Promise<string> {
  await wrote(store, userId, { expected: null, record })
  return versionOf(store, userId)
}

async function replace(store: UserStore, userId: string, record: TwoFactorRecord): Promise<string> {
  await wrote(store, userId, { expected: await versionOf(store, userId), record })
  return versionOf(store, userId)
}

async function versionOf(store: UserStore, userId: string): Promise<string> {
  return (await stored(store, userId)).version
}

async function recordOf(store: UserStore, userId: string): Promise<TwoFactorRecord> {
  return (await stored(store, userId)).record
}

async function stored(store: UserStore, userId: string): Promise<{ record: TwoFactorRecord; version: string }> {
  const found = await store.load(userId)
  if (found === null) throw new Error(`load found nothing for ${JSON.stringify(userId)}, which has a record`)
  if (typeof found.version !== 'string')
    throw new Error(`load gave the version ${show(found.version)}, which is no text`)
  return found
}

async function rejects(work: () => Promise<unknown>, what: string): Promise<void> {
  let answer: unknown
  try {
    answer = await work()
  } catch {
    return
  }
  throw new Error(`${what} gave ${show(answer)} where it had to reject`)
}

function equal(actual: unknown, expected: unknown, what: string): void {
  if (!isSame(actual, expected)) throw new Error(`${what}: expected ${show(expected)}, got ${show(actual)}`)
}

/** As JSON values, whatever the order of keys. */
function isSame(left: unknown, right: unknown): boolean {
  if (typeof left !== 'object' || left === null || typeof right !== 'object' || right === null) {
    return Object.is(left, right)
  }
  if (Array.isArray(left) !== Array.isArray(right)) return false
  const fields = new Map(Object.entries(left))
  const others = Object.entries(right)
  return (
    fields.size === others.length && others.every(([key, value]) => fields.has(key) && isSame(fields.get(key), value))
  )
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 400 ? `${text.slice(0, 400)}…` : text
}
