import { CountersignError } from '../../errors.ts'

/** What a database answered is nothing that a store can give on. */
export function storeInvalid(what: string): CountersignError {
  return new CountersignError('store_invalid', `The store answered what it must not: ${what}.`)
}
