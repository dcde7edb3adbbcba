import type { ListedUser } from '../../answers.ts'
import { resetUserDialog, unlockUserDialog } from '../dialogs/staff.ts'
import { announce, type Child, element } from '../dom.ts'
import { avatar } from '../parts/avatar.ts'
import { onDate } from '../times.ts'
import { openFor, type PageNeeds, pageButton, pageLayout, pill, replaceContent, verb } from './page.ts'

/** Administration, Users: who has two-factor authentication, who must; reset and unlock. */
export function usersPage(needs: PageNeeds): HTMLElement {
  const { api, texts } = needs
  const card = element('section', { class: 'card users', 'aria-busy': 'true' })

  async function refresh(): Promise<void> {
    const answer = await api.users()
    card.removeAttribute('aria-busy')
    if (!answer.ok) return replaceContent(card, element('p', { role: 'alert' }, texts.reasons[answer.reason]))
    replaceContent(
      card,
      element(
        'table',
        {},
        element('thead', {}, element('tr', {}, ...['User', 'Two-factor', 'Required', 'Actions'].map(heading))),
        element('tbody', {}, ...answer.users.map(line)),
      ),
    )
  }

  function line(user: ListedUser): HTMLElement {
    return element(
      'tr',
      {},
      element(
        'th',
        { scope: 'row' },
        element(
          'div',
          { class: 'user-cell' },
          avatar(user.name),
          element(
            'span',
            {},
            element('strong', {}, user.name, user.isAdmin && pill('plain', 'Administrator')),
            element('span', { class: 'muted' }, user.login),
          ),
        ),
      ),
      element('td', {}, ...state(user)),
      element('td', { class: 'required-cell' }, requiredSwitch(user)),
      element('td', { class: 'row-actions' }, ...actions(user)),
    )
  }

  function requiredSwitch(user: ListedUser): HTMLElement {
    const input = element('input', {
      type: 'checkbox',
      role: 'switch',
      id: `required-${user.id}`,
      checked: user.twoFactorRequired,
    })
    input.addEventListener('change', async () => {
      const answer = await api.setTwoFactorRequired({ userId: user.id, required: input.checked })
      announce(answer.ok ? `Saved for ${user.name}.` : texts.reasons[answer.reason])
      await refresh()
    })
    return element(
      'label',
      { class: 'switch' },
      input,
      element('span', {}, 'Required', element('span', { class: 'off-screen' }, ` for ${user.name}`)),
    )
  }

  function actions(user: ListedUser): Child[] {
    return [
      user.isHeldUp &&
        pageButton(
          `unlock-${user.id}`,
          verb('Unlock', user.name),
          () => openFor(refresh, unlockUserDialog(needs, user)),
          'small',
        ),
      user.twoFactor !== 'off' &&
        pageButton(
          `reset-${user.id}`,
          verb('Reset', user.name),
          () => openFor(refresh, resetUserDialog(needs, user)),
          'small quiet-danger',
        ),
    ]
  }

  refresh().catch(reportError)
  return pageLayout('Users', 'Who has two-factor authentication, and who must.', card)
}

function heading(text: string): HTMLElement {
  return element('th', { scope: 'col' }, text)
}

function state(user: ListedUser): Child[] {
  const held = user.isHeldUp && pill('bad', 'Locked')
  if (user.twoFactor === 'unreadable') return [pill('bad', 'Unreadable')]
  if (user.twoFactor === 'on')
    return [
      pill('good', 'On'),
      ' ',
      held,
      element('span', { class: 'muted' }, user.enabledAtMs === null ? '' : `since ${onDate(user.enabledAtMs)}`),
    ]
  return [user.twoFactorRequired ? pill('warn', 'At next sign-in') : pill('plain', 'Off'), ' ', held]
}
