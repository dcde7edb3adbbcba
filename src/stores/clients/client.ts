import { CountersignError } from '../../errors.ts'
import { describeGiven, isPromise } from '../../options/invalid-option.ts'
import { hasFunction, knownClient } from './known.ts'

/** What a store needs of its client. */
export interface ClientNeeds {
  /** What to pass, after "pass": "a Pool or a Client of pg, such as new Pool({ connectionString })". */
  pass: string
  /** The subpath of the store: the client of another store is refused by name. */
  from: string
  functions: readonly string[]
  /** What is wrong with a client that has all functions, and what to do; null if nothing is. */
  wrong?: (client: object) => string | null
}

/** The same functions, doing the same. */
const ALIKE = new Set(['better-sqlite3', 'node-sqlite', 'bun-sqlite'])

/**
 * A wrong client would otherwise fail at the first sign-in, or end the process there.
 *
 * @throws CountersignError `invalid_option`
 */
export function checkClient(where: string, client: unknown, needs: ClientNeeds): void {
  const wrong = wrongWith(client, needs)
  if (wrong === null) return
  throw new CountersignError('invalid_option', `${where}: ${wrong} Pass ${needs.pass}.`)
}

function wrongWith(client: unknown, needs: ClientNeeds): string | null {
  if ((typeof client !== 'object' && typeof client !== 'function') || client === null) {
    const hint = typeof client === 'string' ? ' A connection string is not a client.' : ''
    return `the client is ${describeGiven(client)}.${hint}`
  }
  const missing = needs.functions.filter((name) => !hasFunction(client, name))
  if (missing.length > 0 && isPromise(client)) return 'the client is a promise (is an await missing?).'
  if (missing.length > 0 && typeof client === 'function') {
    const isClass = typeof client.prototype === 'object' && client.prototype !== null
    return isClass && hasFunction(client.prototype, needs.functions[0] ?? '')
      ? `the client is the class ${client.name}, not an instance of it.`
      : `the client is a function without ${listed(missing)}. Does it have to be called first?`
  }
  const known = knownClient(client)
  if (known !== null && known.from !== needs.from && !(ALIKE.has(known.from) && ALIKE.has(needs.from))) {
    return `the client is ${known.is}, which ${known.store} of countersign/stores/${known.from} takes.`
  }
  if (missing.length > 0) return `the client has no function ${listed(missing)}.`
  return needs.wrong?.(client) ?? null
}

function listed(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(' and no ')
}
