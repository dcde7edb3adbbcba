import { hmac } from '@noble/hashes/hmac.js'
import { sha1 } from '@noble/hashes/legacy.js'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import type { CHash } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import type { OtpAlgorithm } from '../../src/otp/algorithm.ts'
import { byBlocks, codeOf, createWorkbench, findCounter } from '../../src/otp/keyed.ts'

const HASHES = { SHA1: sha1, SHA256: sha256, SHA512: sha512 }
const ALGORITHMS = ['SHA1', 'SHA256', 'SHA512'] as const

/** RFC 4226 §5.3 by the book, on the HMAC that @noble/hashes has. */
function plainCode(algorithm: keyof typeof HASHES, secret: Uint8Array, counter: number, digits: number): string {
  const message = new Uint8Array(8)
  new DataView(message.buffer).setBigUint64(0, BigInt(counter))
  const digest = hmac(HASHES[algorithm], secret, message)
  const offset = (digest.at(-1) ?? 0) & 15
  const number = new DataView(digest.buffer, digest.byteOffset).getUint32(offset) & 0x7fffffff
  return String(number % 10 ** digits).padStart(digits, '0')
}

test('for any key, counter, digits and algorithm, in any order, the code is what a plain HMAC gives', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('SHA1' as const, 'SHA256' as const, 'SHA512' as const),
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      fc.maxSafeNat(),
      fc.integer({ min: 6, max: 8 }),
      (algorithm, secret, counter, digits) => {
        const code = plainCode(algorithm, secret, counter, digits)
        expect(codeOf(secret, algorithm, digits, counter)).toBe(code)
        expect(findCounter(secret, algorithm, digits, Number(code), [counter])).toBe(counter)
      },
    ),
    { numRuns: 500 },
  )
})

test.each([63, 64, 65, 127, 128, 129])('a key of %i bytes is hashed first only if longer than a block', (length) => {
  const secret = new Uint8Array(length).fill(0xa5)
  for (const algorithm of ['SHA1', 'SHA256', 'SHA512'] as const) {
    expect(codeOf(secret, algorithm, 8, 1)).toBe(plainCode(algorithm, secret, 1, 8))
  }
})

test('the first counter of the list that matches is found, not the lowest', () => {
  const secret = new Uint8Array(20)
  const wanted = Number(codeOf(secret, 'SHA1', 6, 7))
  expect(findCounter(secret, 'SHA1', 6, wanted, [9, 8, 7, 6])).toBe(7)
  expect(findCounter(secret, 'SHA1', 6, wanted, [9, 8, 6])).toBeNull()
  expect(findCounter(secret, 'SHA1', 6, wanted, [])).toBeNull()
})

const without = (step: string, hash: CHash) =>
  Object.assign((message: Uint8Array) => hash(message), hash, {
    create: () => Object.assign(hash.create(), { [step]: undefined }),
  })

test.each(['process', 'get', '_cloneInto', 'roundClean'])('a hash without %s does not work block by block', (step) => {
  expect(byBlocks(without(step, sha1))).toBeNull()
})

test.each(ALGORITHMS)('%s that does not work block by block has the same codes, and its key is wiped', (algorithm) => {
  const hash = HASHES[algorithm]
  const secret = new Uint8Array(200).fill(7)
  const workbench = createWorkbench(without('_cloneInto', hash))
  const update = vi.spyOn(Object.getPrototypeOf(hash.create()), 'update')
  workbench.setKey(secret)
  const number = workbench.codeNumber(5)
  const key = update.mock.calls.flat().find((message) => message instanceof Uint8Array && message.length === 200)
  update.mockRestore()

  expect(String(number % 10 ** 8).padStart(8, '0')).toBe(plainCode(algorithm, secret, 5, 8))
  expect(key).toEqual(secret)
  workbench.wipe()
  expect(key).toEqual(new Uint8Array(200))
  expect(secret).toEqual(new Uint8Array(200).fill(7))
})

test.each(ALGORITHMS)('%s takes two blocks for a key and two for each code', (algorithm) => {
  const workbench = createWorkbench(HASHES[algorithm])
  const process = vi.spyOn(Object.getPrototypeOf(HASHES[algorithm].create()), 'process')
  workbench.setKey(new Uint8Array(20))
  const numbers = [workbench.codeNumber(1), workbench.codeNumber(2)]
  const calls = process.mock.calls.length
  process.mockRestore()

  expect(calls).toBe(6)
  expect(numbers.map((number) => number % 10 ** 6)).toEqual(
    [1, 2].map((counter) => Number(plainCode(algorithm, new Uint8Array(20), counter, 6))),
  )
})

test.each(ALGORITHMS)('every code of %s is made in the same buffers', (algorithm) => {
  const process = vi.spyOn(Object.getPrototypeOf(HASHES[algorithm].create()), 'process')
  for (const counter of [1, 2]) codeOf(new Uint8Array(20), algorithm, 6, counter)
  const buffers = process.mock.calls.map(([view]) => (view as DataView).buffer)
  process.mockRestore()

  expect(buffers).toHaveLength(8)
  for (const [index, buffer] of buffers.slice(0, 4).entries()) expect(buffers[index + 4]).toBe(buffer)
})

test.each([
  ['finding no counter', (key: Uint8Array, algorithm: OtpAlgorithm) => findCounter(key, algorithm, 6, 1_000_000, [5])],
  ['making a code', (key: Uint8Array, algorithm: OtpAlgorithm) => codeOf(key, algorithm, 6, 5)],
])('after %s, nothing of a key or of a digest stays in what is kept from call to call', (_, act) => {
  for (const hash of [sha1, sha256, sha512]) {
    const algorithm = ALGORITHMS[[sha1, sha256, sha512].indexOf(hash)] ?? 'SHA1'
    const fresh = hash.create()
    const process = vi.spyOn(Object.getPrototypeOf(fresh), 'process')
    act(new Uint8Array(20).fill(0xab), algorithm)
    const calls = process.mock.calls.map(([view]) => view as DataView)
    const states = process.mock.contexts as { get(): number[] }[]
    process.mockRestore()

    expect(calls).toHaveLength(4)
    const [keyBlock, , , digestBlock] = calls.map(({ buffer }) => new Uint8Array(buffer))
    expect(keyBlock).toEqual(new Uint8Array(hash.blockLen))
    expect(digestBlock?.subarray(0, hash.outputLen)).toEqual(new Uint8Array(hash.outputLen))
    for (const state of states) expect(state.get()).toEqual(Reflect.apply(Reflect.get(fresh, 'get'), fresh, []))
  }
})
