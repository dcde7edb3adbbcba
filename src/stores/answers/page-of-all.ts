import type { UserIdsOptions, UserIdsPage } from '../../engine/store.ts'
import { invalidOption } from '../../options/invalid-option.ts'

const MAX_LIMIT = 1000

/** @throws CountersignError `invalid_option` */
export function checkedLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit
  throw invalidOption('limit', limit, `a whole number from 1 to ${MAX_LIMIT}`)
}

/** A page of a list that can only be read whole. Sorted by id, so that changes to other users shift no page. */
export function pageOfAll(all: Iterable<string>, { cursor = '', limit }: UserIdsOptions): UserIdsPage {
  const count = checkedLimit(limit)
  const after = [...all].filter((userId) => userId > cursor).sort()
  return lastIsCursor(after.slice(0, count), count)
}

/** A page of ids in the store's own order; the next page starts after the last one. */
export function lastIsCursor(userIds: readonly string[], limit: number): UserIdsPage {
  return { userIds, cursor: userIds.length < limit ? null : (userIds.at(-1) ?? null) }
}
