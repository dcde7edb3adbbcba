import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { hasProgram, needs } from '../../../needs.ts'
import { freePorts, type Program, startProgram, until } from './program.ts'

/** Debian 12's is 2.9: another one is named by COUNTERSIGN_NATS_SERVER. */
const NATS_SERVER = process.env['COUNTERSIGN_NATS_SERVER'] ?? 'nats-server'
/** The machine's own. */
export const SYSTEM_NATS_SERVER = 'nats-server'

export interface NatsServers {
  /** For `connect({ servers })`. */
  addresses: readonly string[]
  /** By name: `node-0`, `node-1`, … */
  programs: ReadonlyMap<string, Program>
  stop(): Promise<void>
}

/** One server with JetStream on loopback; or several, as a cluster. */
export async function startNats(count = 1, program = NATS_SERVER): Promise<NatsServers> {
  const all = await freePorts(2 * count)
  const [ports, routes] = [all.slice(0, count), all.slice(count)]
  const programs = new Map(
    ports.map((port, index) => {
      const name = `node-${index}`
      return [name, startNode(program, name, port, routes[index] ?? 0, count === 1 ? [] : routes)] as const
    }),
  )
  const addresses = ports.map((port) => `127.0.0.1:${port}`)
  const stop = async () => {
    await Promise.all([...programs.values()].map((program) => program.stop()))
  }
  try {
    for (const address of addresses) await until(`nats-server has JetStream on ${address}`, () => hasJetStream(address))
    if (count > 1) await until('the cluster places replicas on all of its servers', () => places(addresses, count))
  } catch (error) {
    await stop()
    throw error
  }
  return { addresses, programs, stop }
}

function startNode(program: string, name: string, port: number, route: number, routes: readonly number[]): Program {
  return startProgram(program, (folder) => {
    const config = {
      server_name: name,
      host: '127.0.0.1',
      port,
      jetstream: { store_dir: join(folder, 'jetstream') },
      ...(routes.length === 0
        ? {}
        : {
            cluster: {
              name: 'countersign',
              host: '127.0.0.1',
              port: route,
              routes: routes.map((other) => `nats://127.0.0.1:${other}`),
            },
          }),
    }
    const path = join(folder, 'nats.conf')
    writeFileSync(path, JSON.stringify(config))
    return ['-c', path]
  })
}

async function hasJetStream(address: string): Promise<boolean> {
  const connection = await connect({ servers: [address], reconnect: false, timeout: 1_000 })
  try {
    const manager = await jetstreamManager(connection, { timeout: 1_000 })
    await manager.getAccountInfo()
    return true
  } finally {
    await connection.close()
  }
}

/** A server answers before its cluster knows who can take a replica: "no suitable peers for placement". */
async function places(addresses: readonly string[], replicas: number): Promise<boolean> {
  const connection = await connect({ servers: [...addresses], reconnect: false, timeout: 1_000 })
  try {
    const { streams } = await jetstreamManager(connection, { timeout: 5_000 })
    await streams.add({ name: 'placement', subjects: ['placement'], num_replicas: replicas })
    return await streams.delete('placement')
  } finally {
    await connection.close()
  }
}

/** True if there is no such program: its tests are to be skipped. */
export function needsNats(): boolean {
  return needs('nats-server', existsSync(NATS_SERVER) || hasProgram(NATS_SERVER), 'apt-get install nats-server')
}

/** True if replicated buckets of this program cannot be trusted, as checkNats says: its tests are to be skipped. */
export function needsNewNats(): boolean {
  return needsNats() || needs('nats-server 2.10', !isOldNats(NATS_SERVER), 'name one by COUNTERSIGN_NATS_SERVER')
}

export function isOldNats(program: string): boolean {
  const version = execFileSync(program, ['--version'], { encoding: 'utf8' })
  const [, major = 0, minor = 0] = (/v(\d+)\.(\d+)/.exec(version) ?? []).map(Number)
  return major < 2 || (major === 2 && minor < 10)
}
