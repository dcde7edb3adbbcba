import { html, nothing, type TemplateResult } from 'lit/html.js'
import type { Refused, Scope } from '../scope.ts'
import { type Field, problemView } from './field.ts'
import { createWait } from './wait.ts'

/** Seconds for which an app's code is still valid after it was typed. */
const LONGEST_FOR_A_CODE = 30

export interface FormOptions<Answer> {
  /** Shown above the fields. */
  intro?: TemplateResult | undefined
  fields: readonly Field[]
  /** Shown between the fields and the buttons. Receives the kind of input that is asked for. */
  outro?: (asked: string) => TemplateResult | typeof nothing
  /** The label of a second button, which sends the form with `passkey`, without the other proof. */
  passkey?: string | undefined
  /** The label of the button. */
  action: string
  isDanger?: boolean
  cancel?: (() => void) | undefined
  send(data: FormData): Promise<({ ok: true } & Answer) | Refused>
  done(answer: Answer): void
  /** Returns true if it handles a refusal; others are shown beside the last field. */
  refused?(refusal: Refused): boolean
}

/** A form that asks the API for one thing: busy while it asks, with the refusal in words beside the field. */
export function createForm<Answer>(scope: Scope, options: FormOptions<Answer>): () => TemplateResult {
  const { texts } = scope
  const { fields, intro = nothing, outro, cancel, passkey } = options
  const last = fields[fields.length - 1]
  let problems = new Map<string, string>()
  /** Submitted during a wait: it is sent when the wait is over. */
  let queued: HTMLFormElement | null = null
  const wait = createWait(scope, () => {
    problems.clear()
    if (queued?.isConnected) queued.requestSubmit()
    else scope.announce(texts.waitIsOver)
  })

  const lastText = (form: HTMLFormElement) => textIn(new FormData(form), last?.name ?? '')
  const kindIn = (form: HTMLFormElement) => last?.kind?.(lastText(form)) ?? ''

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    const form = event.currentTarget
    if (!(form instanceof HTMLFormElement) || scope.isWorking) return
    const byPasskey = event.submitter?.getAttribute('name') === 'passkey'
    const kind = kindIn(form)
    wait.showFor(kind)
    const data = new FormData(form)
    if (byPasskey) data.set('passkey', '')
    const found = problemsIn(data, byPasskey)
    queued = null
    if (found.size > 0) return complain(form, found)
    if (!byPasskey && wait.secondsLeft() > 0) {
      // By then, the app shows another code.
      queued = kind === 'app' && wait.secondsLeft() > LONGEST_FOR_A_CODE ? null : form
      return scope.update()
    }

    problems.clear()
    const answer = await scope.work(options.send(data))
    if (answer === null) return
    if (answer.ok) return options.done(answer)
    if (answer.reason === 'signed-out') scope.emit('two-factor-signed-out')
    if (answer.reason === 'timed-out' && scope.lookAgain()) return
    if (options.refused?.(answer)) return
    if (answer.reason === 'proof-required') scope.emit('two-factor-sign-in-again')
    if (answer.retryAfterSeconds !== null) wait.start(kind, answer.retryAfterSeconds)
    const field = byPasskey ? undefined : last
    const words = field?.wordsFor?.(answer, textIn(data, field.name)) ?? texts[answer.reason]
    complain(form, new Map([[field?.name ?? '', words]]))
  }
  function problemsIn(data: FormData, byPasskey: boolean): Map<string, string> {
    const asked = fields.filter(({ isProof = false }) => !(isProof && byPasskey))
    const found = asked.map(({ name, whenEmpty = texts.required, check }) => {
      const text = textIn(data, name)
      return [name, text.trim() === '' ? whenEmpty : (check?.(text) ?? '')] as const
    })
    return new Map(found.filter(([, words]) => words !== ''))
  }
  function complain(form: HTMLFormElement, found: Map<string, string>): void {
    problems = found
    scope.update()
    const [first] = found.keys()
    const input = form.querySelector<HTMLElement>(`[name="${first}"]`)
    input?.focus()
    if (input instanceof HTMLInputElement) input.select()
    // After the text is there, which pushes it down.
    queueMicrotask(() => form.querySelector('.actions')?.scrollIntoView?.({ block: 'nearest' }))
  }
  /** Before the field's own listener, which may send the form. */
  function typed({ currentTarget, type }: Event): void {
    if (type === 'clear') problems.clear()
    queued = null
    if (currentTarget instanceof HTMLFormElement) wait.showFor(kindIn(currentTarget))
  }
  const problemOf = (name: string) => problems.get(name) ?? null

  return () => {
    const isBusy = scope.isWorking
    const isWaiting = wait.secondsLeft() > 0
    const look = options.isDanger ? 'danger' : 'primary'
    const words = isWaiting ? wait.words(queued !== null) : options.action
    return html`<form novalidate aria-busy=${isBusy} @submit=${submit} @input=${{ handleEvent: typed, capture: true }} @clear=${typed}>
      ${intro} ${fields.map((field) => field.view(problemOf(field.name)))} ${outro?.(last?.kind?.('') ?? '')}
      ${last && !passkey ? nothing : problemView('problem', problemOf(''))}
      <div class="actions">
        <button
          class="button ${look} ${isWaiting ? 'waiting' : ''}"
          part="button ${look}"
          ?data-first=${fields.length === 0}
          aria-disabled=${isBusy || isWaiting}
        >
          ${isBusy ? html`<span class="spinner"></span>${texts.working}` : words}
        </button>
        ${
          passkey
            ? html`<button class="button" part="button" name="passkey" aria-disabled=${isBusy}>${passkey}</button>`
            : nothing
        }
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

const textIn = (data: FormData, name: string) => String(data.get(name) ?? '')
