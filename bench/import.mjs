// node bench/import.mjs [users]: npx countersign import of that many users (100,000 unless told otherwise) into PostgreSQL, or
// into an SQLite file without TEST_POSTGRES_URL, and then reseal under a new key. Shows the progress and prints the rates.
// Needs a build.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { generateKey } from '../dist/index.js'
import { encodeBase32 } from '../dist/otp/index.js'

const users = Number(process.argv[2] ?? 100_000)
const url = process.env.TEST_POSTGRES_URL
const root = new URL('..', import.meta.url)
const packaged = (name) => pathToFileURL(createRequire(import.meta.url).resolve(name)).href
const built = (path) => new URL(`dist/${path}`, root).href
const table = `bench_import_${process.pid}`
const folder = await mkdtemp(join(tmpdir(), 'countersign-bench-'))

const POSTGRES = `import pg from '${packaged('pg')}'
import { migrate, pgStore } from '${built('stores/pg.js')}'
const client = new pg.Pool({ connectionString: ${JSON.stringify(url)} })
const store = pgStore(client, { table: '${table}' })
const make = () => migrate(client, { table: '${table}' })
const close = () => client.end()`
const SQLITE = `import libsql from '${packaged('@libsql/client')}'
import { libsqlStore, migrate } from '${built('stores/libsql.js')}'
const client = libsql.createClient({ url: 'file:app.db', timeout: 1000 })
const store = libsqlStore(client)
const make = () => migrate(client)
const close = () => client.close()`

function run(args, keys) {
  return new Promise((resolve, reject) => {
    const bin = fileURLToPath(new URL('bin/countersign.mjs', root))
    const env = { ...process.env, COUNTERSIGN_KEYS: keys }
    const child = spawn(process.execPath, [bin, ...args], { cwd: folder, env, stdio: 'inherit' })
    child.once('error', reject)
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`countersign ${args[0]} ended with ${code}`)),
    )
  })
}

try {
  const config = url === undefined ? SQLITE : POSTGRES
  await writeFile(
    join(folder, 'countersign.config.mjs'),
    `import { createTwoFactor } from '${built('index.js')}'\n${config}
const twoFactor = createTwoFactor({ issuer: 'Bench', store, keys: process.env.COUNTERSIGN_KEYS })
export default { twoFactor, store, migrate: make, close }\n`,
  )
  const file = createWriteStream(join(folder, 'users.jsonl'))
  for (let id = 0; id < users; id += 1) {
    file.write(`${JSON.stringify({ id, secret: encodeBase32(randomBytes(20)) })}\n`)
  }
  await new Promise((resolve) => file.end(resolve))
  const key = generateKey()
  await run(['migrate'], key)
  await run(['import', '--from', 'otplib', 'users.jsonl', '--progress'], key)
  await run(['reseal', '--progress'], `${generateKey()},${key}`)
} finally {
  await rm(folder, { recursive: true, force: true })
  if (url !== undefined) {
    const { default: pg } = await import('pg')
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query(`DROP TABLE IF EXISTS ${table}`)
    await client.end()
  }
}
