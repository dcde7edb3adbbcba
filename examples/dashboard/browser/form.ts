import type { Refusal, Result } from './api.ts'
import { element } from './dom.ts'
import { icon } from './icons.ts'
import { texts } from './language.ts'

export interface Field {
  /** As the API calls it. */
  name: string
  label: string
  hint?: string
  type?: 'password'
  autocomplete?: string
  value?: string
}

export interface FormOptions<Answer> {
  fields: readonly Field[]
  /** What the button says. */
  action: string
  isDangerous?: boolean
  cancel?: () => void
  send(values: Record<string, FormDataEntryValue>): Promise<Result<Answer>>
  done(answer: { ok: true } & Answer, values: Record<string, FormDataEntryValue>): void | Promise<void>
  /** The field that a reason is about; the last one if not said. */
  about?: Partial<Record<Refusal['reason'], string>>
}

/** A form that asks the API for one thing; what is refused is said beside the field that it is about. */
export function createForm<Answer>(options: FormOptions<Answer>): HTMLFormElement {
  const { action, isDangerous = false, cancel, about = {} } = options
  const fields = options.fields.map(createField)
  const form = element(
    'form',
    { onsubmit: submit },
    ...fields.map(({ node }) => node),
    element(
      'div',
      { class: 'form-actions' },
      element('button', { class: `button ${isDangerous ? 'danger' : 'primary'}` }, action),
      cancel && element('button', { type: 'button', class: 'button', onclick: cancel }, texts().cancel),
    ),
  )

  async function submit(event: Event): Promise<void> {
    event.preventDefault()
    if (form.ariaBusy === 'true') return
    form.ariaBusy = 'true'
    const values = Object.fromEntries(new FormData(form))
    const result = await options.send(values)
    form.ariaBusy = 'false'
    if (result.ok) return options.done(result, values)
    const wrong = about[result.reason] ?? fields.at(-1)?.name
    for (const field of fields) field.complain(field.name === wrong ? result.words : null)
  }
  return form
}

function createField({ name, label, hint, type, autocomplete = 'off', value }: Field) {
  const input = element('input', {
    id: name,
    name,
    type: type ?? 'text',
    autocomplete,
    value,
    passed: false,
    maxlength: 500,
    autocapitalize: 'none',
    spellcheck: 'false',
    'aria-describedby': `${name}-problem ${name}-hint`,
  })
  const problem = element('p', { class: 'problem', id: `${name}-problem`, role: 'alert' })
  return {
    name,
    node: element(
      'div',
      { class: 'field' },
      element('label', { for: name }, label),
      element('div', { class: 'field-box' }, input, type && showButton(input)),
      problem,
      element('p', { class: 'hint', id: `${name}-hint` }, hint),
    ),
    complain(words: string | null): void {
      problem.replaceChildren(...(words === null ? [] : [icon('alert'), words]))
      input.ariaInvalid = words === null ? null : 'true'
      if (words !== null) input.select()
    },
  }
}

function showButton(input: HTMLInputElement): HTMLElement {
  const button = element('button', { type: 'button', class: 'icon-button', onclick: () => show(input.type !== 'text') })
  function show(isShown: boolean): void {
    input.type = isShown ? 'text' : 'password'
    button.ariaLabel = isShown ? texts().hidePassword : texts().showPassword
    button.replaceChildren(icon(isShown ? 'eyeOff' : 'eye'))
  }
  show(false)
  return button
}
