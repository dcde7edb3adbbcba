import { createRequire } from 'node:module'
import { mariadbStore, migrateMysql, migratePg, mysql2Store, pgStore, postgresStore } from './dist/measured.js'

const driverOf = createRequire(new URL('../../test/stores/sql/package.json', import.meta.url))

/** The statements of somebody who writes this by hand. */
const POSTGRES = {
  read: 'SELECT version, record::text AS record FROM two_factor WHERE user_id = $1',
  write:
    'UPDATE two_factor SET version = $1, record = $2::text::json, enabled_at = $3 WHERE user_id = $4 AND version = $5',
}
const MYSQL = {
  read: 'SELECT version, record FROM two_factor WHERE user_id = ?',
  write: 'UPDATE two_factor SET version = ?, record = ?, enabled_at = ? WHERE user_id = ? AND version = ?',
}

/** Each opens a client with the driver's own size of pool: its store, and beside it the bare reads and writes. */
export function sqlBackends({ postgresUrl, mysqlUrl }) {
  return [
    ...(postgresUrl === '' ? [] : [{ name: 'pg', open: () => openPg(postgresUrl) }]),
    ...(postgresUrl === '' ? [] : [{ name: 'postgres', open: () => openPostgres(postgresUrl) }]),
    ...(mysqlUrl === '' ? [] : [{ name: 'mysql2', open: () => openMysql2(mysqlUrl) }]),
    ...(mysqlUrl === '' ? [] : [{ name: 'mariadb', open: () => openMariadb(mysqlUrl) }]),
  ]
}

export async function openPg(url) {
  const { Pool } = driverOf('pg')
  const pool = new Pool({ connectionString: url })
  pool.on('error', () => undefined)
  await migratePg(pool)
  return {
    store: pgStore(pool),
    pool,
    read: async (userId) => (await pool.query(POSTGRES.read, [userId])).rows[0],
    write: async (userId, { expected, version, text, enabledAtMs }) => {
      const { rowCount } = await pool.query(POSTGRES.write, [version, text, enabledAtMs, userId, expected])
      return rowCount === 1
    },
    close: () => pool.end(),
  }
}

async function openPostgres(url) {
  const sql = driverOf('postgres')(url, { onnotice: () => undefined })
  return {
    store: postgresStore(sql),
    read: async (userId) => {
      const [row] = await sql`SELECT version, record::text AS record FROM two_factor WHERE user_id = ${userId}`
      return row
    },
    write: async (userId, { expected, version, text, enabledAtMs }) => {
      const { count } =
        await sql`UPDATE two_factor SET version = ${version}, record = ${text}::text::json, enabled_at = ${enabledAtMs} WHERE user_id = ${userId} AND version = ${expected}`
      return count === 1
    },
    close: () => sql.end(),
  }
}

async function openMysql2(url) {
  const pool = driverOf('mysql2/promise').createPool(url)
  await migrateMysql(pool)
  return {
    store: mysql2Store(pool),
    read: async (userId) => (await pool.execute(MYSQL.read, [userId]))[0][0],
    write: async (userId, { expected, version, text, enabledAtMs }) => {
      const [{ affectedRows }] = await pool.execute(MYSQL.write, [version, text, enabledAtMs, userId, expected])
      return affectedRows === 1
    },
    close: () => pool.end(),
  }
}

async function openMariadb(url) {
  const { hostname, port, username, pathname } = new URL(url)
  const where = { host: hostname, port: Number(port), user: username, database: pathname.slice(1) }
  const pool = driverOf('mariadb').createPool(where)
  return {
    store: mariadbStore(pool),
    read: async (userId) => (await pool.execute(MYSQL.read, [userId]))[0],
    write: async (userId, { expected, version, text, enabledAtMs }) => {
      const { affectedRows } = await pool.execute(MYSQL.write, [version, text, enabledAtMs, userId, expected])
      return affectedRows === 1
    },
    close: () => pool.end(),
  }
}
