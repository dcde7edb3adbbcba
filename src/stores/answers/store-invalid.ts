import { CountersignError } from '../../errors.ts'

/** A database or its driver answered with something that a store cannot pass on. */
export function storeInvalid(what: string): CountersignError {
  return new CountersignError('store_invalid', `Invalid store result: ${what}.`)
}
