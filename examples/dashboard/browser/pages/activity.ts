import type { TwoFactorEventType } from 'countersign'
import type { ActivityEntry } from '../../answers.ts'
import { element } from '../dom.ts'
import { type IconName, icon } from '../icons.ts'
import { atTime, howLongAgo } from '../times.ts'
import { type PageNeeds, pageLayout, pill } from './page.ts'

const WORDS: Record<TwoFactorEventType, [IconName, string]> = {
  'two-factor.enabled': ['shieldCheck', 'Two-factor authentication was turned on'],
  'two-factor.disabled': ['shield', 'Two-factor authentication was turned off'],
  'two-factor.reset': ['shield', 'Two-factor authentication was reset by an administrator'],
  'two-factor.unlocked': ['shield', 'An administrator unlocked the account'],
  'two-factor.imported': ['shieldCheck', 'Two-factor authentication was taken over from the old system'],
  'two-factor.resealed': ['shield', 'The stored data was sealed under a new key'],
  'setup.begun': ['phone', 'Setting up an authenticator was begun'],
  'authenticator.added': ['phone', 'An authenticator was added'],
  'authenticator.removed': ['phone', 'An authenticator was removed'],
  'authenticator.renamed': ['phone', 'An authenticator was renamed'],
  'recovery-codes.viewed': ['key', 'Recovery codes were viewed'],
  'recovery-codes.regenerated': ['key', 'New recovery codes were generated'],
  'recovery-code.used': ['key', 'A recovery code was used'],
  'sign-in.completed': ['check', 'Signed in with a code'],
  'sign-in.skipped': ['check', 'Signed in on a trusted device'],
  'step-up.completed': ['check', 'Confirmed with a code'],
  'code.wrong': ['alert', 'A wrong code was typed'],
  'code.used-again': ['alert', 'A code that was already used was typed again'],
  'password.wrong': ['alert', 'A wrong password was typed'],
  'attempts.locked': ['alert', 'Too many wrong attempts: they are refused for now'],
  'device.trusted': ['laptop', 'A device was trusted'],
  'device.untrusted': ['laptop', 'A device is no longer trusted'],
  'password.changed': ['key', 'The password was changed'],
}

/** Settings, Activity: what happened to the account's second factor lately. */
export function activityPage({ api, texts }: PageNeeds): HTMLElement {
  const card = element('section', { class: 'card', 'aria-busy': 'true', 'aria-label': 'Recent activity' })
  async function show(): Promise<void> {
    const answer = await api.activity()
    card.removeAttribute('aria-busy')
    if (!answer.ok) card.append(element('p', { role: 'alert' }, texts.reasons[answer.reason]))
    else if (answer.entries.length === 0) card.append(element('p', { class: 'muted empty' }, 'Nothing yet.'))
    else card.append(element('ol', { class: 'timeline' }, ...answer.entries.map(line)))
  }
  show().catch(reportError)
  return pageLayout(
    'Activity',
    'If something here was not you, change your password and look at your authenticators.',
    card,
  )
}

function line(entry: ActivityEntry): HTMLElement {
  const [picture, words] = WORDS[entry.type]
  const by = entry.by === null ? null : `By ${entry.by}: ${entry.note ?? ''}`
  return element(
    'li',
    { class: entry.notify ? 'row important' : 'row' },
    element('span', { class: 'row-icon' }, icon(picture)),
    element(
      'div',
      { class: 'row-words' },
      element('strong', {}, words),
      by && element('span', {}, by),
      element('span', { class: 'muted' }, [entry.browser, entry.ip].filter((part) => part !== null).join(', ')),
    ),
    element(
      'div',
      { class: 'row-actions' },
      entry.knownDevice === false && pill('warn', 'New device'),
      element(
        'time',
        { datetime: new Date(entry.atMs).toISOString(), title: atTime(entry.atMs) },
        howLongAgo(entry.atMs),
      ),
    ),
  )
}
