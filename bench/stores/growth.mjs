import { statSync } from 'node:fs'
import { createClient } from '@libsql/client'
import { libsqlStore, migrateLibsql, migratePg, pgStore } from './dist/measured.js'
import { temporaryFile } from './in-process.mjs'
import { median } from './median.mjs'
import { createPerson } from './person.mjs'
import { openPg } from './sql.mjs'
import { printTable } from './table.mjs'

const FEW = 1000
/** Those who sign in, spread over the table. */
const PERSONS = 1000
/** The rows around them go in by so many statements. */
const FILLS = 50
const SIGN_INS_IN_TURN = 20

/** The time of a sign-in, and the bytes of a user on disk, among few users and among many. */
export async function measureGrowth({ postgresUrl }, users) {
  const rows = []
  if (postgresUrl !== '') rows.push(await grow('PostgreSQL, pg', await openPostgres(postgresUrl), users))
  rows.push(await grow('SQLite, libsql', await openSqlite(), users))
  printTable(
    'Growth',
    ['store', `p50 among ${FEW} users, µs`, `among ${users}`, 'ratio', `bytes of a user on disk, among ${users}`],
    rows,
  )
}

async function grow(name, database, users) {
  try {
    const few = await fill(database, 'few', FEW)
    const many = await fill(database, 'many', users)
    await database.settle?.()
    const times = { few: [], many: [] }
    for (let turn = 0; turn < PERSONS; turn += SIGN_INS_IN_TURN) {
      const next = (persons) => persons.slice(turn, turn + SIGN_INS_IN_TURN)
      for (const person of next(few)) times.few.push(await timed(person))
      for (const person of next(many)) times.many.push(await timed(person))
    }
    const [before, after] = [median(times.few), median(times.many)]
    const bytes = await database.bytes('many', users)
    return [name, before.toFixed(0), after.toFixed(0), (after / before).toFixed(2), bytes.toFixed(0)]
  } finally {
    await database.close()
  }
}

/** Persons who can sign in, and between them, in the table and in its index, users who only fill it. */
async function fill(database, table, users) {
  const store = await database.storeIn(table)
  const text = await ordinaryRecord(store)
  const persons = []
  const fillers = Math.max(0, users - PERSONS)
  for (let part = 0; part < FILLS; part++) {
    while (persons.length < (PERSONS * (part + 1)) / FILLS) persons.push(await createPerson(store))
    await database.fill(table, Math.floor(fillers / FILLS), text)
  }
  for (const { prepare } of persons) prepare(1)
  return persons
}

async function ordinaryRecord(store) {
  const { userId, prepare, signIn } = await createPerson(store)
  prepare(3)
  for (let signIns = 0; signIns < 3; signIns++) await signIn()
  return JSON.stringify((await store.load(userId)).record)
}

async function timed({ signIn }) {
  const startMs = performance.now()
  await signIn()
  return (performance.now() - startMs) * 1000
}

async function openPostgres(url) {
  const { pool, close } = await openPg(url)
  return {
    async storeIn(table) {
      await migratePg(pool, { table })
      return pgStore(pool, { table })
    },
    fill: (table, count, text) =>
      pool.query(
        `INSERT INTO ${table} SELECT gen_random_uuid()::text, 'AAAAAAAAAAAAAAAAAAAAAA', $1::text::json, 1800000000000 FROM generate_series(1, $2)`,
        [text, count],
      ),
    settle: async () => {
      await pool.query('VACUUM ANALYZE')
      await pool.query('CHECKPOINT')
    },
    bytes: async (table, users) => {
      const { rows } = await pool.query(`SELECT pg_total_relation_size('${table}') AS bytes`)
      return Number(rows[0].bytes) / users
    },
    close: async () => {
      await pool.query('DROP TABLE few, many')
      await close()
    },
  }
}

async function openSqlite() {
  const files = { few: temporaryFile(), many: temporaryFile() }
  const clients = Object.fromEntries(
    Object.entries(files).map(([name, { path }]) => [name, createClient({ url: `file:${path}` })]),
  )
  return {
    async storeIn(name) {
      await migrateLibsql(clients[name])
      return libsqlStore(clients[name])
    },
    fill: (name, count, text) =>
      clients[name].execute({
        sql: `INSERT INTO two_factor WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT ?)
          SELECT lower(hex(randomblob(4)) || '-' || hex(randomblob(14))), 'AAAAAAAAAAAAAAAAAAAAAA', ?, 1800000000000 FROM n`,
        args: [count, text],
      }),
    bytes: async (name, users) => statSync(files[name].path).size / users,
    close: () => {
      for (const name of Object.keys(files)) {
        clients[name].close()
        files[name].remove()
      }
    },
  }
}
