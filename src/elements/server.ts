import type { Texts } from './texts/words.ts'

export type * from './element-types.ts'
export { en } from './texts/en.ts'
export type { Texts } from './texts/words.ts'

/** On a server there are no elements. Registers nothing, so that a page's modules can be imported there too. */
export function defineElements(_options: { texts?: Partial<Texts> | undefined } = {}): void {}
