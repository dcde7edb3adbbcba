import type { UserIdsOptions, UserIdsPage } from '../../engine/store.ts'
import { checkedLimit } from '../answers/page-of-all.ts'
import { storeInvalid } from '../answers/store-invalid.ts'
import type { RedisScan } from './script.ts'

/**
 * A page of the keys with this prefix, which is removed, server by server. The cursor is the server's name and its own
 * cursor; SCAN never misses a key that existed throughout.
 */
export async function scanPage(
  servers: readonly RedisScan[],
  prefix: string,
  { cursor, limit }: UserIdsOptions,
): Promise<UserIdsPage> {
  const count = checkedLimit(limit)
  const sorted = [...servers].sort((a, b) => (a.name < b.name ? -1 : 1))
  const [name = sorted[0]?.name, from = '0'] = cursor?.split(' ') ?? []
  const at = sorted.findIndex((server) => server.name === name)
  const server = sorted[at]
  if (server === undefined) throw storeInvalid('this cursor is of a server that is gone; start again without it')
  const before = server.keyPrefix + prefix
  const found = await server.scan(from, `${before.replace(/[*?[\]\\^-]/g, '\\$&')}*`, count)
  const userIds = found.keys.map((key) => {
    if (typeof key === 'string' && key.startsWith(before)) return key.slice(before.length)
    throw storeInvalid('a key did not come back as text')
  })
  if (found.cursor !== '0') return { userIds, cursor: `${server.name} ${found.cursor}` }
  const next = sorted[at + 1]
  return { userIds, cursor: next === undefined ? null : `${next.name} 0` }
}
