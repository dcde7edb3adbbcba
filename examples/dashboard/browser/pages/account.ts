import { changePasswordDialog } from '../dialogs/change-password.ts'
import { element } from '../dom.ts'
import { avatar } from '../parts/avatar.ts'
import { openFor, type PageNeeds, pageButton, pageLayout } from './page.ts'
import { twoFactorCard } from './two-factor-card.ts'

/** Settings, Account: who this is, the password, and two-factor authentication. */
export function accountPage(needs: PageNeeds): HTMLElement {
  const { user } = needs
  const place = element('div', {}, twoFactorCard(needs))
  const refresh = async () => place.replaceChildren(twoFactorCard(needs))
  return pageLayout(
    'Account',
    'Who you are here, and how you sign in.',
    element(
      'section',
      { class: 'card profile' },
      avatar(user.name, 'large'),
      element('div', {}, element('h2', {}, user.name), element('p', { class: 'muted' }, user.login)),
    ),
    place,
    passwordCard(needs, refresh),
  )
}

function passwordCard(needs: PageNeeds, refresh: () => Promise<void>): HTMLElement {
  return element(
    'section',
    { class: 'card row-card' },
    element(
      'div',
      {},
      element('h2', {}, 'Password'),
      element('p', { class: 'muted' }, 'Changing it signs you out everywhere else.'),
    ),
    pageButton('change-password', 'Change Password', () => openFor(refresh, changePasswordDialog(needs))),
  )
}
