import { html, nothing, type TemplateResult } from 'lit'
import type { Refused, Scope } from '../scope.ts'
import { type Field, problemView } from './field.ts'
import { createWait } from './wait.ts'

export interface FormOptions<Answer> {
  /** Stands above the fields. */
  intro?: TemplateResult | undefined
  fields: readonly Field[]
  /** Stands between the fields and the buttons. Is given the kind of input that is asked for. */
  outro?: (asked: string) => TemplateResult | typeof nothing
  /** What the button says. */
  action: string
  isDanger?: boolean
  cancel?: (() => void) | undefined
  /** What is wrong before anything is sent: the field and the words. */
  check?(data: FormData): readonly [field: string, problem: string] | null
  send(data: FormData): Promise<({ ok: true } & Answer) | Refused>
  done(answer: Answer): void
  /** Takes a refusal elsewhere, by giving true; the rest is shown beside the last field. */
  refused?(refusal: Refused): boolean
}

/** A form that asks the API for one thing: busy while it asks, with the refusal in words beside the field. */
export function createForm<Answer>(scope: Scope, options: FormOptions<Answer>): () => TemplateResult {
  const { texts } = scope
  const { fields, intro = nothing, outro, cancel } = options
  const last = fields[fields.length - 1]
  const wait = createWait(scope, () => {
    problem = null
    scope.announce(texts.waitIsOver)
  })
  let problem: readonly [field: string, words: string] | null = null

  const kindIn = (form: HTMLFormElement) => last?.kind?.(textIn(form, last.name)) ?? ''

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    const form = event.currentTarget
    if (!(form instanceof HTMLFormElement)) return
    const kind = kindIn(form)
    wait.showFor(kind)
    if (scope.isWorking || wait.secondsLeft() > 0) return
    const data = new FormData(form)
    const found = emptyField(data) ?? options.check?.(data)
    if (found) return complain(form, ...found)

    problem = null
    const answer = await scope.work(options.send(data))
    if (answer === null) return
    if (answer.ok) return options.done(answer)
    if (answer.reason === 'signed-out') scope.emit('two-factor-signed-out')
    if (options.refused?.(answer)) return
    if (answer.reason === 'proof-required') scope.emit('two-factor-sign-in-again')
    if (answer.retryAfterSeconds !== null) wait.start(kind, answer.retryAfterSeconds)
    complain(form, last?.name ?? '', texts[answer.reason])
  }
  function emptyField(data: FormData): readonly [string, string] | null {
    const empty = fields.find(({ name }) => data.has(name) && String(data.get(name)).trim() === '')
    return empty ? [empty.name, texts.required] : null
  }
  function complain(form: HTMLFormElement, field: string, words: string): void {
    problem = [field, words]
    scope.update()
    const input = form.querySelector<HTMLElement>(`[name="${field}"]`)
    input?.focus()
    if (input instanceof HTMLInputElement) input.select()
  }
  function typed({ currentTarget, type }: Event): void {
    if (type === 'clear') problem = null
    if (currentTarget instanceof HTMLFormElement) wait.showFor(kindIn(currentTarget))
  }
  const problemOf = (name: string) => (problem?.[0] === name ? problem[1] : null)

  return () => {
    const isBusy = scope.isWorking
    const isWaiting = wait.secondsLeft() > 0
    const look = options.isDanger ? 'danger' : 'primary'
    return html`<form novalidate aria-busy=${isBusy} @submit=${submit} @input=${typed} @clear=${typed}>
      ${intro} ${fields.map((field) => field.view(problemOf(field.name)))} ${outro?.(last?.kind?.('') ?? '')}
      ${last ? nothing : problemView('problem', problemOf(''))}
      <div class="actions">
        <button class="button ${look}" part="button ${look}" ?disabled=${isWaiting} aria-disabled=${isBusy}>
          ${isBusy ? html`<span class="spinner"></span>${texts.working}` : isWaiting ? wait.words() : options.action}
        </button>
        ${
          cancel
            ? html`<button type="button" class="button" part="button" aria-disabled=${isBusy} @click=${cancel}>
              ${texts.cancel}
            </button>`
            : nothing
        }
      </div>
    </form>`
  }
}

function textIn(form: HTMLFormElement, name: string): string {
  const input = form.elements.namedItem(name)
  return input instanceof HTMLInputElement ? input.value : ''
}
