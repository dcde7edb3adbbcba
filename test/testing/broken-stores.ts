import type { UserStore } from 'countersign'
import { openTable, rowOf, storeOver, type Table } from './broken-stores-table.ts'
import {
  answering,
  caching,
  coarselyRevised,
  cutAt,
  emptied,
  globPattern,
  keyAfterKey,
  keyed,
  likePattern,
  loading,
  locking,
  type MakeBrokenStore,
  matching,
  objects,
  plainObject,
  revised,
  saving,
  seams,
  swallowing,
  swap,
  writing,
} from './broken-stores-ways.ts'

/** Stores that do what they must, with revisions of their own instead of the versions they are given. */
export const GOOD_STORES: Readonly<Record<string, MakeBrokenStore>> = {
  'versions of the engine': (table) => storeOver(table),
  'a list of its users': (table) => ({ ...storeOver(table), userIds: pagesBy(() => inOrder(table)) }),
  'revisions of its own, as NATS and Deno KV have': revised(() => crypto.randomUUID()),
  'revisions of its own, and a rejection of what is none': (table) => {
    const { load, save } = revised(() => `r-${crypto.randomUUID()}`)(table, table)
    return {
      load,
      async save(userId, change) {
        if (change.expected?.startsWith('r-') === false) throw new Error('That is no revision.')
        return save(userId, change)
      },
    }
  },
}

const inOrder = async (table: Table) => (await table.keys()).sort()

/** Each does one thing wrong. */
export const BROKEN_STORES: Readonly<Record<string, MakeBrokenStore>> = {
  // What load gives.
  'gives undefined for null': loading((found) => found ?? undefined),
  'gives JSON text for the record': loading((found) => found && { ...found, record: JSON.stringify(found.record) }),
  'gives the version as a number': (table) => {
    let revision = 0
    const { load, save } = revised(() => String(++revision))(table, table)
    const numeric = loading((found) => found && { ...found, version: Number(found.version) }, { load, save })
    return numeric(table, table)
  },
  'picks the fields that it knows': seams({
    toText: ({ schema, enrollment, authenticators }) => JSON.stringify({ schema, enrollment, authenticators }),
  }),
  'takes an empty record for none': saving((change, next) =>
    next({
      ...change,
      record: change.record !== null && Object.keys(change.record).length === 0 ? null : change.record,
    }),
  ),
  'drops nulls and empty lists': seams({
    toText: (record) =>
      JSON.stringify(record, (_, value) => (value === null || value?.length === 0 ? undefined : value)),
  }),
  'keeps Latin-1': seams({ toText: (record) => JSON.stringify(record).replace(/[\u{100}-\u{10ffff}]/gu, '?') }),
  'normalizes what it stores': seams({ toText: (record) => JSON.stringify(record).normalize('NFC') }),
  'escapes quotes twice': seams({ toText: (record) => JSON.stringify(record).replaceAll("'", "''") }),
  'makes dates of texts': seams({
    fromText: (text) => JSON.parse(text, (_, value) => (/^\d{4}-\d\d-\d\dT/.test(value) ? new Date(value) : value)),
  }),
  'rounds numbers to 32 bits': seams({
    fromText: (text) => JSON.parse(text, (_, value) => (typeof value === 'number' ? Math.fround(value) : value)),
  }),
  'makes BigInts of large numbers': seams({
    fromText: (text) => JSON.parse(text, (_, value) => (Math.abs(value) > 2 ** 50 ? BigInt(value) : value)),
  }),
  'stops at eight levels': seams({ toText: (record) => JSON.stringify(cutAt(8, record)) }),
  'copies key after key': seams({ fromText: (text) => keyAfterKey(JSON.parse(text)) }),
  'cuts the record at 20 000 characters': seams({ toText: (record) => JSON.stringify(record).slice(0, 20_000) }),
  'cannot hold more than 30 000 characters': saving((change, next) => {
    if (JSON.stringify(change.record).length > 30_000) throw new Error('Data too long.')
    return next(change)
  }),

  // What load sees.
  'reads through a cache that nothing empties': caching(false),
  'reads through a cache that only its own saves empty': caching(true),
  'reads from a replica that is one save behind': (table) => {
    const replica = openTable()
    const { save } = storeOver(table)
    let behind: () => Promise<unknown> = async () => undefined
    return {
      load: (userId) => storeOver(table.isOpen ? replica : table).load(userId),
      async save(userId, change) {
        await behind()
        const wrote = await save(userId, change)
        if (wrote) behind = () => replica.put(userId, rowOf(change))
        return wrote
      },
    }
  },

  // When save writes.
  'overwrites when it creates': writing((table, userId, change) =>
    change.expected === null ? table.put(userId, rowOf(change)) : swap(table, userId, change),
  ),
  'creates when it updates': writing(async (table, userId, change) => {
    const wrote = await swap(table, userId, change)
    if (wrote || change.expected === null || change.record === null) return wrote
    return table.swap(userId, null, rowOf(change))
  }),
  'passes on the error of a duplicate key': writing(async (table, userId, change) => {
    const wrote = await swap(table, userId, change)
    if (!wrote && change.expected === null) throw new Error('UNIQUE constraint failed.')
    return wrote
  }),
  'lets the last writer win': writing((table, userId, change) => table.put(userId, rowOf(change))),
  'gives true when nothing was written': writing(async (table, userId, change) => {
    await swap(table, userId, change)
    return true
  }),
  'gives false when it wrote': writing(async (table, userId, change) => {
    await swap(table, userId, change)
    return false
  }),
  'writes nothing and gives true': writing(async (table) => {
    await table.keys()
    return true
  }),
  'leaves the old version in the row': writing((table, userId, change) =>
    swap(table, userId, { ...change, version: change.expected ?? change.version }),
  ),
  'looks at no version when it updates': writing(async (table, userId, change) => {
    if (change.expected === null || change.record === null) return swap(table, userId, change)
    return (await table.get(userId)) !== undefined && table.put(userId, rowOf(change))
  }),
  'looks at no version when it deletes': writing((table, userId, change) =>
    change.record === null ? table.put(userId, null) : swap(table, userId, change),
  ),
  'gives true for every deletion': writing(async (table, userId, change) => {
    const wrote = await swap(table, userId, change)
    return wrote || change.record === null
  }),
  'does not delete': writing((table, userId, change) =>
    swap(table, userId, change.record === null ? { ...change, record: emptied() } : change),
  ),
  'counts versions in the row': revised((row) => String(Number(row?.version ?? 0) + 1)),
  'takes a hash of the record for its version': revised((_, text) => `hash of ${text}`),
  'takes a coarse clock for its version': coarselyRevised(),

  // What save gives.
  "gives the driver's { changes: 0 } for false": answering((wrote) => ({ changes: wrote ? 1 : 0 })),
  'gives 1 and 0': answering((wrote) => (wrote ? 1 : 0)),
  "gives 'OK' and null": answering((wrote) => (wrote ? 'OK' : null)),
  'gives undefined for false': answering((wrote) => wrote || undefined),

  // Who comes between.
  'checks, then writes': writing(async (table, userId, change) => {
    const row = await table.get(userId)
    return (row?.version ?? null) === change.expected && table.put(userId, rowOf(change))
  }),
  'checks, then creates': writing(async (table, userId, change) => {
    if (change.expected !== null) return swap(table, userId, change)
    return (await table.get(userId)) === undefined && table.put(userId, rowOf(change))
  }),
  'checks, then updates': writing(async (table, userId, change) => {
    if (change.expected === null || change.record === null) return swap(table, userId, change)
    return (await table.get(userId))?.version === change.expected && table.put(userId, rowOf(change))
  }),
  'checks, then deletes, and gives true': writing(async (table, userId, change) => {
    if (change.record !== null) return swap(table, userId, change)
    if ((await table.get(userId))?.version !== change.expected) return false
    await table.put(userId, null)
    return true
  }),
  'locks within the process only': locking(),
  'rejects whoever lost': writing(async (table, userId, change) => {
    if (await swap(table, userId, change)) return true
    throw new Error('could not serialize access due to concurrent update')
  }),

  // Who else holds the record.
  'keeps the object that it was given': objects((record) => record, structuredClone),
  'gives the object that it keeps': objects(structuredClone, (record) => record),
  'keeps and gives one object': objects(
    (record) => record,
    (record) => record,
  ),
  'adds an id to the record that it was given': writing(async (table, userId, change) => {
    const row = rowOf(change)
    if (change.record !== null) Object.assign(change.record, { _id: userId })
    return table.swap(userId, change.expected, row)
  }),
  'takes the version out of the change': saving(async (change, next) => {
    const wrote = await next({ ...change })
    Reflect.deleteProperty(change, 'version')
    return wrote
  }),
  'looks for the version, whosever it is': writing(async (table, userId, change) => {
    for (const key of change.expected === null ? [] : await table.keys()) {
      if ((await table.get(key))?.version === change.expected) return swap(table, key, change)
    }
    return swap(table, userId, change)
  }),
  'puts two stores into one table': (table, first) => storeOver(table.isOpen ? first : table),

  // Who is who.
  'folds the case of ids': keyed((userId) => userId.toLowerCase()),
  'folds the accents of ids': keyed((userId) => userId.normalize('NFD').replace(/\p{M}/gu, '')),
  'folds the width of ids': keyed((userId) => userId.normalize('NFKC')),
  'composes ids': keyed((userId) => userId.normalize('NFC')),
  'trims ids': keyed((userId) => userId.trim()),
  'ignores spaces at the end of ids': keyed((userId) => userId.replace(/ +$/, '')),
  'drops control characters from ids': keyed((userId) => userId.replace(/\p{C}/gu, '')),
  'looks for ids with LIKE': matching((userId) => likePattern(userId)),
  'looks for ids as a pattern of keys': matching((userId) => globPattern(userId)),
  'escapes the quotes of ids twice': keyed((userId) => userId.replaceAll("''", "'").replaceAll('\\\\', '\\')),
  'decodes ids': keyed((userId) => userId.replace(/%[0-9A-Fa-f]{2}/g, decodeURIComponent)),
  'takes ids for paths': keyed((userId) => new URL(`file:///${userId.replaceAll('%', '%25')}`).pathname),
  'cuts ids at a colon': keyed((userId) => userId.split(':').at(-1) ?? ''),
  'takes ids for numbers': keyed((userId) => (Number.isNaN(Number(userId)) ? userId : String(Number(userId)))),
  'takes null for no id': keyed((userId) => (/^(null|undefined)$/i.test(userId) ? '' : userId)),
  'keeps ids as keys of a plain object': plainObject(),
  'keeps ids in three bytes a character': keyed((userId) => userId.replace(/[\u{10000}-\u{10ffff}]/gu, '?')),
  'keeps ids in ASCII': keyed((userId) => userId.replace(/[\u{80}-\u{10ffff}]/gu, '?')),
  'cuts ids at 191 characters': keyed((userId) => userId.slice(0, 191)),
  'cuts ids at 254 characters': keyed((userId) => userId.slice(0, 254)),
  'cuts ids at 255 bytes': keyed((userId) => new TextDecoder().decode(new TextEncoder().encode(userId).slice(0, 255))),
  'refuses ids of more than 191 characters': saving((change, next, userId) => {
    if (userId.length > 191) throw new Error('Data too long.')
    return next(change)
  }),
  'refuses ids of one character': saving((change, next, userId) => {
    if (userId.length < 2) throw new Error('An id has two characters or more.')
    return next(change)
  }),

  // When something fails.
  'swallows errors, and gives null and false': swallowing(false),
  'swallows errors, and gives null and true': swallowing(true),

  // The column.
  'drops enabledAtMs': saving((change, next) => next({ ...change, enabledAtMs: null })),
  'keeps enabledAtMs in seconds': saving((change, next) =>
    next({ ...change, enabledAtMs: change.enabledAtMs && Math.floor(change.enabledAtMs / 1000) }),
  ),
  'writes enabledAtMs only when it creates': writing((table, userId, change) =>
    swap(table, userId, {
      ...change,
      enabledAtMs: change.expected === null ? change.enabledAtMs : (table.enabledAtMs.get(userId) ?? null),
    }),
  ),
  'never clears enabledAtMs': writing((table, userId, change) =>
    swap(table, userId, { ...change, enabledAtMs: change.enabledAtMs ?? table.enabledAtMs.get(userId) ?? null }),
  ),
  'leaves enabledAtMs when it deletes': writing(async (table, userId, change) => {
    const before = table.enabledAtMs.get(userId) ?? null
    const wrote = await swap(table, userId, change)
    if (wrote && change.record === null) table.enabledAtMs.set(userId, before)
    return wrote
  }),
  'writes enabledAtMs in a write of its own': writing(async (table, userId, change) => {
    const wrote = await swap(table, userId, change)
    table.enabledAtMs.set(userId, change.enabledAtMs)
    return wrote
  }),

  // What userIds gives.
  'lists users by offset': (table) => ({ ...storeOver(table), userIds: pagesByOffset(() => table.keys()) }),
  'lists users by offset, in the order of their ids': (table) => ({
    ...storeOver(table),
    userIds: pagesByOffset(() => inOrder(table)),
  }),
  'lists the last written first': (table) => {
    const { load, save } = storeOver(table)
    const written: string[] = []
    return {
      load,
      async save(userId, change) {
        written.unshift(...written.splice(written.indexOf(userId) >>> 0, 1).slice(1), userId)
        return save(userId, change)
      },
      userIds: pagesByOffset(async () => [...new Set(written)]),
    }
  },
  'lists users in capitals': (table) => ({
    ...storeOver(table),
    userIds: pagesBy(async () => (await inOrder(table)).map((userId) => userId.toUpperCase())),
  }),
  'lists the users of all tables': listingAllTables(),
}

function pagesBy(list: () => Promise<readonly string[]>): NonNullable<UserStore['userIds']> {
  return async ({ cursor = '', limit }) => {
    const userIds = (await list()).filter((userId) => userId > cursor).slice(0, limit)
    return { userIds, cursor: userIds.length < limit ? null : (userIds.at(-1) ?? null) }
  }
}

function pagesByOffset(list: () => Promise<readonly string[]>): NonNullable<UserStore['userIds']> {
  return async ({ cursor = '0', limit }) => {
    const userIds = (await list()).slice(Number(cursor), Number(cursor) + limit)
    return { userIds, cursor: userIds.length < limit ? null : String(Number(cursor) + limit) }
  }
}

function listingAllTables(): MakeBrokenStore {
  const tables = new Set<Table>()
  return (table) => {
    if (table.isOpen) tables.add(table)
    const all = async () => (await Promise.all([...tables].map(inOrder))).flat().sort()
    return { ...storeOver(table), userIds: pagesBy(table.isOpen ? all : () => inOrder(table)) }
  }
}
