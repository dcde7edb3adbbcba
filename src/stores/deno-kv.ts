import type { UserStore } from '../engine/store.ts'
import { checkOptionNames, groupOption } from '../options/groups.ts'
import { checkedLimit, lastIsCursor } from './answers/page-of-all.ts'
import { readJson } from './answers/read-json.ts'
import { storeInvalid } from './answers/store-invalid.ts'
import { type ClientNeeds, checkClient } from './clients/client.ts'
import { type PrefixOption, prefixOption } from './key-value/prefix.ts'
import { retryWhileLocked } from './sql/busy.ts'

export type { PrefixOption } from './key-value/prefix.ts'

/** The part of `Deno.Kv`, or of @deno/kv's `Kv`, that is used. */
export interface DenoKv {
  get(key: string[], options: { consistency: 'strong' }): Promise<DenoKvEntry>
  atomic(): DenoKvAtomic
  list(
    selector: { prefix: string[]; start?: string[] },
    options: { limit: number; consistency: 'strong' },
  ): AsyncIterable<{ key: readonly unknown[] }>
}

/** What it returns for a key; `versionstamp` is null if the key does not exist. */
export interface DenoKvEntry {
  value: unknown
  versionstamp: string | null
}

/** The part of its `AtomicOperation` that is used. */
export interface DenoKvAtomic {
  check(check: { key: string[]; versionstamp: string | null }): DenoKvAtomic
  set(key: string[], value: unknown): DenoKvAtomic
  delete(key: string[]): DenoKvAtomic
  commit(): Promise<{ ok: boolean }>
}

const PREFIX = 'two_factor'

const CLIENT: ClientNeeds = {
  pass: 'a Deno.Kv, such as await Deno.openKv()',
  from: 'deno-kv',
  functions: ['get', 'atomic', 'list'],
}

/**
 * Stores records in Deno KV: one entry per user, with the key `[prefix, userId]`, as JSON text; the version is the
 * entry's versionstamp. In Deno pass the result of `Deno.openKv`, elsewhere that of `openKv` from the package
 * `@deno/kv`.
 *
 * @param options.prefix Default `two_factor`.
 * @throws CountersignError `invalid_option`
 * @example
 * const kv = await Deno.openKv()
 * const twoFactor = createTwoFactor({ store: denoKvStore(kv), … })
 */
export function denoKvStore(kv: DenoKv, options?: PrefixOption): UserStore {
  checkOptionNames('denoKvStore', groupOption('denoKvStore: options', options), ['prefix'])
  checkClient('denoKvStore', kv, CLIENT)
  const prefix = prefixOption(options, PREFIX)

  return {
    async load(userId) {
      const { value, versionstamp } = await retried(() => kv.get([prefix, userId], { consistency: 'strong' }))
      return versionstamp === null ? null : { record: readJson(value), version: versionstamp }
    },

    async save(userId, { expected, record }) {
      const key = [prefix, userId]
      const { ok } = await retried(() => {
        const checked = kv.atomic().check({ key, versionstamp: expected })
        return (record === null ? checked.delete(key) : checked.set(key, JSON.stringify(record))).commit()
      })
      if (typeof ok !== 'boolean') throw storeInvalid('a save returned without saying whether it wrote')
      return ok
    },

    async userIds({ cursor, limit }) {
      const count = checkedLimit(limit)
      // Keys are compared byte by byte, and U+0000 is the least: this is the first key after the cursor.
      const start = cursor === undefined ? {} : { start: [prefix, `${cursor}\0`] }
      const userIds = await retried(async () => {
        const found: string[] = []
        const entries = kv.list({ prefix: [prefix], ...start }, { limit: count, consistency: 'strong' })
        for await (const { key } of entries) if (typeof key[1] === 'string') found.push(key[1])
        return found
      })
      return lastIsCursor(userIds, count)
    },
  }
}

/** A database file refuses a write at once during another connection's, and only its message says so. */
function retried<T>(attempt: () => Promise<T>): Promise<T> {
  return retryWhileLocked(
    attempt,
    (error) =>
      typeof error === 'object' &&
      error !== null &&
      'message' in error &&
      String(error.message).includes('database is locked'),
  )
}
