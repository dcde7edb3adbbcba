import { html, type TemplateResult } from 'lit/html.js'
import type { StatusAnswer } from '../../http/index.ts'
import { BaseElement } from '../base.ts'
import { CHANGES, purposeOf } from '../flows/purpose.ts'
import { setUp } from '../flows/set-up.ts'
import { icon } from '../icons.ts'
import { createLoading, loadingView } from '../parts/loading.ts'
import { pageStage, type Stage } from '../parts/stage.ts'
import type { Properties } from '../rendered-element.ts'

/** `<two-factor-setup>` */
export class TwoFactorSetup extends BaseElement {
  static override properties: Properties = { ...BaseElement.properties, replaces: ['replaces'] }
  declare replaces: string | undefined
  readonly #stage: Stage = pageStage(this, this.scope, () => this.hasAttribute('autofocus'))
  #why: string | undefined
  readonly #status = createLoading(
    this.scope,
    () => this.scope.client.status(),
    (status) => this.#begin(status),
  )

  protected override lookAgain(): boolean {
    this.#why = this.scope.texts.outcomeUnknown
    this.#status.again()
    return true
  }

  protected override willUpdate(changed: ReadonlySet<string>): void {
    if (changed.has('baseUrl') || changed.has('client')) this.#status.again()
  }

  #begin(status: StatusAnswer): void {
    const { scope } = this
    const { show } = this.#stage
    const { pendingSetup } = status
    const purpose = purposeOf(status, pendingSetup?.replaces ?? [this.replaces ?? ''])
    const finish = (authenticatorId: string) => {
      show({
        heading: scope.texts.twoFactor,
        view: () => html`<div class="head finished" tabindex="-1" data-first>
          <span class="badge on">${icon('shieldCheck')}</span>
          <p>${scope.texts[`${purpose.kind}Done`]}</p>
        </div>`,
      })
      scope.emit('two-factor-changed', { change: CHANGES[purpose.kind] })
      scope.emit('two-factor-setup-done', { authenticatorId })
    }
    const cancel = () => {
      this.#begin({ ...status, pendingSetup: null })
      scope.emit('two-factor-setup-canceled')
    }
    const options = { purpose, person: status, offersBoth: true, show, cancel, finish }
    setUp(scope, options, pendingSetup === null ? 'app' : 'resumed', this.#why)
    this.#why = undefined
  }

  protected override render(): TemplateResult {
    return this.#stage.isOpen()
      ? html`${this.#stage.view(this.note())}<slot name="help"></slot>`
      : html`<section class="card page" part="card">${loadingView(this.scope, this.#status)}</section>`
  }
}
