import { hmac } from '@noble/hashes/hmac.js'
import { sha1 } from '@noble/hashes/legacy.js'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import type { CHash } from '@noble/hashes/utils.js'
import type { OtpAlgorithm } from './algorithm.ts'

/**
 * The first counter with the wanted code (RFC 4226 §5.3), or null. The key is hashed once for all of them: three steps
 * cost eight blocks of hashing, three separate HMACs twelve. Codes are compared as numbers, in one operation, so timing
 * reveals no digit.
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
    workbench.setKey(secret)
    return counters.find((counter) => ((workbench.codeNumber(counter) % modulus) ^ wanted) === 0) ?? null
  } finally {
    workbench.wipe()
  }
}

/** The code of a counter: the last digits of its number. */
export function codeOf(secret: Uint8Array, algorithm: OtpAlgorithm, digits: number, counter: number): string {
  const workbench = workbenchFor(algorithm)
  try {
    workbench.setKey(secret)
    return String(workbench.codeNumber(counter) % 10 ** digits).padStart(digits, '0')
  } finally {
    workbench.wipe()
  }
}

/**
 * The buffers of HMAC (RFC 2104), reused by every call. No key stays in them between calls: each call sets its key
 * first, wipes it last, and runs synchronously.
 */
interface Workbench {
  setKey(secret: Uint8Array): void
  /** HMAC of the counter, cut to 31 bits where its last half byte says (dynamic truncation). */
  codeNumber(counter: number): number
  wipe(): void
}

const HASHES: Readonly<Record<OtpAlgorithm, CHash>> = { SHA1: sha1, SHA256: sha256, SHA512: sha512 }
const workbenches = new Map<OtpAlgorithm, Workbench>()

function workbenchFor(algorithm: OtpAlgorithm): Workbench {
  let workbench = workbenches.get(algorithm)
  if (workbench === undefined) {
    workbench = createWorkbench(HASHES[algorithm])
    workbenches.set(algorithm, workbench)
  }
  return workbench
}

export function createWorkbench(hash: CHash): Workbench {
  return byBlocks(hash) ?? byMessages(hash)
}

/** The block-by-block part of noble's hash objects, which noble may change. */
interface HashState {
  process: (block: DataView, offset: number) => void
  /** The state in words of 32 bits: after the last block, the digest. */
  get(): number[]
  /** Without a target it makes a new state. */
  _cloneInto(target?: HashState): HashState
  /** Wipes the message schedule, which all hashes of this kind share. */
  roundClean(): void
}

function isHashState(hash: object): hash is HashState {
  const steps = ['process', 'get', '_cloneInto', 'roundClean']
  return steps.every((step) => typeof Reflect.get(hash, step) === 'function')
}

/**
 * The counter and its digest fill one block each, whose padding never changes, so a code takes two blocks of hashing.
 * Three steps took two fifths longer with `update` and `digest`, which check, pad, copy and wipe for each message, and
 * four times as long with noble's `hmac`. Null if this noble's hashes do not work block by block.
 */
export function byBlocks(hash: CHash): Workbench | null {
  const fresh = hash.create()
  if (!isHashState(fresh)) return null
  const [inner, outer, work] = [fresh._cloneInto(), fresh._cloneInto(), fresh._cloneInto()]
  const { blockLen, outputLen } = hash
  const keyBlock = new Uint8Array(blockLen)
  const keyView = new DataView(keyBlock.buffer)
  const counterView = paddedBlock(blockLen, 8)
  const digestView = paddedBlock(blockLen, outputLen)
  const digest = new Uint8Array(digestView.buffer, 0, outputLen)

  function setState(state: HashState, key: Uint8Array, pad: number): void {
    keyBlock.fill(pad)
    for (let index = 0; index < key.length; index++) keyBlock[index] = (key[index] ?? 0) ^ pad
    fresh._cloneInto(state).process(keyView, 0)
  }

  function writeDigest(state: HashState): void {
    const words = state.get()
    for (let index = 0; index < words.length; index++) digestView.setUint32(4 * index, words[index] ?? 0)
  }

  return {
    setKey(secret) {
      const key = secret.length > blockLen ? hash(secret) : secret
      setState(inner, key, 0x36)
      setState(outer, key, 0x5c)
    },
    codeNumber(counter) {
      setCounter(counterView, counter)
      inner._cloneInto(work).process(counterView, 0)
      writeDigest(work)
      outer._cloneInto(work).process(digestView, 0)
      writeDigest(work)
      return truncated(digestView, outputLen)
    },
    wipe() {
      for (const state of [inner, outer, work]) fresh._cloneInto(state)
      work.roundClean()
      keyBlock.fill(0)
      digest.fill(0)
    },
  }
}

/** The last message after one whole block: its length in bits includes that block (FIPS 180-4 §5.1). */
function paddedBlock(blockLen: number, messageLen: number): DataView {
  const view = new DataView(new ArrayBuffer(blockLen))
  view.setUint8(messageLen, 0x80)
  view.setUint32(blockLen - 4, 8 * (blockLen + messageLen))
  return view
}

/** The same with noble's `hmac`. */
function byMessages(hash: CHash): Workbench {
  let key = new Uint8Array()
  const message = new DataView(new ArrayBuffer(8))
  return {
    setKey(secret) {
      key = new Uint8Array(secret)
    },
    codeNumber(counter) {
      setCounter(message, counter)
      const digest = hmac(hash, key, new Uint8Array(message.buffer))
      return truncated(new DataView(digest.buffer, digest.byteOffset), digest.length)
    },
    wipe() {
      key.fill(0)
    },
  }
}

/** 64 bits, big-endian; the halves by division, since bit operators would cut the counter to 32 bits. */
function setCounter(view: DataView, counter: number): void {
  view.setUint32(0, Math.floor(counter / 2 ** 32))
  view.setUint32(4, counter % 2 ** 32)
}

function truncated(digest: DataView, length: number): number {
  return digest.getUint32(digest.getUint8(length - 1) & 15) & 0x7fffffff
}
