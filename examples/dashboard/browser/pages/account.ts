import { MIN_PASSWORD_LENGTH } from '../../answers.ts'
import { openDialog } from '../dialog.ts'
import { element } from '../dom.ts'
import { languageSelect, twoFactorElement } from '../language.ts'
import { avatar, type PageNeeds, pageLayout } from './page.ts'

/** Settings, Account: who this is, two-factor authentication, and the password. */
export function accountPage({ api, user, again }: PageNeeds): HTMLElement {
  const settings = twoFactorElement('two-factor-settings')
  const changePassword = () =>
    openDialog({
      title: 'Change Password',
      why: 'You stay signed in here. Everywhere else, sessions, trusted devices and access tokens end.',
      fields: [
        { name: 'currentPassword', label: 'Current password', type: 'password', autocomplete: 'current-password' },
        {
          name: 'newPassword',
          label: 'New password',
          hint: `At least ${MIN_PASSWORD_LENGTH} characters`,
          type: 'password',
          autocomplete: 'new-password',
        },
      ],
      action: 'Change Password',
      about: { 'wrong-password': 'currentPassword', 'too-many-attempts': 'currentPassword' },
      send: (values) => api.post('ChangePassword', values),
      doneText: 'Your password was changed.',
      done: () => settings.refresh(),
    })

  return pageLayout(
    'Account',
    'Manage your profile and how you sign in.',
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
      element(
        'div',
        {},
        element('h2', {}, 'Password'),
        element('p', { class: 'muted' }, 'Changing it signs you out everywhere else.'),
      ),
      element('button', { type: 'button', class: 'button', onclick: changePassword }, 'Change Password'),
    ),
  )
}
