import { CountersignError } from '../../errors.ts'

/** One server, as a check queries it. */
export interface RedisNode {
  /** The text of INFO. */
  info(): Promise<string>
  /** What CONFIG GET returns for one parameter; null for nothing. Rejects if the server forbids CONFIG. */
  config(parameter: string): Promise<string | null>
}

/** For `checkRedis`. */
export interface RedisCheckOptions {
  /** True if you accept that Redis can evict keys. Default false. */
  allowEviction?: boolean | undefined
}

/** What a check found, if it refused nothing. */
export interface RedisCheck {
  /** How a restarted server gets its data back; of several servers, the weakest way. */
  persistence: RedisPersistence
  /** What could be lost, and what to do, in sentences for the log. */
  warnings: readonly string[]
}

/** `unknown`: no append-only file, and the server does not say whether it writes snapshots. */
export type RedisPersistence = 'append-only' | 'snapshots' | 'unknown' | 'none'

/** From the strongest to the weakest. */
const WARNINGS: Readonly<Record<RedisPersistence, string | null>> = {
  'append-only': null,
  snapshots:
    'Redis writes snapshots only. A crash undoes what was written since the last one: two-factor authentication ' +
    'that was set up since then is off, and codes used since then could be used again. Set `appendonly yes`.',
  unknown:
    'Redis has no append-only file, and does not say whether it writes snapshots (CONFIG is not allowed). ' +
    'Make sure that it keeps its data over a restart; `appendonly yes` is safest.',
  none:
    'Redis keeps nothing on disk. When it restarts, two-factor authentication is off for everyone. ' +
    'Set `appendonly yes`.',
}
const FROM_STRONG_TO_WEAK: readonly RedisPersistence[] = ['append-only', 'snapshots', 'unknown', 'none']

/** These evict only keys with a time to live, and no key of the stores has one. */
const KEEPS_OUR_KEYS = /^(noeviction|volatile-\w+)$/

/** @throws CountersignError `store_invalid` */
export async function checkNodes(
  nodes: readonly RedisNode[],
  { allowEviction = false }: RedisCheckOptions = {},
): Promise<RedisCheck> {
  if (nodes.length === 0) throw unfit('no server of the cluster is known yet', 'Connect the client first.')
  const found = await Promise.all(nodes.map((node) => checkNode(node, allowEviction === true)))
  const persistence = FROM_STRONG_TO_WEAK[Math.max(...found.map((each) => FROM_STRONG_TO_WEAK.indexOf(each)))]
  if (persistence === undefined) throw unfit('its persistence is unknown', 'Report this.')
  const warning = WARNINGS[persistence]
  return { persistence, warnings: warning === null ? [] : [warning] }
}

async function checkNode(node: RedisNode, allowEviction: boolean): Promise<RedisPersistence> {
  const info = await node.info()
  if (fieldOf(info, 'role') === 'slave') {
    throw unfit('it is a replica', 'Its reads may be stale, and it cannot write. Connect to the master.')
  }
  const policy = fieldOf(info, 'maxmemory_policy')
  if (!allowEviction && !KEEPS_OUR_KEYS.test(policy ?? '')) {
    throw unfit(
      `its maxmemory-policy is ${policy ?? 'unknown'}, so users' records can be evicted: two-factor authentication would then be off for them`,
      'Set `maxmemory-policy noeviction`, or use a separate server.',
    )
  }
  if (fieldOf(info, 'aof_enabled') === '1') return 'append-only'
  const snapshots = await node.config('save').catch(() => null)
  if (snapshots === null) return 'unknown'
  return snapshots === '' ? 'none' : 'snapshots'
}

function fieldOf(info: string, name: string): string | undefined {
  const line = info.split(/\r?\n/).find((line) => line.startsWith(`${name}:`))
  return line?.slice(name.length + 1)
}

function unfit(what: string, help: string): CountersignError {
  return new CountersignError('store_invalid', `Redis is not fit for two-factor authentication: ${what}. ${help}`)
}
