import { html, nothing, type TemplateResult } from 'lit/html.js'
import type { StatusAnswer } from '../../http/index.ts'
import type { Page } from '../flows/ask.ts'
import { beginSetUp } from '../flows/set-up.ts'
import { icon } from '../icons.ts'
import { button, pill } from '../parts/row.ts'
import { canAddPasskey } from '../passkeys/available.ts'
import type { Scope } from '../scope.ts'

/** Whether it is on, since when, and whether it is required. */
export function headView({ texts, times }: Scope, status: StatusAnswer): TemplateResult {
  const { enabled, required, enabledAtMs } = status
  const since = enabledAtMs === null ? '' : texts.onSince.replace('{date}', times.date(enabledAtMs))
  return html`<div class="head">
    <span class="badge ${enabled ? 'on' : ''}">${icon(enabled ? 'shieldCheck' : 'shield')}</span>
    <div>
      <h2 tabindex="-1" part="heading">
        ${texts.twoFactor} ${enabled ? pill('good', texts.on) : pill('plain', texts.off)}
        ${required ? pill('warn', texts.isRequired) : nothing}
      </h2>
      <p class="muted">${enabled ? `${texts.onWhy} ${since}` : texts.offWhy}</p>
    </div>
  </div>`
}

export function setUpView(page: Page, status: StatusAnswer): TemplateResult {
  const { texts } = page.scope
  return html`<div class="actions indented">
    ${button(texts.setUpTitle, () => beginSetUp(page, status, { kind: 'setUp' }), 'primary')}
    ${canAddPasskey(status) ? button(texts.addPasskey, () => beginSetUp(page, status, { kind: 'setUp' }, 'passkey')) : nothing}
  </div>`
}
