import type { ListedUser } from '../../answers.ts'
import { type DialogOptions, openDialog } from '../dialog.ts'
import { announce, type Child, element, fill } from '../dom.ts'
import { onDate } from '../times.ts'
import { avatar, type PageNeeds, pageLayout, pill, row } from './page.ts'

/** Administration, Users: who has two-factor authentication, who must; reset and unlock. */
export function usersPage({ api }: PageNeeds): HTMLElement {
  const list = element('ol', { class: 'card rows', 'aria-busy': 'true' })

  async function show(): Promise<void> {
    const focused = list.contains(document.activeElement) ? document.activeElement?.id : undefined
    const answer = await api.get('Admin/Users')
    list.removeAttribute('aria-busy')
    fill(list, ...(answer.ok ? answer.users.map(line) : [element('li', { role: 'alert' }, answer.words)]))
    if (focused !== undefined) (document.getElementById(focused) ?? document.querySelector('h1'))?.focus()
  }

  function line(user: ListedUser): HTMLElement {
    const { id, name, login, isAdmin, isHeldUp, twoFactor } = user
    return row(
      avatar(name),
      [name, isAdmin && pill('plain', 'Administrator')],
      login,
      ...state(user),
      requiredBox(user),
      isHeldUp && button('Unlock', user, 'small', () => ask('UnlockTwoFactor', id, unlock(name))),
      twoFactor !== 'off' && button('Reset', user, 'small quiet-danger', () => ask('ResetTwoFactor', id, reset(name))),
    )
  }

  function requiredBox({ id, name, twoFactorRequired }: ListedUser): HTMLElement {
    const input = element('input', { type: 'checkbox', id: `required-${id}`, checked: twoFactorRequired })
    input.addEventListener('change', async () => {
      const answer = await api.post('Admin/SetTwoFactorRequired', { userId: id, required: input.checked })
      announce(answer.ok ? `Saved for ${name}.` : answer.words)
      await show()
    })
    return element('label', { class: 'check' }, input, element('span', {}, 'Required', about(name)))
  }

  function ask(path: string, userId: string, options: Words): void {
    openDialog({
      fields: [{ name: 'note', label: 'Reason', hint: 'Is shown to the user and kept in the activity list' }],
      send: ({ note }) => api.post(`Admin/${path}`, { userId, note }),
      done: () => show().catch(reportError),
      ...options,
    })
  }

  show().catch(reportError)
  return pageLayout('Users', 'Who has two-factor authentication, and who must.', list)
}

type Words = Pick<DialogOptions, 'title' | 'why' | 'action' | 'isDangerous' | 'doneText'>

const unlock = (name: string): Words => ({
  title: 'Unlock Account',
  why: `The wrong codes for ${name} are forgotten, and attempts are accepted again.`,
  action: 'Unlock',
  doneText: 'The account was unlocked.',
})

const reset = (name: string): Words => ({
  title: 'Reset Two-Factor Authentication',
  why: `${name} will be able to sign in with the password alone, and access tokens end. Do this only when you are sure who is asking.`,
  action: 'Reset',
  isDangerous: true,
  doneText: 'Two-factor authentication was reset.',
})

/** For those who do not see the line that a word stands in. */
const about = (name: string) => element('span', { class: 'off-screen' }, ` for ${name}`)

function button(word: string, { id, name }: ListedUser, look: string, onclick: () => void): HTMLElement {
  return element('button', { class: `button ${look}`, id: `${word}-${id}`, onclick }, word, about(name))
}

function state({ twoFactor, twoFactorRequired, enabledAtMs, isHeldUp }: ListedUser): Child[] {
  const held = isHeldUp && pill('bad', 'Locked')
  if (twoFactor === 'unreadable') return [pill('bad', 'Unreadable')]
  if (twoFactor === 'off') return [twoFactorRequired ? pill('warn', 'At next sign-in') : pill('plain', 'Off'), held]
  return [pill('good', enabledAtMs === null ? 'On' : `On since ${onDate(enabledAtMs)}`), held]
}
