import { element } from '../dom.ts'
import type { Texts } from '../texts.ts'
import { type Field, textField } from './field.ts'

/** What an app shows: six digits, perhaps with a gap in the middle. */
const APP_CODE = /^\s*\d{3}\s?\d{3}\s*$/

export type CodeKind = 'app' | 'recovery'

export interface CodeField extends Field {
  /** What the field seems to hold: a wait for the one kind of code holds up nobody who types the other. */
  kind(): CodeKind
}

/** A field for a code from the app. Once it holds one, its form is sent. */
export function appCodeField(texts: Texts['code'], label: string = texts.label): Field {
  const field = textField({
    label,
    hint: texts.hint,
    attributes: { class: 'code', ...forApp, placeholder: '000 000' },
  })
  sendWhenFull(field, () => true)
  return field
}

/**
 * One field for both kinds of code. It takes either at any time; the link beneath changes only which keyboard a phone
 * shows, and what is said beside the field.
 */
export function eitherCodeField(texts: Texts['code'], first: CodeKind): CodeField {
  let shown = first
  const link = element('button', { type: 'button', class: 'link' })
  const field = textField({ label: texts.combined, hint: texts.hint, attributes: { class: 'code' } })
  const hint = field.node.querySelector('.field-hint')

  const show = (kind: CodeKind) => {
    shown = kind
    const attributes = kind === 'app' ? forApp : forRecovery
    for (const [name, value] of Object.entries(attributes)) field.input.setAttribute(name, value)
    hint?.replaceChildren(kind === 'app' ? texts.hint : texts.recoveryHint)
    link.replaceChildren(kind === 'app' ? texts.useRecoveryCode : texts.useApp)
  }
  link.addEventListener('click', () => {
    show(shown === 'app' ? 'recovery' : 'app')
    field.showError(null)
    field.input.value = ''
    field.input.dispatchEvent(new Event('input', { bubbles: true }))
    field.input.focus()
  })
  show(first)
  field.node.append(link)
  sendWhenFull(field, () => shown === 'app')

  return {
    ...field,
    kind: () =>
      field.input.value.trim() === '' ? shown : /^[\d\s]{1,8}$/.test(field.input.value) ? 'app' : 'recovery',
  }
}

const forApp = { inputmode: 'numeric', autocomplete: 'one-time-code', autocapitalize: 'off', spellcheck: 'false' }
const forRecovery = { inputmode: 'text', autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false' }

function sendWhenFull({ input }: Field, isWanted: () => boolean): void {
  input.addEventListener('input', () => {
    if (isWanted() && APP_CODE.test(input.value)) input.form?.requestSubmit()
  })
}
