import { invalidOption, isPromise } from './invalid-option.ts'

/**
 * Refuses an object without the required functions, and says which are missing.
 *
 * @param what the expected object: `a UserStore, such as memoryStore()`
 */
export function checkMethods<Given extends object>(
  name: string,
  given: Given | undefined,
  methods: readonly (keyof Given & string)[],
  what: string,
): asserts given is Given {
  if (typeof given !== 'object' || given === null || isPromise(given)) {
    const hint = typeof given === 'function' ? 'Call it, and pass what it returns.' : ''
    throw invalidOption(name, given, what, hint)
  }
  const missing = methods.filter((method) => typeof Reflect.get(given, method) !== 'function')
  if (missing.length > 0) throw invalidOption(name, given, what, `It has no function ${missing.join(' and no ')}.`)
}
