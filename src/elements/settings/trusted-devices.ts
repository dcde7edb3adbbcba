import { keyed } from 'lit/directives/keyed.js'
import { html, nothing, type TemplateResult } from 'lit/html.js'
import { ask, type Page } from '../flows/ask.ts'
import { button, group, row } from '../parts/row.ts'
import { fill } from '../texts/words.ts'
import { deviceName, type SettingsPage, thisDevice } from './page.ts'

/** The devices that skip the code, each with a button to revoke that. */
export function trustedDevicesView(page: SettingsPage): TemplateResult {
  const { texts, times } = page.scope
  const rows = page.status.trustedDevices.map(({ id, createdAtMs, expiresAtMs, ...device }) => {
    const name = deviceName(page.scope, device.name)
    return keyed(
      id,
      row(
        'laptop',
        html`<bdi>${name}</bdi>${thisDevice(page.scope, id, page.thisDeviceId)}`,
        fill(texts.trustedSince, { date: times.date(createdAtMs), end: times.date(expiresAtMs) }),
        button(texts.revoke, () => revoke(page, fill(texts.deviceRevokeWhy, { name }), { id }), 'small', name),
      ),
    )
  })
  return group(
    texts.trustedDevices,
    rows.length > 0 ? rows : html`<p class="muted">${texts.trustedNone}</p>`,
    rows.length > 1 ? button(texts.revokeAll, () => revoke(page, texts.devicesRevokeWhy, {}), 'small') : nothing,
  )
}

function revoke(page: Page, why: string, which: { id?: string }): void {
  const { texts, client } = page.scope
  ask(page, {
    heading: texts.deviceRevokeTitle,
    why,
    fields: [],
    action: which.id === undefined ? texts.revokeAll : texts.revoke,
    isDanger: true,
    send: () => client.revokeTrustedDevices(which),
    change: 'trusted-devices-revoked',
    doneText: texts.devicesRevoked,
  })
}
