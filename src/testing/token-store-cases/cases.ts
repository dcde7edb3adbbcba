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

/** Where the cases run. */
export interface TokenBench {
  makeStore: MakeTokenStore
  newUserId: () => string | Promise<string>
  /** Whether a user id can be any text. */
  anyIds: boolean
}

/** What else to examine. Each function but `makeUser` adds a case. */
export interface TokenStoreCaseOptions {
  /**
   * Returns the id of another user each time. For a store whose users must exist first, or whose ids have one form, such
   * as a UUID. Without it, ids are random text, and a further case tries texts that look alike.
   */
  makeUser?: (() => string | Promise<string>) | undefined
  /** The same tokens through another connection, as another process has. */
  anotherConnection?: MakeTokenStore | undefined
  /** Other tokens in the same database: in another table, or under another prefix. */
  anotherTable?: MakeTokenStore | undefined
  /** A store whose connection is gone. */
  disconnected?: MakeTokenStore | undefined
}

const OPTIONS = /* @__PURE__ */ optionNames<TokenStoreCaseOptions>({
  makeUser: true,
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
  const { makeUser, anotherConnection, anotherTable, disconnected } = options
  const newUserId = makeUser ?? (() => `user-${crypto.randomUUID()}`)
  const bench: TokenBench = { makeStore, newUserId, anyIds: makeUser === undefined }
  return [
    ...readingCases(bench),
    ...writingCases(bench),
    ...isolationCases(bench, anotherTable),
    ...connectionCases(bench, anotherConnection, disconnected),
  ]
}
