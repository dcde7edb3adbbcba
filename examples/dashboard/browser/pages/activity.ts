import type { ActivityEntry } from '../../answers.ts'
import { element, fill } from '../dom.ts'
import type { IconName } from '../icons.ts'
import { atTime, howLongAgo } from '../times.ts'
import { badge, type PageNeeds, pageLayout, pill, row } from './page.ts'

const WORDS: Record<ActivityEntry['type'], [IconName, string]> = {
  'two-factor.enabled': ['shieldCheck', 'Two-factor authentication was turned on'],
  'two-factor.disabled': ['shield', 'Two-factor authentication was turned off'],
  'two-factor.reset': ['shield', 'Two-factor authentication was reset by an administrator'],
  'two-factor.unlocked': ['shield', 'An administrator unlocked the account'],
  'two-factor.imported': ['shieldCheck', 'Two-factor authentication was moved from another system'],
  'two-factor.exported': ['shield', 'An administrator exported the secrets'],
  'two-factor.resealed': ['shield', 'The stored data was sealed under a new key'],
  'setup.begun': ['phone', 'Setting up an authenticator was begun'],
  'authenticator.added': ['phone', 'An authenticator was added'],
  'authenticator.removed': ['phone', 'An authenticator was removed'],
  'authenticator.renamed': ['phone', 'An authenticator was renamed'],
  'recovery-codes.viewed': ['key', 'Recovery codes were viewed'],
  'recovery-codes.regenerated': ['key', 'New recovery codes were generated'],
  'recovery-code.issued': ['key', 'An administrator issued a recovery code'],
  'recovery-code.used': ['key', 'A recovery code was used'],
  'sign-in.completed': ['check', 'Passed the second step'],
  'sign-in.skipped': ['check', 'Signed in on a trusted device'],
  'step-up.completed': ['check', 'Confirmed with the second step'],
  'code.wrong': ['alert', 'A wrong code was typed'],
  'code.used-again': ['alert', 'A code that was already used was typed again'],
  'passkey.wrong': ['alert', 'A passkey was refused'],
  'password.wrong': ['alert', 'A wrong password was typed'],
  'attempts.locked': ['alert', 'Too many wrong attempts: they are refused for now'],
  'device.trusted': ['laptop', 'A device was trusted'],
  'device.untrusted': ['laptop', 'A device is no longer trusted'],
  'password.changed': ['key', 'The password was changed'],
  'access-token.issued': ['key', 'An access token was issued'],
  'access-token.renamed': ['key', 'An access token was renamed'],
  'access-token.revoked': ['key', 'An access token was revoked'],
}

/** Settings, Activity: what happened to the account's second factor and tokens lately. */
export function activityPage({ api }: PageNeeds): HTMLElement {
  const list = element('ol', { class: 'card rows', 'aria-busy': 'true' })
  async function show(): Promise<void> {
    const answer = await api.get('Activity')
    list.removeAttribute('aria-busy')
    if (!answer.ok) fill(list, element('li', { role: 'alert' }, answer.words))
    else if (answer.entries.length === 0) fill(list, element('li', {}, 'Nothing yet.'))
    else fill(list, ...answer.entries.map(line))
  }
  show().catch(reportError)
  const lead = 'If something here was not you, change your password and look at your authenticators.'
  return pageLayout('Activity', lead, list)
}

function line({ type, notify, by, note, browser, ip, atMs, knownDevice }: ActivityEntry): HTMLElement {
  const [picture, words] = WORDS[type]
  const staff = by === null ? null : `By ${by}: ${note}`
  return row(
    badge(picture, notify),
    [words],
    [staff, browser, ip].filter((part) => part !== null).join(' · '),
    knownDevice === false && pill('warn', 'New device'),
    element('time', { datetime: new Date(atMs).toISOString(), title: atTime(atMs) }, howLongAgo(atMs)),
  )
}
