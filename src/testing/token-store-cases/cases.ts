import { checkOptionNames, groupOption, optionNames } from '../../options/groups.ts'
import type { TokenStore } from '../../tokens/store.ts'
import { connectionCases } from './connections.ts'
import { isolationCases } from './isolation.ts'
import { readingCases } from './reading.ts'
import { writingCases } from './writing.ts'

/** One thing that a token store must do. `run` rejects, saying what was wrong, where it does not. */
export interface TokenStoreCase {
  name: string
  run(): Promise<void>
}

/** Returns a store; asked anew in each case, it may return the same one each time. */
export type MakeTokenStore = () => TokenStore | Promise<TokenStore>

/** What else there is to examine. Each function that is given adds a case. */
export interface TokenStoreCaseOptions {
  /** The same tokens through another connection, as another process would have it. */
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
 * What the guarantees of access tokens rest on, as cases for any test runner. They need no empty table: each takes users
 * of its own, and leaves their tokens behind. So give them a database for tests.
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
