import { invalidOption } from '../../options/invalid-option.ts'

/** The option of stores whose keys have a prefix. */
export interface PrefixOption {
  /** 1 to 100 visible ASCII characters. */
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
