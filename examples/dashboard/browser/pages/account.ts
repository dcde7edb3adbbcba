import { MIN_PASSWORD_LENGTH } from '../../answers.ts'
import { openDialog } from '../dialog.ts'
import { element } from '../dom.ts'
import { fillIn, languageSelect, texts, twoFactorElement } from '../language.ts'
import { inNumbers } from '../times.ts'
import { avatar, type PageNeeds, pageLayout } from './page.ts'

/** Settings, Account: who this is, two-factor authentication, and the password. */
export function accountPage({ api, user, again }: PageNeeds): HTMLElement {
  const settings = twoFactorElement('two-factor-settings')
  void lastReset(api).then((atMs) => Object.assign(settings, { resetAtMs: atMs }))
  const changePassword = () =>
    openDialog({
      title: texts().changePassword,
      why: texts().changePasswordWhy,
      fields: [
        { name: 'currentPassword', label: texts().currentPassword, type: 'password', autocomplete: 'current-password' },
        {
          name: 'newPassword',
          label: texts().newPassword,
          hint: fillIn(texts().newPasswordHint, { count: inNumbers(MIN_PASSWORD_LENGTH) }),
          type: 'password',
          autocomplete: 'new-password',
        },
      ],
      action: texts().changePassword,
      about: { 'wrong-password': 'currentPassword', 'too-many-attempts': 'currentPassword' },
      send: (values) => api.post('ChangePassword', values),
      doneText: texts().passwordChanged,
      done: () => settings.refresh(),
    })

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

/** When an administrator reset two-factor authentication; 0 if it was turned on since, or nobody did. */
async function lastReset(api: PageNeeds['api']): Promise<number> {
  const activity = await api.get('Activity')
  if (!activity.ok) return 0
  const last = activity.entries.find(({ type }) => type === 'two-factor.reset' || type === 'two-factor.enabled')
  return last?.type === 'two-factor.reset' ? last.atMs : 0
}
