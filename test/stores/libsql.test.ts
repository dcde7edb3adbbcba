import { type Client, createClient } from '@libsql/client'
import type { StoreChange, TwoFactorEvent } from 'countersign'
import { libsqlStore, migrate } from 'countersign/stores/libsql'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { temporaryFile } from './databases.ts'
import { writtenRecord } from './written-record.ts'

/*
 * Two connections to one file, which meet: @libsql/client alone would then lose writes that it reported as done
 * (https://github.com/tursodatabase/libsql-client-ts/issues/352).
 */

const record = await writtenRecord()

let file: ReturnType<typeof temporaryFile>
let ours: Client
let theirs: Client

beforeEach(async () => {
  file = temporaryFile()
  ours = createClient({ url: `file:${file.path}` })
  theirs = createClient({ url: `file:${file.path}` })
  await migrate(ours)
  await ours.execute('CREATE TABLE host (n INTEGER NOT NULL)')
})
afterEach(() => {
  ours.close()
  theirs.close()
  file.remove()
})

test('a save waits while another connection writes, lands then, and leaves its own connection in order', async () => {
  const store = libsqlStore(ours)
  const lock = await theirs.transaction('write')
  const saved = store.save('ada', creating('v1'))
  await pause(50)
  await lock.commit()
  expect(await saved).toBe(true)
  for (const [from, to] of [
    ['v1', 'v2'],
    ['v2', 'v3'],
  ] as const) {
    expect(await store.save('ada', { ...creating(to), expected: from })).toBe(true)
    expect((await libsqlStore(theirs).load('ada'))?.version).toBe(to)
  }
  await theirs.execute('INSERT INTO host VALUES (1)')
  expect(await versionsSeenBy(ours)).toEqual(['v3'])
})

test('a load waits while another connection has the file to itself, and gives it back then', async () => {
  await ours.execute('PRAGMA journal_mode = DELETE')
  const store = libsqlStore(ours)
  await store.save('ada', creating('v1'))
  const lock = await theirs.transaction('deferred')
  await lock.executeMultiple('ROLLBACK; BEGIN EXCLUSIVE')
  const loaded = store.load('ada')
  await pause(0)
  await lock.commit()
  expect((await loaded)?.version).toBe('v1')
  await theirs.execute('INSERT INTO host VALUES (1)')
  await libsqlStore(theirs).save('ada', { ...creating('v2'), expected: 'v1' })
  expect((await store.load('ada'))?.version).toBe('v2')
})

test('a save whose commit meets a reader waits too', async () => {
  await ours.execute('PRAGMA journal_mode = DELETE')
  const store = libsqlStore(ours)
  await store.save('ada', creating('v1'))
  const reading = await theirs.transaction('read')
  await reading.execute('SELECT * FROM two_factor')
  const saved = store.save('ada', { ...creating('v2'), expected: 'v1' })
  await pause(50)
  reading.close()
  expect(await saved).toBe(true)
  expect(await versionsSeenBy(theirs)).toEqual(['v2'])
})

describe("where a statement of the host's own left the connection stuck", () => {
  beforeEach(async () => {
    await libsqlStore(ours).save('ada', creating('v1'))
    const lock = await theirs.transaction('write')
    await expect(ours.execute('INSERT INTO host VALUES (1)')).rejects.toMatchObject({ code: 'SQLITE_BUSY' })
    await lock.commit()
    await ours.execute('SELECT * FROM two_factor')
  })

  test('a save is never told to have landed when it has not', async () => {
    const saved = libsqlStore(ours).save('ada', { ...creating('v2'), expected: 'v1' })
    const landed = saved.catch(() => false)
    await pause(200)
    ours.close()
    expect(await versionsSeenBy(theirs)).toEqual((await landed) ? ['v2'] : ['v1'])
  })

  test('a load never gives what is old', async () => {
    await libsqlStore(theirs).save('ada', { ...creating('v2'), expected: 'v1' })
    const loaded = libsqlStore(ours).load('ada')
    const version = loaded.then(
      (found) => found?.version,
      () => 'v2',
    )
    await pause(200)
    ours.close()
    expect(await version).toBe('v2')
  })
})

test.each([
  ['', []],
  [', that writes events', [eventOf('ada')]],
] as const)(
  "the host's own writes through the same client never meet a lock of the store's%s",
  async (_which, events) => {
    await migrate(ours, { audit: {} })
    const store = libsqlStore(ours, { audit: {} })
    const saves = Array.from({ length: 24 }, (_, user) => store.save(`user-${user}`, { ...creating('v1'), events }))
    const inserts = Array.from({ length: 24 }, async (_, n) => {
      for (let turn = 0; turn < n % 8; turn += 1) await null
      return ours.execute({ sql: 'INSERT INTO host VALUES (?)', args: [n] })
    })
    expect(await Promise.all(saves)).toEqual(Array.from({ length: 24 }, () => true))
    await Promise.all(inserts)
    expect((await theirs.execute('SELECT count(*) AS n FROM host')).rows[0]?.['n']).toBe(24)
    const trail = await theirs.execute('SELECT count(*) AS n FROM two_factor_events')
    expect(trail.rows[0]?.['n']).toBe(24 * events.length)
  },
)

test('a save with events waits while another connection writes, and is whole then', async () => {
  await migrate(ours, { audit: {} })
  const store = libsqlStore(ours, { audit: {} })
  const lock = await theirs.transaction('write')
  const saved = store.save('ada', { ...creating('v1'), events: [eventOf('ada')] })
  await pause(50)
  await lock.commit()
  expect(await saved).toBe(true)
  expect(await versionsSeenBy(theirs)).toEqual(['v1'])
  expect((await theirs.execute('SELECT type FROM two_factor_events')).rows).toMatchObject([{ type: 'code.wrong' }])
})

test('more saves at once than the client has connections, beside open transactions of the host', async () => {
  const narrow = createClient({ url: `file:${file.path}`, concurrency: 2 })
  const open = [await narrow.transaction('deferred'), await narrow.transaction('deferred')]
  const store = libsqlStore(narrow)
  const saves = Array.from({ length: 24 }, (_, user) => store.save(`user-${user}`, creating('v1')))
  await pause(50)
  for (const transaction of open) transaction.close()
  expect(await Promise.all(saves)).toEqual(Array.from({ length: 24 }, () => true))
  narrow.close()
})

test('a database on a server gets one statement, or one batch, and no pragma', async () => {
  const asked: unknown[] = []
  /** Answers as a server would, out of the file. */
  const client: Parameters<typeof libsqlStore>[0] = {
    protocol: 'http',
    execute: (statement) => {
      asked.push(statement.sql)
      return ours.execute(statement)
    },
    executeMultiple: (script) => {
      asked.push(script)
      return ours.executeMultiple(script)
    },
    batch: (statements, mode) => {
      asked.push({ mode, length: statements.length })
      return ours.batch(statements, mode)
    },
    transaction: async () => {
      throw new Error('a round trip too many')
    },
  }
  await migrate(client, { audit: {} })
  const store = libsqlStore(client, { audit: {} })
  expect(await store.save('ada', creating('v1'))).toBe(true)
  const events = [eventOf('ada'), eventOf('ada')]
  expect(await store.save('ada', { ...creating('v2'), expected: 'v1', events })).toBe(true)
  expect(await store.save('ada', { ...creating('v3'), expected: 'v1', events })).toBe(false)
  expect((await store.load('ada'))?.version).toBe('v2')
  expect((await theirs.execute('SELECT type FROM two_factor_events')).rows).toHaveLength(2)
  const batch = { mode: 'write', length: 3 }
  expect(asked).toEqual([
    expect.stringMatching(/^CREATE TABLE/),
    expect.stringMatching(/^INSERT/),
    batch,
    batch,
    expect.stringMatching(/^SELECT/),
  ])
})

function eventOf(userId: string): TwoFactorEvent {
  return { type: 'code.wrong', userId, atMs: 7, notify: false, context: null }
}

function creating(version: string): StoreChange {
  return { expected: null, version, record, enabledAtMs: null, events: [] }
}

async function versionsSeenBy(client: Client): Promise<unknown[]> {
  return (await client.execute('SELECT version FROM two_factor')).rows.map((row) => row['version'])
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
