import { invalidOption } from '../../options/invalid-option.ts'

/** What the keys of a store begin with. */
export interface PrefixOption {
  /** 1 to 100 visible characters of ASCII. */
  prefix?: string | undefined
}

const PREFIX = /^[!-~]{1,100}$/

/** @throws CountersignError `invalid_option` */
export function prefixOption(options: PrefixOption | undefined, otherwise: string): string {
  const prefix = options?.prefix
  if (prefix === undefined) return otherwise
  if (typeof prefix === 'string' && PREFIX.test(prefix)) return prefix
  throw invalidOption('prefix', prefix, '1 to 100 visible characters of ASCII')
}
