import type { Status } from 'countersign'
import { announce, type Child, element } from '../dom.ts'
import { onDate } from '../times.ts'
import { listRow, type PageNeeds, pageButton, verb } from './page.ts'

/** The devices on which no code is asked, each with the way to end that. */
export function trustedDeviceRows(needs: PageNeeds, { trustedDevices }: Status, refresh: () => Promise<void>): Child[] {
  const { api, texts } = needs

  async function revoke(which: { id?: string }): Promise<void> {
    const answer = await api.revokeTrustedDevices(which)
    announce(answer.ok ? 'A code will be asked there again.' : texts.reasons[answer.reason])
    await refresh()
  }

  const rows = trustedDevices.map(({ id, name, createdAtMs, expiresAtMs }) =>
    listRow(
      'laptop',
      element('strong', {}, name),
      element('span', { class: 'muted' }, `Since ${onDate(createdAtMs)}, until ${onDate(expiresAtMs)}`),
      pageButton(`revoke-${id}`, verb('Revoke', name), () => revoke({ id }), 'small'),
    ),
  )
  const all = trustedDevices.length > 1 && pageButton('revoke-all', 'Revoke All', () => revoke({}), 'small')
  return [
    element(
      'div',
      { class: 'group' },
      element('div', { class: 'group-head' }, element('h3', {}, 'Trusted Devices'), all),
      ...(rows.length > 0 ? rows : [element('p', { class: 'muted' }, 'None: a code is asked at each sign-in.')]),
    ),
  ]
}
