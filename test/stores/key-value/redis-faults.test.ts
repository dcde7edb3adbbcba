import { createTwoFactor, generateKey } from 'countersign'
import { type IoredisClient, ioredisStore, ioredisTokenStore } from 'countersign/stores/ioredis'
import { enroll } from 'countersign/testing'
import { createAccessTokens, type StoredToken, type TokenChange } from 'countersign/tokens'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hasProgram, needs } from '../../needs.ts'
import { counted } from './counting.ts'
import { type RedisServer, startRedis } from './servers/redis.ts'

const missing = needs('redis-server', hasProgram('redis-server'), 'apt-get install redis-server')

describe.skipIf(missing)('a store over Redis', () => {
  let server: RedisServer
  let client: Redis
  beforeAll(async () => {
    server = await startRedis()
    client = new Redis(server.port, '127.0.0.1')
  })
  afterAll(async () => {
    client?.disconnect()
    await server?.stop()
  })
  beforeEach(() => client.flushall())

  const twoFactorOver = (client: Redis) =>
    createTwoFactor({ issuer: 'Acme', store: ioredisStore(client), keys: generateKey(), verifyPassword: () => true })

  test('sends its scripts anew where the server has forgotten them', async () => {
    const store = ioredisStore(client)
    for (let count = 0; count < 3; count += 1) {
      await client.script('FLUSH')
      const expected = (await store.load('ada'))?.version ?? null
      await client.script('FLUSH')
      expect(await store.save('ada', counted(count, expected))).toBe(true)
    }
  })

  test('asks once a load and once a save', async () => {
    const asked: string[] = []
    const counting: IoredisClient = {
      evalsha: (sha1, keys, ...args) => {
        asked.push('EVALSHA')
        return client.evalsha(sha1, keys, ...args)
      },
      eval: (script, keys, ...args) => {
        asked.push('EVAL')
        return client.eval(script, keys, ...args)
      },
    }
    const store = ioredisStore(counting)
    const create = counted(1, null)
    await store.save('ada', create)
    await store.load('ada')
    asked.length = 0
    await store.save('ada', counted(2, create.version))
    await store.load('ada')
    expect(asked).toEqual(['EVALSHA', 'EVALSHA'])
  })

  test('says that a save wrote where the client sent it twice', async () => {
    const store = ioredisStore(client)
    const create = counted(1, null)
    expect([await store.save('ada', create), await store.save('ada', create)]).toEqual([true, true])
    const update = counted(2, create.version)
    expect([await store.save('ada', update), await store.save('ada', update)]).toEqual([true, true])
    expect(await store.save('ada', create)).toBe(false)
    expect((await store.load('ada'))?.record).toEqual(update.record)
  })

  test('a damaged record is refused by name, and a reset deletes it', async () => {
    const twoFactor = twoFactorOver(client)
    await enroll(twoFactor, 'ada')
    await client.hset('countersign:two-factor:ada', 'record', '{"schema":1,')
    await expect(twoFactor.challenge('ada')).rejects.toMatchObject({ code: 'record_invalid' })
    expect(await twoFactor.admin.reset('ada', { by: 'staff', note: 'damaged' })).toEqual({ ok: true, existed: true })
    expect(await client.keys('*')).toEqual([])
  })

  test('rejects what is no record of its own', async () => {
    const store = ioredisStore(client)
    await client.hset('countersign:two-factor:ada', 'record', '{}')
    await expect(store.load('ada')).rejects.toMatchObject({ code: 'store_invalid' })
    expect(await store.save('ada', counted(1, null))).toBe(false)
    await client.set('countersign:two-factor:bob', 'text')
    await expect(store.load('bob')).rejects.toThrow('WRONGTYPE')
    await expect(store.save('bob', counted(1, null))).rejects.toThrow('WRONGTYPE')
  })

  test.each([
    ['a field of another type', ['v', 5]],
    ['a field too few', ['v']],
    ['no list', 'v'],
    ['nothing', null],
  ])('rejects an answer with %s', async (_what, answer) => {
    const store = ioredisStore({ evalsha: async () => answer, eval: async () => answer })
    await expect(store.load('ada')).rejects.toMatchObject({ code: 'store_invalid' })
    await expect(store.save('ada', counted(1, null))).rejects.toMatchObject({ code: 'store_invalid' })
  })

  test('one prefix serves both stores, and their keys never meet', async () => {
    const users = ioredisStore(client, { prefix: 'acme:' })
    const tokens = ioredisTokenStore(client, { prefix: 'acme:' })
    await users.save('ada', counted(1, null))
    await tokens.save('hash', creating(tokenOf('hash')))
    expect((await client.keys('*')).sort()).toEqual([
      'acme:access-token:hash',
      'acme:access-tokens:ada',
      'acme:two-factor:ada',
    ])
  })

  test.each(['', 'a b', 'a\n', 'ä', 'a'.repeat(101), null, 5, {}])('refuses the prefix %j', (given) => {
    const prefix: string = JSON.parse(JSON.stringify(given))
    const refused = expect.objectContaining({ code: 'invalid_option', message: expect.stringContaining('prefix') })
    expect(() => ioredisStore(client, { prefix })).toThrow(refused)
    expect(() => ioredisTokenStore(client, { prefix })).toThrow(refused)
  })

  describe('where a process ends in the midst of a save of an access token', () => {
    /** Lets so many commands through, and then is gone. */
    function endingAfter(commands: number): IoredisClient {
      let left = commands
      const send = (text: string, keys: number, args: string[]) => {
        left -= 1
        return left < 0 ? Promise.reject(new Error('gone')) : client.eval(text, keys, ...args)
      }
      return {
        evalsha: async () => Promise.reject(new Error('NOSCRIPT')),
        eval: (script, keys, ...args) => send(script, keys, args),
      }
    }

    test('no token is ever there that list does not give', async () => {
      for (const commands of [0, 1, 2]) {
        await client.flushall()
        await ioredisTokenStore(endingAfter(commands))
          .save('hash', creating(tokenOf('hash')))
          .catch(() => undefined)
        const isThere = (await ioredisTokenStore(client).find('hash')) !== null
        const listed = (await ioredisTokenStore(client).list('ada')).map(({ hash }) => hash)
        expect({ commands, isThere, listed }).toEqual({
          commands,
          isThere: commands === 2,
          listed: commands === 2 ? ['hash'] : [],
        })
      }
    })

    test('a token that was half deleted is gone, and another is not in its way', async () => {
      const store = ioredisTokenStore(client)
      await store.save('hash', creating(tokenOf('hash')))
      const remove = { ...creating(tokenOf('hash')), expected: 'version', token: null }
      await expect(ioredisTokenStore(endingAfter(1)).save('hash', remove)).rejects.toThrow('gone')
      expect(await store.find('hash')).toBeNull()
      expect(await store.list('ada')).toEqual([])
      expect(await store.save('hash', creating(tokenOf('hash')))).toBe(true)
      expect(await store.list('ada')).toHaveLength(1)
    })
  })

  test('all access tokens of a user end at once, damaged ones too', async () => {
    const twoFactor = twoFactorOver(client)
    const options = { twoFactor, store: ioredisTokenStore(client), prefix: 'acme' }
    const tokens = createAccessTokens(options)
    for (const hash of ['first', 'second']) {
      await client.sadd('countersign:access-tokens:ada', hash)
      await client.hset(`countersign:access-token:${hash}`, { version: 'v', token: '{', user: 'ada' })
    }
    expect(await tokens.revokeAll('ada')).toEqual({ ok: true, revoked: 2 })
    expect(await client.keys('*')).toEqual([])
  })
})

function tokenOf(hash: string): StoredToken {
  const never = { expiresAtMs: null, lastUsedAtMs: null, revokedAtMs: null }
  return { schema: 1, id: 'id', userId: 'ada', hash, name: 'Script', scopes: [], createdAtMs: 1, ...never }
}

function creating(token: StoredToken): TokenChange {
  return { expected: null, version: 'version', userId: 'ada', token }
}
