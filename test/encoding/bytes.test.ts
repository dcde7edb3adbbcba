import { runInNewContext } from 'node:vm'
import { createTwoFactor, generateKey, keyRing, memoryStore } from 'countersign'
import { decodeBase32, encodeBase32, generateTotp } from 'countersign/otp'
import { virtualAuthenticator } from 'countersign/testing'
import { describe, expect, test } from 'vitest'
import { ownBytes } from '../../src/encoding/bytes.ts'

/** Bytes as jsdom, happy-dom or a `vm` context makes them. */
const foreign = (bytes: Iterable<number>): Uint8Array => runInNewContext('new Uint8Array(bytes)', { bytes: [...bytes] })
/** A Buffer as it looks from there: a subclass of another realm's Uint8Array. */
const foreignBuffer = (bytes: Iterable<number>): Uint8Array =>
  runInNewContext('class Buffer extends Uint8Array {}; new Buffer(bytes)', { bytes: [...bytes] })

const SECRET = Uint8Array.from({ length: 20 }, (_, index) => index)
const LONG = Uint8Array.from({ length: 100 }, (_, index) => index)

describe.each([
  ['a Uint8Array of another realm', foreign],
  ['a Buffer of another realm', foreignBuffer],
  ['a Buffer', (bytes: Iterable<number>): Uint8Array => Buffer.from([...bytes])],
])('%s', (_, make) => {
  test('is a secret', () => {
    expect(generateTotp({ secret: make(SECRET), timeMs: 0 })).toEqual(generateTotp({ secret: SECRET, timeMs: 0 }))
    expect(generateTotp({ secret: make(LONG), timeMs: 0 })).toEqual(generateTotp({ secret: LONG, timeMs: 0 }))
    expect(encodeBase32(make(SECRET))).toBe(encodeBase32(SECRET))
  })

  test('is a key of the ring, as a copy', () => {
    const key = crypto.getRandomValues(new Uint8Array(32))
    const bytes = make(key)
    const ring = keyRing([{ id: 'a', key: bytes }])
    bytes.fill(0)
    expect(ring.key('a')).toEqual(key)
    expect(Object.getPrototypeOf(ring.key('a'))).toBe(Uint8Array.prototype)
  })

  test('is the secret of an imported user, and what the source of randomness returns', async () => {
    const options = { issuer: 'Acme', store: memoryStore(), keys: generateKey() }
    const random = (count: number) => make(crypto.getRandomValues(new Uint8Array(count)))
    const twoFactor = createTwoFactor({ ...options, random })
    expect(await twoFactor.admin.importUser('ann', { authenticators: [{ secret: make(SECRET) }] })).toMatchObject({
      ok: true,
    })
    const challenge = await twoFactor.challenge('ann')
    const phone = virtualAuthenticator(`otpauth://totp/Acme:ann?secret=${encodeBase32(SECRET)}`)
    if (challenge.passed) throw new Error('A second step must be asked for.')
    expect(await twoFactor.completeChallenge(challenge.token, { code: phone.code(Date.now()) })).toMatchObject({
      ok: true,
    })
  })

  test('is copied into this realm unless it is of this realm', () => {
    const own = ownBytes(make([1, 2, 3]))
    expect(own instanceof Uint8Array).toBe(true)
    expect([...(own ?? [])]).toEqual([1, 2, 3])
  })
})

test('nothing else is bytes', () => {
  const lies = { [Symbol.toStringTag]: 'Uint8Array', length: 3 }
  const others = [
    [1, 2, 3],
    new Uint16Array(3),
    new DataView(new ArrayBuffer(3)),
    new ArrayBuffer(3),
    'abc',
    null,
    lies,
  ]
  expect(others.map(ownBytes)).toEqual(others.map(() => null))
})

test('bytes that are passed on are not copied again', () => {
  expect(ownBytes(SECRET)).toBe(SECRET)
  expect(decodeBase32('MZXW6') instanceof Uint8Array).toBe(true)
})

test.each([0, 31, 33])(
  'a source of randomness that returns %i bytes too few or too many is a fault',
  async (difference) => {
    const random = (count: number) => new Uint8Array(count === difference ? count + 1 : difference)
    const twoFactor = createTwoFactor({ issuer: 'Acme', store: memoryStore(), keys: generateKey(), random })
    await expect(twoFactor.admin.importUser('ann', { authenticators: [{ secret: SECRET }] })).rejects.toMatchObject({
      code: 'hook_invalid',
    })
  },
)
