import { html, nothing } from 'lit'
import type { StatusAnswer } from '../../http/index.ts'
import { type IconName, icon } from '../icons.ts'
import { group, type Shown } from '../parts/row.ts'
import type { Scope } from '../scope.ts'
import type { ChangeType } from '../texts/words.ts'

const MOST = 6

const PICTURES: Record<ChangeType, IconName> = {
  'two-factor.enabled': 'shieldCheck',
  'two-factor.disabled': 'shield',
  'two-factor.reset': 'shield',
  'two-factor.unlocked': 'shield',
  'two-factor.imported': 'shieldCheck',
  'authenticator.added': 'shieldCheck',
  'authenticator.removed': 'shield',
  'authenticator.renamed': 'shield',
  'recovery-codes.regenerated': 'key',
  'recovery-code.used': 'key',
  'device.trusted': 'laptop',
  'device.untrusted': 'laptop',
  'password.changed': 'key',
}
const isListed = (type: string): type is ChangeType => Object.hasOwn(PICTURES, type)

/** What happened lately to how the account is protected, the newest first. */
export function changesView({ texts, times }: Scope, { changes }: StatusAnswer, notMeUrl: string): Shown {
  const listed = changes
    .toSorted((one, other) => other.atMs - one.atMs)
    .slice(0, MOST)
    .flatMap(({ type, atMs }) => (isListed(type) ? [{ type, atMs }] : []))
  if (listed.length === 0) return nothing
  return group(
    texts.changes,
    html`<ol class="changes">
      ${listed.map(
        ({ type, atMs }) => html`<li>
          ${icon(PICTURES[type])}<span>${texts[type]}</span>
          <time class="muted" datetime=${new Date(atMs).toISOString()} title=${times.dateTime(atMs)}>
            ${times.ago(atMs)}
          </time>
        </li>`,
      )}
    </ol>`,
    notMeUrl ? html`<a href=${notMeUrl}>${texts.notMe}</a>` : nothing,
  )
}
