import type { Refusal } from 'countersign'
import type { Reason } from '../../answers.ts'
import { announce, type Child, element } from '../dom.ts'
import type { Texts } from '../texts.ts'
import type { Field } from './field.ts'
import { waitButton } from './wait-button.ts'

export interface RequestFormOptions<Ok extends { ok: true }> {
  texts: Pick<Texts, 'form' | 'reasons'>
  /** Stand above the fields. */
  intro?: Child[]
  fields: readonly Field[]
  /** Stand between the fields and the buttons. */
  outro?: Child[]
  /** What the button says. */
  action: string
  isDangerous?: boolean
  cancel?: (() => void) | undefined
  send(): Promise<Ok | Refusal<Reason>>
  done(answer: Ok): void | Promise<void>
  /** Takes a refusal elsewhere, by giving true; the rest is shown beside the field. */
  refused?(refusal: Refusal<Reason>): boolean
  /** The field that a reason is about; the last one if not said. */
  about?: Partial<Record<Reason, Field>>
  /** What a wait holds up: another kind of input may go on. */
  waitsFor?(): string
}

/** A form that asks the API for one thing: busy while it asks, with the refusal in words beside the field. */
export function requestForm<Ok extends { ok: true }>(options: RequestFormOptions<Ok>): HTMLFormElement {
  const { texts, fields, cancel, waitsFor = () => '' } = options
  const lastField = fields[fields.length - 1]
  const wait = waitButton(options.action, texts.form, options.isDangerous ? 'danger' : 'primary')
  const form = element(
    'form',
    { novalidate: true, onsubmit: submit },
    ...(options.intro ?? []),
    ...fields.map((field) => field.node),
    ...(options.outro ?? []),
    element(
      'div',
      { class: 'form-actions' },
      wait.button,
      cancel && element('button', { type: 'button', class: 'button', onclick: cancel }, texts.form.cancel),
    ),
  )
  let isBusy = false
  form.addEventListener('input', () => wait.showFor(waitsFor()))
  wait.onOver(() => {
    clearErrors()
    announce(texts.form.waitIsOver)
  })

  async function submit(event: Event): Promise<void> {
    event.preventDefault()
    if (isBusy || wait.isWaiting(waitsFor())) return
    clearErrors()
    const empty = fields.find((field) => field.input.required && field.input.value.trim() === '')
    if (empty) return complain(empty, texts.form.required)

    setBusy(true)
    const answer = await options.send()
    setBusy(false)
    if (answer.ok) return options.done(answer)
    if (options.refused?.(answer)) return
    if (answer.retryAfterSeconds !== null) wait.start(waitsFor(), answer.retryAfterSeconds)
    const field = options.about?.[answer.reason] ?? lastField
    if (field) complain(field, texts.reasons[answer.reason])
    else announce(texts.reasons[answer.reason])
  }
  function complain(field: Field, text: string): void {
    field.showError(text)
    field.input.focus()
    if (field.input instanceof HTMLInputElement) field.input.select()
  }
  function clearErrors(): void {
    for (const field of fields) field.showError(null)
  }
  function setBusy(value: boolean): void {
    isBusy = value
    form.setAttribute('aria-busy', String(value))
    wait.button.classList.toggle('is-busy', value)
  }
  return form
}
