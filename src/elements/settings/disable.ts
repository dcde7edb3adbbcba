import { html, type TemplateResult } from 'lit/html.js'
import type { StatusAnswer } from '../../http/index.ts'
import { ask, type Page } from '../flows/ask.ts'
import { createProof } from '../parts/proof.ts'
import { button } from '../parts/row.ts'

/** The button to turn it off, unless it is required. */
export function disableView(page: Page, status: StatusAnswer): TemplateResult {
  const { texts } = page.scope
  const content = status.required
    ? html`<p class="muted">${texts.cannotDisable}</p>`
    : button(texts.disableTitle, () => disable(page, status), 'quiet-danger')
  return html`<div class="foot">${content}</div>`
}

function disable(page: Page, status: StatusAnswer): void {
  const { texts, client } = page.scope
  const proof = createProof(page.scope, status)
  ask(page, {
    heading: texts.disableTitle,
    why: html`${texts.disableWhy}${proof.account}`,
    fields: proof.fields,
    action: texts.disable,
    isDanger: true,
    passkey: proof.passkey,
    send: (data) => proof.send(data, client.disable),
    change: 'disabled',
    doneText: texts.disabled,
  })
}
