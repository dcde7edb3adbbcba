import type { StoreChange, UserStore } from '../../engine/store.ts'
import { readJson } from '../answers/read-json.ts'
import { storeInvalid } from '../answers/store-invalid.ts'
import { type PrefixOption, prefixOption } from '../key-value/prefix.ts'
import { scanPage } from './scan.ts'
import { type RedisDriver, redisScript } from './script.ts'

export const PREFIX = 'countersign:'

const LOAD = `return redis.call('HMGET', KEYS[1], 'version', 'record')`

/**
 * A client may repeat a command after its connection broke. Versions are random: if the new one is already stored, this
 * very save wrote it, and reports so again.
 */
const SAVE = `
local verb, version, expected, record, enabled_at = unpack(ARGV)
local stored = redis.call('HGET', KEYS[1], 'version')
if stored == version and verb ~= 'delete' then return 'written' end
if verb == 'create' then
  if redis.call('EXISTS', KEYS[1]) == 1 then return 'unchanged' end
elseif stored ~= expected then
  return 'unchanged'
end
if verb == 'delete' then
  redis.call('DEL', KEYS[1])
elseif enabled_at == '' then
  redis.call('HSET', KEYS[1], 'version', version, 'record', record)
  redis.call('HDEL', KEYS[1], 'enabled_at')
else
  redis.call('HSET', KEYS[1], 'version', version, 'record', record, 'enabled_at', enabled_at)
end
return 'written'
`

/**
 * A store over Redis: a hash per user, with the fields `version`, `record` (JSON text) and `enabled_at` (Unix
 * milliseconds; absent if two-factor authentication is off). Each load and each save is one script over one key.
 *
 * @throws CountersignError `invalid_option`
 */
export function redisUserStore(driver: RedisDriver, options?: PrefixOption): UserStore {
  const prefix = `${prefixOption(options, PREFIX)}two-factor:`
  const load = redisScript(driver, LOAD)
  const save = redisScript(driver, SAVE)

  return {
    async load(userId) {
      const [version, record] = readFields(await load(prefix + userId), 2)
      if (version === null && record === null) return null
      if (typeof version !== 'string') throw storeInvalid('load found a record without a version')
      return { record: readJson(record), version }
    },

    async save(userId, change) {
      return wrote(await save(prefix + userId, ...argumentsOf(change)))
    },

    async userIds(options) {
      return scanPage(await driver.scans(), prefix, options)
    },
  }
}

function argumentsOf({ expected, version, record, enabledAtMs }: StoreChange): string[] {
  if (record === null) return ['delete', version, expected ?? '']
  const content = [JSON.stringify(record), enabledAtMs === null ? '' : String(enabledAtMs)]
  return expected === null ? ['create', version, '', ...content] : ['update', version, expected, ...content]
}

/** The fields of a hash, as HMGET returns them; null for a missing field. */
export function readFields(reply: unknown, count: number): readonly (string | null)[] {
  if (!Array.isArray(reply) || reply.length !== count) throw storeInvalid('a hash did not come back field by field')
  return reply.map((field: unknown) => {
    if (typeof field === 'string' || field === null) return field
    throw storeInvalid('a field of a hash did not come back as text')
  })
}

export function wrote(reply: unknown): boolean {
  if (reply === 'written') return true
  if (reply === 'unchanged') return false
  throw storeInvalid('a save came back with neither of its two answers')
}
