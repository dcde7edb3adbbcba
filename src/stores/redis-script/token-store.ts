import type { TokenChange, TokenStore } from '../../tokens/store.ts'
import { readJson } from '../answers/read-json.ts'
import { storeInvalid } from '../answers/store-invalid.ts'
import { type PrefixOption, prefixOption } from '../key-value/prefix.ts'
import { type RedisDriver, redisScript } from './script.ts'
import { PREFIX, readFields, wrote } from './user-store.ts'

const FIND = `return redis.call('HMGET', KEYS[1], 'version', 'token', 'user')`

/** As with users: a repeated command reports again that it wrote. */
const SAVE = `
local verb, version, expected, token, user = unpack(ARGV)
local stored, owner = unpack(redis.call('HMGET', KEYS[1], 'version', 'user'))
if stored == version and verb ~= 'delete' then return 'written' end
if verb == 'create' then
  if redis.call('EXISTS', KEYS[1]) == 1 then return owner == user and 'unchanged' or 'of another user' end
  redis.call('HSET', KEYS[1], 'version', version, 'token', token, 'user', user)
elseif stored ~= expected then
  return 'unchanged'
elseif verb == 'delete' then
  redis.call('DEL', KEYS[1])
else
  redis.call('HSET', KEYS[1], 'version', version, 'token', token)
end
return 'written'
`

/** A command over the set of a user's hashes. */
const INDEX = `return redis.call(ARGV[1], KEYS[1], unpack(ARGV, 2))`

/**
 * A token store over Redis: a hash per token, with the fields `version`, `token` (JSON text) and `user`, and a set per
 * user with the hashes of their tokens.
 *
 * In a cluster the two keys are on different servers, so no single step can write both. A token is added to the set
 * before it is created, and removed after it is deleted: a crash in between leaves an entry without a token, which list
 * skips, and never a token that list does not see. Such an entry stays, since its token may be about to be created.
 *
 * @throws CountersignError `invalid_option`
 */
export function redisTokenStore(driver: RedisDriver, options?: PrefixOption): TokenStore {
  const prefix = prefixOption(options, PREFIX)
  const tokenKey = (hash: string) => `${prefix}access-token:${hash}`
  const indexKey = (userId: string) => `${prefix}access-tokens:${userId}`
  const findToken = redisScript(driver, FIND)
  const saveToken = redisScript(driver, SAVE)
  const onIndex = redisScript(driver, INDEX)

  async function find(hash: string) {
    const [version, token, user] = readFields(await findToken(tokenKey(hash)), 3)
    if (version === null && token === null) return null
    if (typeof version !== 'string') throw storeInvalid('it found a token without a version')
    return { user, found: { token: readJson<Found['token']>(token), version } }
  }

  return {
    find: async (hash) => (await find(hash))?.found ?? null,

    async list(userId) {
      const hashes: unknown = await onIndex(indexKey(userId), 'SMEMBERS')
      if (!Array.isArray(hashes)) throw storeInvalid('the set of hashes did not come back as a list')
      const rows = await Promise.all(
        hashes.map(async (hash: unknown) => {
          if (typeof hash !== 'string') throw storeInvalid('a hash did not come back as text')
          const row = await find(hash)
          return row?.user === userId ? [{ hash, ...row.found }] : []
        }),
      )
      return rows.flat()
    },

    async save(hash, change) {
      const index = indexKey(change.userId)
      if (change.expected === null) await onIndex(index, 'SADD', hash)
      const reply = await saveToken(tokenKey(hash), ...argumentsOf(change))
      const isForeign = reply === 'of another user'
      if (isForeign || (change.token === null && reply === 'written')) await onIndex(index, 'SREM', hash)
      return isForeign ? false : wrote(reply)
    },
  }
}

type Found = NonNullable<Awaited<ReturnType<TokenStore['find']>>>

function argumentsOf({ expected, version, userId, token }: TokenChange): string[] {
  if (token === null) return ['delete', version, expected ?? '']
  const text = JSON.stringify(token)
  return expected === null ? ['create', version, '', text, userId] : ['update', version, expected, text]
}
