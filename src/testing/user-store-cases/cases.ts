import { aliasingCases } from './aliasing.ts'
import { connectionCases } from './connections.ts'
import { type Bench, type ContractCase, explained, type MakeUserStore } from './contract-case.ts'
import { enabledAtMsCases } from './enabled-at-ms.ts'
import { isolationCases } from './isolation.ts'
import { racingCases } from './racing.ts'
import { freshnessCases, readingCases } from './reading.ts'
import { ENGINE_LIMIT_BYTES } from './records.ts'
import { userIdCases } from './user-ids.ts'
import { walkingCases } from './walking.ts'
import { writingCases } from './writing.ts'

export type { MakeUserStore } from './contract-case.ts'

/** One thing that a store must do. */
export interface UserStoreCase {
  name: string
  /** Rejects if the store does not do it: with what it did, what the contract requires, and the usual mistake. */
  run: () => Promise<void>
}

/** What else to examine. Each function adds cases. */
export interface UserStoreCaseOptions {
  /**
   * Returns the id of a user without a record, a new one each time. For a store whose users must exist first, or whose
   * ids have one form, such as a UUID. Without it, ids are random text, and further cases try every kind of text that a
   * user id can be.
   */
  makeUser?: (() => string | Promise<string>) | undefined
  /** The same records through another connection, as another process has. */
  anotherConnection?: MakeUserStore | undefined
  /** Other records in the same database: in another table, or under another prefix. */
  anotherTable?: MakeUserStore | undefined
  /** A store whose connection is gone. */
  disconnected?: MakeUserStore | undefined
  /** The column of a store that has one for `enabledAtMs`: Unix milliseconds; null if it is off, or without a row. */
  readEnabledAtMs?: ((userId: string) => number | null | Promise<number | null>) | undefined
  /** The largest record that the database can hold, in bytes of JSON: 16384, the engine's own limit, or more. Default 65536. */
  largestRecordBytes?: number | undefined
}

const LARGEST_RECORD_BYTES = 65_536
const OPTIONS: readonly string[] = [
  'makeUser',
  'anotherConnection',
  'anotherTable',
  'disconnected',
  'readEnabledAtMs',
  'largestRecordBytes',
]

/**
 * What the guarantees of the engine depend on, as cases for any test runner. They need no empty table: each uses its
 * own users, and leaves their records behind, so use a test database.
 *
 * @param makeStore returns the store
 * @throws Error if an option is wrong
 * @example
 * for (const { name, run } of userStoreCases(() => myStore(database))) test(name, run)
 */
export function userStoreCases(makeStore: MakeUserStore, options: UserStoreCaseOptions = {}): readonly UserStoreCase[] {
  const largestBytes = checked(makeStore, options)
  const { makeUser, anotherConnection, anotherTable, disconnected, readEnabledAtMs } = options
  const cases: readonly ContractCase[] = [
    ...readingCases(largestBytes),
    ...writingCases(),
    ...freshnessCases(),
    ...racingCases(anotherConnection),
    ...aliasingCases(),
    ...isolationCases(anotherTable),
    ...(makeUser === undefined ? userIdCases() : []),
    ...walkingCases(anotherTable, makeUser === undefined),
    ...connectionCases(anotherConnection, disconnected),
    ...(readEnabledAtMs === undefined ? [] : enabledAtMsCases(readEnabledAtMs)),
  ]
  const user = async () => (makeUser === undefined ? crypto.randomUUID() : await makeUser())
  const bench = async (): Promise<Bench> => ({ store: await makeStore(), user })
  return cases.map((contract) => ({ name: contract.name, run: async () => explained(contract, await bench()) }))
}

/** Returns the size of the largest record. */
function checked(makeStore: unknown, options: UserStoreCaseOptions): number {
  if (typeof makeStore !== 'function') {
    throw new Error('userStoreCases needs a function that returns the store: userStoreCases(() => store).')
  }
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name))
  if (unknown !== undefined) {
    throw new Error(`userStoreCases has no option ${JSON.stringify(unknown)}. It has ${OPTIONS.join(', ')}.`)
  }
  const { largestRecordBytes = LARGEST_RECORD_BYTES } = options
  if (Number.isSafeInteger(largestRecordBytes) && largestRecordBytes >= ENGINE_LIMIT_BYTES) return largestRecordBytes
  throw new Error(
    `largestRecordBytes: ${String(largestRecordBytes)} is not a whole number from ${ENGINE_LIMIT_BYTES} on. ` +
      'Records of the engine grow up to that, and a store must accept them.',
  )
}
