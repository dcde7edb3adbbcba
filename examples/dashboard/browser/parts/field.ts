import { element, freshId } from '../dom.ts'
import { icon } from '../icons.ts'
import type { Texts } from '../texts.ts'

/** A labelled field that can say what is wrong with what it holds. */
export interface Field {
  node: HTMLElement
  input: HTMLInputElement | HTMLSelectElement
  showError(text: string | null): void
}

export interface FieldOptions {
  label: string
  hint?: string | undefined
  /** Of the input. */
  attributes?: Record<string, string | boolean | number>
  /** Stands inside of the field, at its end. */
  extra?: HTMLElement
}

export function textField({ label, hint, attributes = {}, extra }: FieldOptions): Field {
  const input = element('input', { type: 'text', id: freshId('field'), required: true, ...attributes })
  return labelled(input, label, hint, extra)
}

export function selectField(options: { label: string; choices: [value: string, label: string][] }): Field {
  const select = element(
    'select',
    { id: freshId('field') },
    ...options.choices.map(([value, label]) => element('option', { value }, label)),
  )
  return labelled(select, options.label)
}

/** A password, with a button that shows it. */
export function passwordField(
  texts: Texts['password'],
  options: { label?: string; hint?: string; autocomplete?: string } = {},
): Field {
  const toggle = element('button', { type: 'button', class: 'icon-button in-field' })
  const field = textField({
    label: options.label ?? texts.label,
    hint: options.hint,
    attributes: { type: 'password', autocomplete: options.autocomplete ?? 'current-password', spellcheck: 'false' },
    extra: toggle,
  })
  const show = (isShown: boolean) => {
    field.input.setAttribute('type', isShown ? 'text' : 'password')
    toggle.setAttribute('aria-label', isShown ? texts.hide : texts.show)
    toggle.replaceChildren(icon(isShown ? 'eyeOff' : 'eye'))
  }
  toggle.addEventListener('click', () => show(field.input.getAttribute('type') === 'password'))
  show(false)
  return field
}

function labelled(input: Field['input'], label: string, hint?: string, extra?: HTMLElement): Field {
  const error = element('p', { class: 'field-error', id: freshId('error'), role: 'alert' })
  const note = hint ? element('p', { class: 'field-hint', id: freshId('hint') }, hint) : null
  const describe = () => {
    const ids = [error.textContent ? error.id : null, note?.id].filter((id) => id)
    if (ids.length > 0) input.setAttribute('aria-describedby', ids.join(' '))
    else input.removeAttribute('aria-describedby')
  }
  describe()
  return {
    input,
    node: element(
      'div',
      { class: 'field' },
      element('label', { for: input.id }, label),
      element('div', { class: 'field-box' }, input, extra),
      error,
      note,
    ),
    showError(text) {
      error.replaceChildren(...(text ? [icon('alert'), text] : []))
      if (text) input.setAttribute('aria-invalid', 'true')
      else input.removeAttribute('aria-invalid')
      describe()
    },
  }
}
