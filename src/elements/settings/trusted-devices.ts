import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { StatusAnswer } from '../../http/index.ts'
import type { Page } from '../flows/ask.ts'
import { reportFault } from '../parts/report-fault.ts'
import { button, group, row } from '../parts/row.ts'
import { fill } from '../texts/words.ts'

/** The devices on which no code is asked, each with the way to end that. */
export function trustedDevicesView(page: Page, { trustedDevices }: StatusAnswer): TemplateResult {
  const { texts, times } = page.scope
  const rows = repeat(
    trustedDevices,
    ({ id }) => id,
    ({ id, name, createdAtMs, expiresAtMs }) =>
      row(
        'laptop',
        html`<bdi>${name}</bdi>`,
        fill(texts.trustedSince, { date: times.date(createdAtMs), end: times.date(expiresAtMs) }),
        button(texts.revoke, () => revoke(page, { id }), 'small', name),
      ),
  )
  return group(
    texts.trustedDevices,
    trustedDevices.length > 0 ? rows : html`<p class="muted">${texts.trustedNone}</p>`,
    trustedDevices.length > 1 ? button(texts.revokeAll, () => revoke(page, {}), 'small') : nothing,
  )
}

function revoke({ scope, changed }: Page, which: { id?: string }): void {
  const { texts, client } = scope
  client
    .revokeTrustedDevices(which)
    .then((answer) => {
      scope.announce(answer.ok ? texts.devicesRevoked : texts[answer.reason])
      changed('trusted-devices-revoked')
    })
    .catch(reportFault)
}
