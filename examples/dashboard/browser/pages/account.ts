import { lastReset } from '../../answers.ts'
import { element } from '../dom.ts'
import { languageSelect, texts, twoFactorElement } from '../language.ts'
import { openChangePassword } from './change-password.ts'
import { avatar, type PageNeeds, pageLayout } from './page.ts'

/** Settings, Account: who this is, two-factor authentication, and the password. */
export function accountPage({ api, user, again }: PageNeeds): HTMLElement {
  const settings = twoFactorElement('two-factor-settings')
  void api.get('Activity').then((activity) => {
    if (activity.ok) settings.resetAtMs = lastReset(activity.entries)
  })
  settings.notMeUrl = '/settings/not-me'
  const changePassword = () => openChangePassword(api, () => settings.refresh())

  return pageLayout(
    texts().account,
    texts().accountLead,
    element(
      'section',
      { class: 'card row-card' },
      element(
        'div',
        { class: 'who' },
        avatar(user.name),
        element('div', {}, element('h2', {}, user.name), element('p', { class: 'muted' }, user.login)),
      ),
      languageSelect(again),
    ),
    settings,
    element(
      'section',
      { class: 'card row-card' },
      element('div', {}, element('h2', {}, texts().password), element('p', { class: 'muted' }, texts().passwordLead)),
      element('button', { type: 'button', class: 'button', onclick: changePassword }, texts().changePassword),
    ),
  )
}
