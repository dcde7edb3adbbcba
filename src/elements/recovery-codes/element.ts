import { html, nothing, type TemplateResult } from 'lit/html.js'
import { BaseElement } from '../base.ts'
import { askBeforeLeaving } from '../parts/ask-before-leaving.ts'
import type { Properties } from '../rendered-element.ts'
import { createCodeList, createCodesToSave, type ShownCode } from './list.ts'

/** `<recovery-codes>` */
export class RecoveryCodes extends BaseElement {
  static override properties: Properties = {
    ...BaseElement.properties,
    codes: [],
    issuer: ['issuer'],
    accountName: ['account-name'],
    viewOnly: ['view-only', (text) => text !== null],
  }
  declare codes: readonly (string | ShownCode)[]
  declare issuer: string
  declare accountName: string
  declare viewOnly: boolean
  readonly #leaving = askBeforeLeaving(this, () => !this.viewOnly && this.codes.length > 0)
  #view: () => TemplateResult | typeof nothing = () => nothing

  constructor() {
    super()
    this.codes = []
    this.issuer = ''
    this.accountName = ''
    this.viewOnly = false
  }

  protected override willUpdate(changed: ReadonlySet<string>): void {
    if (['codes', 'issuer', 'accountName', 'viewOnly', 'texts', 'lang'].some((name) => changed.has(name))) this.#begin()
  }

  #begin(): void {
    const shown = this.codes.map((code) => (typeof code === 'string' ? { code, usedAtMs: null } : code))
    const done = () => {
      // They were shown, and must not be found in the page later.
      this.codes = []
      this.#leaving.check()
      this.scope.emit('recovery-codes-saved')
    }
    this.#leaving.check()
    if (shown.length === 0) this.#view = () => nothing
    else
      this.#view = this.viewOnly
        ? createCodeList(this.scope, this, shown)
        : createCodesToSave(this.scope, this, shown, done)
  }

  protected override render(): TemplateResult {
    return html`<div class="body">${this.#view()}</div>
      ${this.note()}`
  }
}
