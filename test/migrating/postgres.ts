import { connect } from 'node:net'
import { Pool } from 'pg'
import { needs } from '../needs.ts'

const url = process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test'
let schemas = 0

export const noPostgres: boolean = needs(
  'PostgreSQL',
  await answers(new URL(url)),
  'start it, or set TEST_POSTGRES_URL',
)

/** An empty schema of its own: a pool in it, the URL for another process, and its end. */
export async function createSchema(): Promise<{ pool: Pool; url: string; end(): Promise<void> }> {
  schemas += 1
  const name = `countersign_migrating_${process.pid}_${schemas}`
  const own = new URL(url)
  own.searchParams.set('options', `-c search_path=${name}`)
  const pool = new Pool({ connectionString: own.href, max: 8 })
  // A connection that a test cuts is reported here as well as by its query.
  pool.on('error', () => undefined)
  await pool.query(`CREATE SCHEMA ${name}`)
  const end = async () => {
    await pool.query(`DROP SCHEMA ${name} CASCADE`)
    await pool.end()
  }
  return { pool, url: own.href, end }
}

function answers({ hostname, port }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) })
    const end = (isThere: boolean) => {
      socket.destroy()
      resolve(isThere)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}
