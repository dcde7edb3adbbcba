import { sha1 } from '@noble/hashes/legacy.js'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import type { CHash } from '@noble/hashes/utils.js'
import type { OtpAlgorithm } from './algorithm.ts'

/**
 * The first of the counters whose code is the wanted one (RFC 4226 §5.3), or null. The key goes through the hash once
 * for all of them: three steps cost eight blocks of hashing, where three separate HMACs cost twelve. Codes are compared
 * as numbers, in one operation: there is no first wrong digit to find by timing.
 */
export function findCounter(
  secret: Uint8Array,
  algorithm: OtpAlgorithm,
  digits: number,
  wanted: number,
  counters: readonly number[],
): number | null {
  const workbench = workbenchFor(algorithm)
  const modulus = 10 ** digits
  try {
    setKey(workbench, secret)
    return counters.find((counter) => ((codeNumber(workbench, counter) % modulus) ^ wanted) === 0) ?? null
  } finally {
    wipe(workbench)
  }
}

/** The code of a counter: the last digits of its number, written out. */
export function codeOf(secret: Uint8Array, algorithm: OtpAlgorithm, digits: number, counter: number): string {
  const workbench = workbenchFor(algorithm)
  try {
    setKey(workbench, secret)
    const number = codeNumber(workbench, counter) % 10 ** digits
    return String(number).padStart(digits, '0')
  } finally {
    wipe(workbench)
  }
}

/** What is used of noble's hash objects. */
interface HashState {
  update(bytes: Uint8Array): HashState
  digest(): Uint8Array
  clone(): HashState
  _cloneInto?(target: HashState): HashState
  destroy(): void
}

/**
 * What HMAC (RFC 2104) works with, kept from call to call. noble's own `hmac` makes four hash objects for a key and a
 * copy of its state, which takes longer than hashing three steps. Nothing of a key stays in here between two calls: each
 * sets its key first, wipes it last, and lets nobody else run meanwhile.
 */
interface Workbench {
  /** A hash that has seen nothing: only ever copied. */
  fresh: HashState
  /** After the key's inner block, and after its outer one: only ever copied, once set. */
  inner: HashState
  outer: HashState
  work: HashState
  /** The padded key, and its halves: for a whole block given at once noble makes a view first, each time. */
  block: Uint8Array
  lower: Uint8Array
  upper: Uint8Array
  message: Uint8Array
  /** Of the message. */
  counterView: DataView
}

const workbenches = new Map<OtpAlgorithm, Workbench>()

function workbenchFor(algorithm: OtpAlgorithm): Workbench {
  let workbench = workbenches.get(algorithm)
  if (workbench === undefined) {
    workbench = createWorkbench(algorithm === 'SHA1' ? sha1 : algorithm === 'SHA256' ? sha256 : sha512)
    workbenches.set(algorithm, workbench)
  }
  return workbench
}

function createWorkbench(hash: CHash): Workbench {
  const block = new Uint8Array(hash.blockLen)
  const message = new Uint8Array(8)
  return {
    fresh: hash.create(),
    inner: hash.create(),
    outer: hash.create(),
    work: hash.create(),
    block,
    lower: block.subarray(0, hash.blockLen / 2),
    upper: block.subarray(hash.blockLen / 2),
    message,
    counterView: new DataView(message.buffer),
  }
}

function setKey(workbench: Workbench, secret: Uint8Array): void {
  const { fresh, work, block, lower, upper } = workbench
  const key = secret.length > block.length ? digestAfter(fresh, work, secret) : secret
  padKey(block, key, 0x36)
  workbench.inner = copyOf(fresh, workbench.inner)
  workbench.inner.update(lower).update(upper)
  padKey(block, key, 0x5c)
  workbench.outer = copyOf(fresh, workbench.outer)
  workbench.outer.update(lower).update(upper)
}

/** A copy of a hash's state: in `target` while noble's hashes can copy themselves there, which they do not promise. */
function copyOf(state: HashState, target: HashState): HashState {
  return state._cloneInto === undefined ? state.clone() : state._cloneInto(target)
}

function padKey(block: Uint8Array, key: Uint8Array, pad: number): void {
  block.fill(pad)
  for (let index = 0; index < key.length; index++) block[index] = (key[index] ?? 0) ^ pad
}

/** HMAC of the counter, cut to 31 bits where its last half byte says (dynamic truncation). */
function codeNumber({ inner, outer, work, message, counterView }: Workbench, counter: number): number {
  // 64 bits, big-endian; the halves by division, since bit operators would cut the counter to 32 bits.
  counterView.setUint32(0, Math.floor(counter / 2 ** 32))
  counterView.setUint32(4, counter % 2 ** 32)
  const digest = digestAfter(outer, work, digestAfter(inner, work, message))
  const offset = (digest[digest.length - 1] ?? 0) & 15
  return (
    (((digest[offset] ?? 0) & 0x7f) << 24) |
    ((digest[offset + 1] ?? 0) << 16) |
    ((digest[offset + 2] ?? 0) << 8) |
    (digest[offset + 3] ?? 0)
  )
}

/** The digest of what a state has seen and of some more bytes. `work` is wiped with it. */
function digestAfter(state: HashState, work: HashState, bytes: Uint8Array): Uint8Array {
  return copyOf(state, work).update(bytes).digest()
}

function wipe({ inner, outer, block }: Workbench): void {
  inner.destroy()
  outer.destroy()
  block.fill(0)
}
