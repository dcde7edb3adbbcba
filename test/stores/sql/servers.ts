import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'
import type {} from 'vitest'
import type { TestProject } from 'vitest/node'
import { findProgram } from '../../needs.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** '' where there is none. */
    postgresUrl: string
    mysqlUrl: string
  }
}

/** Where a server is, and how to end it. */
interface Server {
  url: string
  stop(): Promise<void>
}

const ABSENT: Server = { url: '', stop: async () => undefined }
const isRoot = userInfo().uid === 0
const run = promisify(execFile)

/** For vitest's globalSetup: the servers that the environment names, or ones of this run's own. */
export default async function startServers(project: TestProject): Promise<() => Promise<void>> {
  const servers = await Promise.all([
    given('TEST_POSTGRES_URL') ?? startPostgres(),
    given('TEST_MYSQL_URL') ?? startMariadb(),
  ])
  const [postgres, mysql] = servers
  project.provide('postgresUrl', postgres.url)
  project.provide('mysqlUrl', mysql.url)
  return async () => {
    await Promise.all(servers.map(({ stop }) => stop()))
  }
}

function given(name: string): Server | null {
  const url = process.env[name]
  return url === undefined ? null : { ...ABSENT, url }
}

async function startPostgres(): Promise<Server> {
  const programs = postgresPrograms()
  if (programs === null) return ABSENT
  const folder = temporaryFolder()
  const port = await freePort()
  // PostgreSQL refuses to run as root.
  const as = (program: string, args: string[]): [string, string[]] => {
    const path = join(programs, program)
    return isRoot ? ['runuser', ['-u', 'postgres', '--', path, ...args]] : [path, args]
  }
  if (isRoot) await run('chown', ['postgres', folder])
  await run(...as('initdb', ['--no-sync', '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '-D', folder]), {
    cwd: folder,
  })
  const args = ['-D', folder, '-p', String(port), '-k', folder, '-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off']
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const server = spawn(...as('postgres', args), { cwd: folder, stdio: 'ignore' })
  // Fast: it ends sessions that tests left open. runuser passes no SIGINT on.
  const pid = () => Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0])
  return running(
    url,
    server,
    folder,
    () => process.kill(pid(), 'SIGINT'),
    async () => {
      const client = new Client({ connectionString: url })
      await client.connect()
      await client.end()
    },
  )
}

async function startMariadb(): Promise<Server> {
  const install = findProgram('mariadb-install-db', 'mysql_install_db')
  const program = findProgram('mariadbd') ?? (existsSync('/usr/sbin/mariadbd') ? '/usr/sbin/mariadbd' : null)
  if (install === null || program === null) return ABSENT
  const folder = temporaryFolder()
  const port = await freePort()
  const shared = ['--no-defaults', `--datadir=${folder}/data`, `--user=${userInfo().username}`]
  await run(install, [...shared, '--auth-root-authentication-method=normal'], { cwd: folder })
  const url = `mysql://root@127.0.0.1:${port}/test`
  const args = [...shared, `--port=${port}`, `--socket=${folder}/socket`, '--bind-address=127.0.0.1']
  const server = spawn(program, [...args, `--pid-file=${folder}/pid`, '--innodb-flush-log-at-trx-commit=0'], {
    cwd: folder,
    stdio: 'ignore',
  })
  return running(
    url,
    server,
    folder,
    () => server.kill(),
    async () => {
      const connection = await createConnection({ host: '127.0.0.1', port, user: 'root' })
      await connection.query('CREATE DATABASE IF NOT EXISTS test CHARACTER SET utf8mb4')
      await connection.end()
    },
  )
}

async function running(
  url: string,
  server: ChildProcess,
  folder: string,
  end: () => void,
  answers: () => Promise<void>,
): Promise<Server> {
  const exited = once(server, 'exit')
  const stop = async () => {
    if (server.exitCode === null) end()
    await exited
    rmSync(folder, { recursive: true, force: true })
  }
  for (let tries = 0; ; tries += 1) {
    try {
      await answers()
      return { url, stop }
    } catch (error) {
      if (tries === 300 || server.exitCode !== null) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

/** Debian keeps PostgreSQL's programs apart, by version. */
function postgresPrograms(): string | null {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(a) - Number(b)) : []
  const path = versions.length > 0 ? join(debian, String(versions.at(-1)), 'bin') : null
  if (path !== null && existsSync(join(path, 'initdb'))) return path
  return findProgram('initdb')?.replace(/initdb$/, '') ?? null
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-sql-'))
  chmodSync(folder, 0o755)
  return folder
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
