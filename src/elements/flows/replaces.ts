import { type Field, selectField } from '../parts/field.ts'
import type { Texts } from '../texts/words.ts'
import type { Authenticator } from './purpose.ts'

/** Not an id: those are longer. An empty value would count as not filled in. */
const NONE = '-'

/** Which authenticator the new one replaces. `isChoice`: it may also replace none. */
export function replacesField(texts: Texts, authenticators: readonly Authenticator[], isChoice = false): Field {
  const each = authenticators.map(
    ({ id, name, type }) => [id, name || texts[type === 'passkey' ? type : 'phone']] as const,
  )
  const choices = [...each, ['all', texts.replaceAll] as const]
  return selectField('replaces', texts.replaceWhich, isChoice ? [[NONE, texts.replaceNone], ...choices] : choices)
}

/** What the field was set to. */
export function replacing(data: FormData): { replaces?: string } {
  const replaces = data.get('replaces') ?? NONE
  return replaces === NONE ? {} : { replaces: String(replaces) }
}
