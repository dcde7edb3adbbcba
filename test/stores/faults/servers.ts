import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { findProgram } from '../../needs.ts'
import { freePorts, type Program, startProgram, until } from '../key-value/servers/program.ts'

/** A server on loopback that can be ended by force, and started again on its data. */
export interface CrashingServer {
  port: number
  kill(): Promise<void>
  /** Resolves when it listens again. */
  startAgain(): Promise<void>
  stop(): Promise<void>
}

const isRoot = userInfo().uid === 0

/** The folder of PostgreSQL's programs; Debian keeps them apart, by version. Null where there are none. */
export function findPostgres(): string | null {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(a) - Number(b)) : []
  const folder = join(debian, String(versions.at(-1)), 'bin')
  if (existsSync(join(folder, 'initdb'))) return folder
  return findProgram('initdb')?.replace(/initdb$/, '') ?? null
}

/** PostgreSQL refuses to run as root. setpriv becomes the program that it runs, so that a kill meets that. */
export async function startPostgres(programs: string): Promise<CrashingServer> {
  const [port = 0] = await freePorts(1)
  const as = isRoot ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : ['env']
  const [command = '', ...before] = [...as, join(programs, 'postgres')]
  const program = startProgram(command, (folder) => {
    if (isRoot) execFileSync('chown', ['postgres', folder])
    const [initdb = '', ...args] = [...as, join(programs, 'initdb')]
    execFileSync(initdb, [...args, '--no-sync', '-A', 'trust', '-U', 'postgres', '-D', join(folder, 'data')], {
      cwd: folder,
      stdio: 'ignore',
    })
    return [...before, '-D', join(folder, 'data'), '-p', String(port), '-k', folder, '-c', 'listen_addresses=127.0.0.1']
  })
  return listening(program, port)
}

export function findMariadb(): { install: string; server: string } | null {
  const install = findProgram('mariadb-install-db', 'mysql_install_db')
  const server = findProgram('mariadbd') ?? (existsSync('/usr/sbin/mariadbd') ? '/usr/sbin/mariadbd' : null)
  return install === null || server === null ? null : { install, server }
}

export async function startMariadb({ install, server }: { install: string; server: string }): Promise<CrashingServer> {
  const [port = 0] = await freePorts(1)
  const program = startProgram(server, (folder) => {
    const shared = ['--no-defaults', `--datadir=${folder}/data`, `--user=${userInfo().username}`]
    execFileSync(install, [...shared, '--auth-root-authentication-method=normal'], { cwd: folder, stdio: 'ignore' })
    const own = [`--port=${port}`, `--socket=${folder}/socket`, `--pid-file=${folder}/pid`]
    return [...shared, ...own, '--bind-address=127.0.0.1']
  })
  return listening(program, port)
}

/** With every write on disk before it is answered. */
export async function startRedis(): Promise<CrashingServer> {
  const [port = 0] = await freePorts(1)
  const program = startProgram('redis-server', (folder) => [
    ...['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder],
    ...['--appendonly', 'yes', '--appendfsync', 'always'],
  ])
  return listening(program, port)
}

/** A program that listens on that port a while after its start. */
export async function listening(program: Program, port: number): Promise<CrashingServer> {
  const listens = (patienceMs?: number) => until(`port ${port} listens`, () => canConnect(port), patienceMs)
  await listens()
  return {
    port,
    kill: () => program.kill(),
    async startAgain() {
      // PostgreSQL refuses to start, and ends, while processes of the one that was killed are still ending.
      for (let tries = 1; ; tries += 1) {
        program.start()
        try {
          return await listens(5_000)
        } catch (error) {
          if (tries === 5) throw error
          await program.kill()
        }
      }
    },
    stop: () => program.stop(),
  }
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const answer = (is: boolean) => {
      socket.destroy()
      resolve(is)
    }
    socket.once('connect', () => answer(true))
    socket.once('error', () => answer(false))
  })
}
