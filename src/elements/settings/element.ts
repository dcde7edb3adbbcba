import { html, nothing, type TemplateResult } from 'lit/html.js'
import { BaseElement } from '../base.ts'
import type { AccessTokensChange, TwoFactorChange } from '../element-types.ts'
import { keepFocus } from '../parts/keep-focus.ts'
import { createLoading, loadingView, staleView } from '../parts/loading.ts'
import { dialogStage, type Stage } from '../parts/stage.ts'
import { whenVisible } from '../parts/when-visible.ts'
import type { Properties } from '../rendered-element.ts'
import { authenticatorsView } from './authenticators.ts'
import { changesView } from './changes.ts'
import { disableView } from './disable.ts'
import { headView, setUpView } from './head.ts'
import { noticesView } from './notices.ts'
import type { SettingsPage } from './page.ts'
import { recoveryCodesView } from './recovery-codes.ts'
import { trustedDevicesView } from './trusted-devices.ts'

/** `<two-factor-settings>` */
export class TwoFactorSettings extends BaseElement {
  static override properties: Properties = {
    ...BaseElement.properties,
    notMeUrl: ['not-me-url'],
    resetAtMs: ['reset-at-ms', Number],
  }
  declare notMeUrl: string
  declare resetAtMs: number
  readonly #stage: Stage = dialogStage(this, this.scope)
  readonly #status = createLoading(this.scope, async () => {
    const { client } = this.scope
    const status = await client.status()
    if (!status.ok) return status
    const device = status.trustedDevices.length > 0 ? await client.thisDevice() : null
    return { ok: true as const, status, thisDeviceId: device?.ok ? device.trustedDeviceId : null }
  })
  readonly #page = {
    scope: this.scope,
    show: this.#stage.show,
    changed: (change: TwoFactorChange | AccessTokensChange) => {
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
    this.resetAtMs = 0
  }

  /** Loads the status again, after something else on the page changed it. */
  refresh(): void {
    this.#status.again()
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
    const { answer, refusal } = this.#status
    const isOpen = this.#stage.isOpen()
    return html`<section class="card" part="card" aria-busy=${!answer && !refusal}>
        ${this.told()} ${answer && refusal ? staleView(this.scope, this.#status) : nothing}
        ${answer ? statusView(this.#with(answer)) : loadingView(this.scope, this.#status)}
        <slot name="help"></slot>
      </section>
      ${this.#stage.view(this.note(isOpen))} ${this.note(!isOpen)}`
  }

  #with({ status, thisDeviceId }: Pick<SettingsPage, 'status' | 'thisDeviceId'>): SettingsPage {
    const { notMeUrl, resetAtMs } = this
    const notMe = notMeUrl ? html`<a href=${notMeUrl}>${this.scope.texts.notMe}</a>` : nothing
    return { ...this.#page, status, thisDeviceId, notMe, resetAtMs }
  }
}

function statusView(page: SettingsPage): TemplateResult {
  const { scope, status } = page
  return html`${headView(scope, status)} ${noticesView(page)}
  ${
    status.enabled
      ? html`${authenticatorsView(page, status)} ${recoveryCodesView(page, status)} ${trustedDevicesView(page)}`
      : setUpView(page, status)
  }
  ${changesView(page)} ${status.enabled ? disableView(page, status) : nothing}`
}
