import { checkOptionNames, checkOptions, optionNames } from '../options/groups.ts'
import { invalidOption } from '../options/invalid-option.ts'
import type { ImportResult } from './outcome.ts'

/** For {@link readUsers}. */
export interface ReadUsersOptions<Row> {
  /** The row's user id, for `admin.importUser`. A number becomes text. */
  userId: (row: Row) => string | number | bigint | null | undefined
  /** Reads all rows of one user: one of the functions of this module. */
  from: (rows: readonly Row[]) => ImportResult
}

/** One user of {@link readUsers}. `userId` is null for rows without one. */
export type ReadUser = { userId: string | null } & ImportResult

const OPTIONS = /* @__PURE__ */ optionNames<ReadUsersOptions<unknown>>({ userId: true, from: true })
const MAX_USER_ID = 255

/**
 * Reads the rows of many users, grouped by user, in any order. No row stops the others; what is wrong with one is in
 * its user's outcome.
 *
 * @throws CountersignError `invalid_option` for wrong options; never for a row
 * @example
 * const users = readUsers(rows, { userId: (row) => row.user_id, from: fromKeycloak })
 * for (const user of users) {
 *   if (user.ok && user.userId !== null) await twoFactor.admin.importUser(user.userId, user.user)
 *   else report(user.userId, user.notes)
 * }
 */
export function readUsers<Row>(rows: Iterable<Row>, options: ReadUsersOptions<Row>): ReadUser[] {
  checkOptions(options)
  checkOptionNames('readUsers', options, OPTIONS)
  for (const name of ['userId', 'from'] as const) {
    if (typeof options[name] !== 'function') throw invalidOption(name, options[name], 'a function')
  }
  const byUser = new Map<string, Row[]>()
  const nobodys: ReadUser[] = []
  for (const row of rows) {
    const userId = readUserId(row, options.userId)
    if (userId === null) nobodys.push(nobody())
    else byUser.set(userId, [...(byUser.get(userId) ?? []), row])
  }
  const users = Array.from(byUser, ([userId, own]): ReadUser => ({ userId, ...options.from(own) }))
  return [...users, ...nobodys]
}

/** Null if it has none, or if `userId` throws for it. */
function readUserId<Row>(row: Row, ask: ReadUsersOptions<Row>['userId']): string | null {
  try {
    const id = ask(row)
    if (id === null || id === undefined) return null
    const text = String(id)
    return text.length >= 1 && text.length <= MAX_USER_ID ? text : null
  } catch {
    return null
  }
}

function nobody(): ReadUser {
  const message = 'This row has no user id, or one of more than 255 characters.'
  return { userId: null, ok: false, reason: 'missing', notes: [{ field: 'userId', reason: 'missing', message }] }
}
