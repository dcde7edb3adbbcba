import { CountersignError } from '../errors.ts'
import { invalidOption } from './invalid-option.ts'
import { nearestName } from './nearest-name.ts'

const MAX_SHOWN = 40

/** Refuses anything but an options object, before anything is read from it. */
export function checkOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) throw invalidOption('options', options, 'an object')
}

/** The options, or none if something else was passed, so that a hostile body opens nothing. */
export function optionsArgument<Options extends object>(options: Options | undefined): Partial<Options> {
  return typeof options === 'object' && options !== null ? options : {}
}

/** A group of options at construction, which must be an object. */
export function groupOption<Options extends object>(name: string, options: Options | undefined): Partial<Options> {
  if (options === undefined) return {}
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return options
  throw invalidOption(name, options, 'an object')
}

/** The names of a type's options, checked by the compiler: a new option that is missing here does not compile. */
export function optionNames<Options extends object>(
  names: { readonly [Name in keyof Required<Options>]: true },
): readonly string[] {
  return Object.keys(names)
}

/**
 * Refuses an option that this function does not have: a misspelt one would silently do nothing.
 *
 * @param where the function and, for a group, its option: `createTwoFactor`, `createTwoFactor: totp`
 * @throws CountersignError `invalid_option` naming the option and the known one that is spelled most like it
 */
export function checkOptionNames(where: string, given: object, known: readonly string[]): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue
    const shown = name.length > MAX_SHOWN ? `${name.slice(0, MAX_SHOWN)}…` : name
    const nearest = nearestName(name, known)
    const hint = nearest === null ? `It has ${known.join(', ')}.` : `Did you mean '${nearest}'?`
    throw new CountersignError('invalid_option', `${where} has no option '${shown}'. ${hint}`)
  }
}
