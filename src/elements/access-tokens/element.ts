import { html, nothing, type TemplateResult } from 'lit/html.js'
import { BaseElement } from '../base.ts'
import type { Page } from '../flows/ask.ts'
import { keepFocus } from '../parts/keep-focus.ts'
import { createLoading, loadingView, staleView } from '../parts/loading.ts'
import { dialogStage, type Stage } from '../parts/stage.ts'
import { whenVisible } from '../parts/when-visible.ts'
import { tokensView } from './list.ts'

/** `<access-tokens>` */
export class AccessTokens extends BaseElement {
  readonly #stage: Stage = dialogStage(this, this.scope)
  readonly #tokens = createLoading(this.scope, async () => {
    const { client } = this.scope
    const [status, tokens] = await Promise.all([client.status(), client.accessTokens()])
    if (!status.ok) return status
    return tokens.ok ? { ...tokens, person: status } : tokens
  })
  readonly #page: Page = {
    scope: this.scope,
    show: this.#stage.show,
    changed: (change) => {
      this.scope.emit('access-tokens-changed', { change })
      this.refresh()
    },
    refresh: () => this.refresh(),
  }

  constructor() {
    super()
    keepFocus(this)
    whenVisible(this, () => this.refresh())
  }

  /** Loads the list again, after something else on the page changed it. */
  refresh(): void {
    this.#tokens.again()
  }

  protected override lookAgain(): boolean {
    this.#stage.show(null)
    this.scope.tell(this.scope.texts.outcomeUnknown, 'warn')
    this.refresh()
    return true
  }

  protected override willUpdate(changed: ReadonlySet<string>): void {
    if (changed.has('baseUrl') || changed.has('client')) this.refresh()
  }

  protected override render(): TemplateResult {
    const { answer, refusal } = this.#tokens
    const isOpen = this.#stage.isOpen()
    return html`<section class="card" part="card" aria-busy=${!answer && !refusal}>
        ${this.told()} ${answer && refusal ? staleView(this.scope, this.#tokens) : nothing}
        ${answer ? tokensView(this.#page, answer) : loadingView(this.scope, this.#tokens)}
      </section>
      ${this.#stage.view(this.note(isOpen))} ${this.note(!isOpen)}`
  }
}
