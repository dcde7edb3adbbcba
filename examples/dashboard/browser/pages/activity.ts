import type { ActivityEntry } from '../../answers.ts'
import { element, fill } from '../dom.ts'
import type { IconName } from '../icons.ts'
import { deviceName, fillIn, texts } from '../language.ts'
import { atTime, howLongAgo } from '../times.ts'
import { badge, type PageNeeds, pageLayout, pill, row } from './page.ts'

const PICTURES: Record<ActivityEntry['type'], IconName> = {
  'two-factor.enabled': 'shieldCheck',
  'two-factor.disabled': 'shield',
  'two-factor.reset': 'shield',
  'two-factor.unlocked': 'shield',
  'two-factor.imported': 'shieldCheck',
  'two-factor.exported': 'shield',
  'two-factor.resealed': 'shield',
  'setup.begun': 'phone',
  'authenticator.added': 'phone',
  'authenticator.removed': 'phone',
  'authenticator.renamed': 'phone',
  'recovery-codes.viewed': 'key',
  'recovery-codes.regenerated': 'key',
  'recovery-code.issued': 'key',
  'recovery-code.used': 'key',
  'sign-in.completed': 'check',
  'sign-in.skipped': 'check',
  'step-up.completed': 'check',
  'code.wrong': 'alert',
  'code.used-again': 'alert',
  'passkey.wrong': 'alert',
  'password.wrong': 'alert',
  'attempts.locked': 'alert',
  'device.trusted': 'laptop',
  'device.untrusted': 'laptop',
  'password.changed': 'key',
  'access-token.issued': 'key',
  'access-token.renamed': 'key',
  'access-token.revoked': 'key',
}

/** Settings, Activity: what happened to the account's second factor and tokens lately. */
export function activityPage({ api }: PageNeeds): HTMLElement {
  const list = element('ol', { class: 'card rows', 'aria-busy': 'true' })
  async function show(): Promise<void> {
    const answer = await api.get('Activity')
    list.removeAttribute('aria-busy')
    if (!answer.ok) fill(list, element('li', { role: 'alert' }, answer.words))
    else if (answer.entries.length === 0) fill(list, element('li', {}, texts().noActivity))
    else fill(list, ...answer.entries.map(line))
  }
  show().catch(reportError)
  return pageLayout(texts().activity, texts().activityLead, list)
}

function line({ type, notify, by, note, browser, ip, atMs, knownDevice }: ActivityEntry): HTMLElement {
  const staff = by === null ? null : fillIn(texts().byStaff, { who: by, note: note ?? '' })
  return row(
    badge(PICTURES[type], notify),
    [texts().events[type]],
    [staff, browser && deviceName(browser), ip].filter((part) => part !== null).join(' · '),
    knownDevice === false && pill('warn', texts().newDevice),
    element('time', { datetime: new Date(atMs).toISOString(), title: atTime(atMs) }, howLongAgo(atMs)),
  )
}
