import { checkOptionNames, groupOption, optionNames } from '../../options/groups.ts'
import type { TokenStore } from '../../tokens/store.ts'
import { connectionCases } from './connections.ts'
import { isolationCases } from './isolation.ts'
import { readingCases } from './reading.ts'
import { writingCases } from './writing.ts'

/** One thing that a token store must do. Otherwise `run` rejects, saying what was wrong. */
export interface TokenStoreCase {
  name: string
  run(): Promise<void>
}

/** Returns a store. Called by each case; it may return the same one each time. */
export type MakeTokenStore = () => TokenStore | Promise<TokenStore>

/** What else to examine. Each function adds a case. */
export interface TokenStoreCaseOptions {
  /** The same tokens through another connection, as another process has. */
  anotherConnection?: MakeTokenStore | undefined
  /** Other tokens in the same database: in another table, or under another prefix. */
  anotherTable?: MakeTokenStore | undefined
  /** A store whose connection is gone. */
  disconnected?: MakeTokenStore | undefined
}

const OPTIONS = /* @__PURE__ */ optionNames<TokenStoreCaseOptions>({
  anotherConnection: true,
  anotherTable: true,
  disconnected: true,
})

/**
 * What the guarantees of access tokens depend on, as cases for any test runner. They need no empty table: each uses its
 * own users, and leaves their tokens behind, so use a test database.
 *
 * @param makeStore returns the store
 * @example
 * for (const { name, run } of tokenStoreCases(() => myTokenStore(database))) test(name, run)
 */
export function tokenStoreCases(
  makeStore: MakeTokenStore,
  options: TokenStoreCaseOptions = {},
): readonly TokenStoreCase[] {
  checkOptionNames('tokenStoreCases', groupOption('options', options), OPTIONS)
  const { anotherConnection, anotherTable, disconnected } = options
  return [
    ...readingCases(makeStore),
    ...writingCases(makeStore),
    ...isolationCases(makeStore, anotherTable),
    ...connectionCases(makeStore, anotherConnection, disconnected),
  ]
}
