import type { Answers, ListedUser } from '../../answers.ts'
import { type DialogOptions, openDialog } from '../dialog.ts'
import { type Child, element, fill } from '../dom.ts'
import type { Field } from '../form.ts'
import { onDate } from '../times.ts'
import { avatar, type PageNeeds, pageLayout, pill, row } from './page.ts'

/**
 * Administration, Users: who has two-factor authentication, who must; reset and unlock. Each operation says first what it
 * will do, and asks for the administrator's password.
 */
export function usersPage({ api }: PageNeeds): HTMLElement {
  const own = element('div')
  const list = element('ol', { class: 'card rows', 'aria-busy': 'true' })

  async function show(): Promise<void> {
    const focused = list.contains(document.activeElement) ? document.activeElement?.id : undefined
    const answer = await api.get('Admin/Users')
    list.removeAttribute('aria-busy')
    if (answer.ok) {
      fill(own, !answer.isProtected && setUpFirst())
      fill(list, ...answer.users.map((user) => line(user, answer.isProtected)))
    } else fill(list, element('li', { role: 'alert' }, answer.words))
    if (focused !== undefined) (document.getElementById(focused) ?? document.querySelector('h1'))?.focus()
  }

  function line(user: ListedUser, mayAct: boolean): HTMLElement {
    const { id, name, login, isAdmin, isHeldUp, twoFactor } = user
    return row(
      avatar(name),
      [name, isAdmin && pill('plain', 'Administrator')],
      login,
      ...state(user),
      mayAct && button(user.twoFactorRequired ? 'Make Optional' : 'Require', user, 'small', () => askRequired(user)),
      mayAct && isHeldUp && button('Unlock', user, 'small', () => ask('UnlockTwoFactor', id, unlock(name))),
      mayAct &&
        twoFactor !== 'off' &&
        button('Reset', user, 'small quiet-danger', () => ask('ResetTwoFactor', id, reset(user))),
    )
  }

  function askRequired(user: ListedUser): void {
    const required = !user.twoFactorRequired
    openDialog<Answers['Admin/SetTwoFactorRequired']>({
      ...(required ? require(user) : makeOptional(user)),
      fields: [PASSWORD],
      send: (proof) => api.post('Admin/SetTwoFactorRequired', { userId: user.id, required, proof }),
      done: () => show().catch(reportError),
    })
  }

  function ask(path: string, userId: string, words: Words): void {
    openDialog({
      ...words,
      fields: [NOTE, PASSWORD],
      send: ({ note, ...proof }) => api.post(`Admin/${path}`, { userId, note, proof }),
      done: () => show().catch(reportError),
      about: { 'bad-request': NOTE.name },
    })
  }

  show().catch(reportError)
  return pageLayout('Users', 'Who has two-factor authentication, and who must.', own, list)
}

const NOTE: Field = { name: 'note', label: 'Reason', hint: 'Is shown to the user and kept in the activity list' }
const PASSWORD: Field = {
  name: 'password',
  label: 'Your password',
  type: 'password',
  autocomplete: 'current-password',
}

/** Without a second factor an administrator only reads. */
function setUpFirst(): HTMLElement {
  return element(
    'p',
    { class: 'notice' },
    'To change anything here, set up two-factor authentication for ',
    element('a', { href: '/settings/account' }, 'your own account'),
    ' first.',
  )
}

type Words<Answer = object> = Pick<DialogOptions<Answer>, 'title' | 'why' | 'action' | 'isDangerous' | 'doneText'>

const require = ({ name, twoFactor }: ListedUser): Words<Answers['Admin/SetTwoFactorRequired']> => ({
  title: 'Require Two-Factor Authentication',
  why:
    twoFactor === 'on'
      ? `${name} has it on already and stays signed in, but can’t turn it off any more.`
      : `${name} is signed out everywhere, and sets it up at the next sign-in.`,
  action: 'Require',
  doneText: ({ signedOut }) =>
    signedOut ? `Required for ${name}, who was signed out.` : `Required for ${name}, who stays signed in.`,
})

const makeOptional = ({ name }: ListedUser): Words => ({
  title: 'Make Two-Factor Authentication Optional',
  why: `${name} stays signed in, and may turn it off.`,
  action: 'Make Optional',
  doneText: `Optional for ${name} now.`,
})

const unlock = (name: string): Words => ({
  title: 'Unlock Account',
  why: `The wrong codes for ${name} are forgotten, and attempts are accepted again.`,
  action: 'Unlock',
  doneText: 'The account was unlocked.',
})

const reset = ({ name, twoFactorRequired }: ListedUser): Words => ({
  title: 'Reset Two-Factor Authentication',
  why: `All authenticators and recovery codes of ${name} stop working, and sessions and access tokens end. ${
    twoFactorRequired
      ? 'The next sign-in with the password sets it up anew.'
      : 'Then the password alone is enough to sign in.'
  } Do this only if you are sure who is asking.`,
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
  const since = enabledAtMs === null ? 'On' : `On since ${onDate(enabledAtMs)}`
  return [pill('good', since), twoFactorRequired && pill('plain', 'Required'), held]
}
