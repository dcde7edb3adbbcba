import type { Texts } from '../texts/words.ts'
import { type Field, type InputOptions, textField } from './field.ts'

/** The server's limit. */
const MAX_BYTES = 64

/** A name that the person types. A message says if it is too long; it is not cut. */
export function nameField(texts: Texts, options: Partial<InputOptions>): Field {
  return {
    ...textField({ name: 'name', label: texts.name, ...options }),
    check: (text) => (new TextEncoder().encode(text.trim()).length > MAX_BYTES ? texts['invalid-name'] : null),
  }
}
