import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit'
import type { StatusAnswer } from '../../http/index.ts'
import { BaseElement } from '../base.ts'
import type { Page } from '../flows/ask.ts'
import { keepFocus } from '../parts/keep-focus.ts'
import { createLoading, loadingView, staleView } from '../parts/loading.ts'
import { dialogStage, type Stage } from '../parts/stage.ts'
import { whenVisible } from '../parts/when-visible.ts'
import { authenticatorsView } from './authenticators.ts'
import { changesView } from './changes.ts'
import { disableView } from './disable.ts'
import { headView, setUpView } from './head.ts'
import { noticesView } from './notices.ts'
import { recoveryCodesView } from './recovery-codes.ts'
import { trustedDevicesView } from './trusted-devices.ts'

/** `<two-factor-settings>` */
export class TwoFactorSettings extends BaseElement {
  static override properties: PropertyDeclarations = { notMeUrl: { attribute: 'not-me-url' } }
  declare notMeUrl: string
  readonly #stage: Stage = dialogStage(this, this.scope)
  readonly #status = createLoading(this.scope, () => this.scope.client.status())
  readonly #page: Page = {
    scope: this.scope,
    show: this.#stage.show,
    changed: (change) => {
      this.scope.emit('two-factor-changed', { change })
      this.refresh()
    },
    refresh: () => this.refresh(),
  }

  constructor() {
    super()
    keepFocus(this)
    whenVisible(this, () => this.refresh())
    this.notMeUrl = ''
  }

  /** Asks for the status again: where something else on the page has changed it. */
  refresh(): void {
    this.#status.again()
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('baseUrl') || changed.has('client')) this.refresh()
  }

  protected override render(): TemplateResult {
    const { answer, refusal } = this.#status
    const isOpen = this.#stage.isOpen()
    return html`<section class="card" part="card" aria-busy=${!answer && !refusal}>
        ${this.told()} ${answer && refusal ? staleView(this.scope, this.#status) : nothing}
        ${answer ? statusView(this.#page, answer, this.notMeUrl) : loadingView(this.scope, this.#status)}
        <slot name="help"></slot>
      </section>
      ${this.#stage.view(this.note(isOpen))} ${this.note(!isOpen)}`
  }
}

function statusView(page: Page, status: StatusAnswer, notMeUrl: string): TemplateResult {
  return html`${headView(page.scope, status)} ${noticesView(page, status, notMeUrl)}
  ${
    status.enabled
      ? html`${authenticatorsView(page, status)} ${recoveryCodesView(page, status)} ${trustedDevicesView(page, status)}`
      : setUpView(page, status)
  }
  ${changesView(page.scope, status, notMeUrl)} ${status.enabled ? disableView(page, status) : nothing}`
}
