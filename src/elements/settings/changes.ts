import { html, nothing } from 'lit/html.js'
import type { SecurityChange } from '../../engine/events.ts'
import { type IconName, icon } from '../icons.ts'
import { group, type Shown } from '../parts/row.ts'
import { type ChangeType, fill } from '../texts/words.ts'
import { nameOf } from './authenticators.ts'
import { deviceName, type SettingsPage, thisDevice } from './page.ts'

const MOST = 6

/** Mentioned in addition to the operation, from which everything else follows. */
const TOLD_TOO: readonly string[] = ['authenticator.removed', 'recovery-code.used']

/** The latest security changes of the account, newest first: what, to which authenticator, from where, when. */
export function changesView({ scope, status, thisDeviceId, notMe }: SettingsPage): Shown {
  const { texts, times } = scope
  const isListed = (type: string): type is ChangeType => Object.hasOwn(texts, type)
  const line = ({ type, atMs, also = [], authenticator, device, untrusted }: SecurityChange) => {
    const words = [type, ...also.filter((other) => TOLD_TOO.includes(other))].filter(isListed).map((one) => texts[one])
    const about = authenticator ? nameOf(scope, authenticator) : untrusted && deviceName(scope, untrusted.name)
    const details = [
      about ? fill('{about}', { about }) : [],
      device
        ? fill(texts.changeFrom, { device: deviceName(scope, device.name) }) +
          thisDevice(scope, device.id, thisDeviceId)
        : [],
    ].flat()
    return html`<li>
      ${icon(pictureOf(type))}
      <span>${words.join(' · ')}${details.length > 0 ? html`<small class="muted">${details.join(' · ')}</small>` : nothing}</span>
      <time class="muted" datetime=${new Date(atMs).toISOString()} title=${times.dateTime(atMs)}>${times.ago(atMs)}</time>
    </li>`
  }
  const listed = status.changes
    .toSorted((one, other) => other.atMs - one.atMs)
    .slice(0, MOST)
    .filter(({ type }) => isListed(type))
  if (listed.length === 0) return nothing
  return group(texts.changes, html`<ol class="changes">${listed.map(line)}</ol>`, notMe)
}

function pictureOf(type: string): IconName {
  if (type.startsWith('device')) return 'laptop'
  if (/code|password/.test(type)) return 'key'
  return /enabled|imported|added/.test(type) ? 'shieldCheck' : 'shield'
}
