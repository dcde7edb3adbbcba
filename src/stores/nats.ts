import { utf8Bytes, utf8Text } from '../encoding/utf8.ts'
import type { UserStore } from '../engine/store.ts'
import { pageOfAll } from './answers/page-of-all.ts'
import { readJson } from './answers/read-json.ts'
import { storeInvalid } from './answers/store-invalid.ts'
import { type ClientNeeds, checkClient } from './clients/client.ts'
import { checkBucket, type NatsBucketStatus, type NatsCheck } from './nats/check.ts'

export type { NatsBucketStatus, NatsCheck, NatsStatus, NatsStream } from './nats/check.ts'

/** The part of @nats-io/kv's `KV` that is used. */
export interface NatsBucket extends NatsBucketStatus {
  get(key: string): Promise<NatsEntry | null>
  create(key: string, data: string): Promise<number>
  update(key: string, data: string, version: number): Promise<number>
  purge(key: string, options: { previousSeq: number }): Promise<void>
  keys(): Promise<AsyncIterable<string>>
}

/** The part of its `KvEntry` that is used. */
export interface NatsEntry {
  operation: string
  revision: number
  string(): string
}

const CLIENT: ClientNeeds = {
  pass: "a bucket, such as await new Kvm(connection).open('two_factor')",
  from: 'nats',
  functions: ['get', 'create', 'update', 'purge', 'keys', 'status'],
}

/**
 * Stores records in a bucket of NATS JetStream, one entry per user; the version is the entry's revision. Use the bucket
 * for nothing else. To survive the loss of a machine it needs three replicas, and servers from 2.10 on: older ones can
 * confirm more than one of several concurrent writes to a replicated bucket.
 *
 * Open it for reading from the leader: with `kvm.open(name)`, or with `allow_direct: false` where it is created.
 * Another replica may return old data, such as that two-factor authentication is off. (A leader that was cut off can
 * still do so for a few seconds, until it notices.)
 *
 * NATS answers before its disks have the write. If all replicas can lose power at once, set `sync_interval: always` in
 * the servers' configuration, or the last codes used could be valid again.
 *
 * A request whose connection was cut throws after the client's timeout, 5 seconds; `new Kvm(jetstream(connection, {
 * timeout: 1_000 }))` shortens that.
 *
 * Before its first load or save, a store checks the bucket once, as {@link checkNats} does, and rejects with
 * `store_invalid` if that refuses it.
 *
 * @example
 * const kvm = new Kvm(connection)
 * const kv = await kvm.create('two_factor', { replicas: 3, allow_direct: false })
 * await checkNats(kv)
 * const twoFactor = createTwoFactor({ store: natsStore(kv), … })
 */
export function natsStore(kv: NatsBucket): UserStore {
  checkClient('natsStore', kv, CLIENT)
  let check: Promise<NatsCheck> | null = null

  async function checked(): Promise<void> {
    check ??= checkNats(kv)
    try {
      await check
    } catch (error) {
      check = null
      throw error
    }
  }

  return {
    async load(userId) {
      await checked()
      const entry = await kv.get(keyOf(userId))
      if (entry === null || entry.operation === 'DEL' || entry.operation === 'PURGE') return null
      if (entry.operation === 'PUT') return { record: readJson(entry.string()), version: String(entry.revision) }
      throw storeInvalid('load found an entry that was neither put nor deleted')
    },

    async save(userId, { expected, record }) {
      await checked()
      const key = keyOf(userId)
      try {
        if (record === null) await kv.purge(key, { previousSeq: revisionOf(expected) })
        else if (expected === null) await kv.create(key, JSON.stringify(record))
        else await kv.update(key, JSON.stringify(record), revisionOf(expected))
        return true
      } catch (error) {
        if (isWrongLastSequence(error)) return false
        throw error
      }
    },

    async userIds(options) {
      await checked()
      const all: string[] = []
      for await (const key of await kv.keys()) all.push(userIdOf(key))
      return pageOfAll(all, options)
    },
  }
}

/**
 * Checks, when a process starts, that the bucket keeps what is written and returns its latest state.
 *
 * @returns what could be lost, for the log
 * @throws CountersignError `store_invalid` if any replica may answer reads, if the bucket is a mirror, if its entries
 *   expire or give way to newer ones, or if servers older than 2.10 replicate it. The message says what to do.
 * @example
 * for (const warning of (await checkNats(kv)).warnings) console.warn(warning)
 */
export function checkNats(kv: NatsBucketStatus): Promise<NatsCheck> {
  return checkBucket(kv)
}

/**
 * Letters, digits, '-' and '_' are kept, so that people can find a user; each other byte of the UTF-8 is '=' and two
 * hexadecimal digits. NATS allows no ':', no '@' and nothing beyond ASCII, and '.' has a meaning.
 */
function keyOf(userId: string): string {
  if (/^[\w-]+$/.test(userId)) return userId
  return Array.from(utf8Bytes(userId), (byte) => {
    const character = String.fromCharCode(byte)
    return /[\w-]/.test(character) ? character : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
}

/** The user id of {@link keyOf}. */
function userIdOf(key: string): string {
  const parts = key.split(/=([0-9A-F]{2})/)
  return utf8Text(
    Uint8Array.from(parts.flatMap((part, at) => (at % 2 === 1 ? [Number.parseInt(part, 16)] : [...utf8Bytes(part)]))),
  )
}

/** A revision of 0 would write without a condition. */
function revisionOf(version: string | null): number {
  const revision = version !== null && /^[1-9]\d*$/.test(version) ? Number(version) : Number.NaN
  if (Number.isSafeInteger(revision)) return revision
  throw storeInvalid('a save expects a version that is not a revision')
}

/** Errors of a stream: the revision differs, or is not known yet because a write to this key is under way. */
const WRONG_LAST_SEQUENCE: readonly unknown[] = [10071, 10164]

function isWrongLastSequence(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && WRONG_LAST_SEQUENCE.includes(error.code)
}
