import type { Answers, ListedUser } from '../../answers.ts'
import { type DialogOptions, openDialog, showOnce } from '../dialog.ts'
import { type Child, element, fill } from '../dom.ts'
import type { Field } from '../form.ts'
import { fillIn, fillWith, texts } from '../language.ts'
import { atTime, onDate } from '../times.ts'
import { avatar, type PageNeeds, pageLayout, pill, row } from './page.ts'

/**
 * Administration, Users: who has two-factor authentication, who must; reset and unlock. Each operation says first what it
 * will do, and asks for the administrator's password.
 */
export function usersPage({ api }: PageNeeds): HTMLElement {
  const own = setUpFirst()
  const list = element('ol', { class: 'card rows', 'aria-busy': 'true' })

  async function show(): Promise<void> {
    const focused = list.contains(document.activeElement) ? document.activeElement?.id : undefined
    const answer = await api.get('Admin/Users')
    list.removeAttribute('aria-busy')
    if (answer.ok) {
      own.hidden = answer.isProtected
      fill(list, ...answer.users.map((user) => line(user, answer.isProtected)))
    } else fill(list, element('li', { role: 'alert' }, answer.words))
    if (focused !== undefined) (document.getElementById(focused) ?? document.querySelector('h1'))?.focus()
  }

  function line(user: ListedUser, mayAct: boolean): HTMLElement {
    const { name, login, isAdmin, isOwn } = user
    const title = [name, isAdmin && pill('plain', texts().administrator)]
    return row(avatar(name), title, login, ...state(user), ...(mayAct && !isOwn ? actions(user) : []))
  }

  function actions(user: ListedUser): Child[] {
    const { isHeldUp, twoFactor, twoFactorRequired } = user
    const { require, makeOptional, unlock, issueCode, reset } = texts()
    return [
      button('require', twoFactorRequired ? makeOptional : require, user, 'small', () => askRequired(user)),
      isHeldUp && button('unlock', unlock, user, 'small', () => ask('UnlockTwoFactor', user, unlockWords(user))),
      twoFactor === 'on' && button('issue', issueCode, user, 'small', () => askIssue(user)),
      twoFactor !== 'off' &&
        button('reset', reset, user, 'small quiet-danger', () => ask('ResetTwoFactor', user, resetWords(user))),
    ]
  }

  function askRequired(user: ListedUser): void {
    const required = !user.twoFactorRequired
    openDialog<Answers['Admin/SetTwoFactorRequired']>({
      ...(required ? requireWords(user) : optionalWords(user)),
      fields: [passwordField()],
      send: (proof) => api.post('Admin/SetTwoFactorRequired', { userId: user.id, required, proof }),
      done: () => show().catch(reportError),
    })
  }

  function ask(path: string, { id: userId }: ListedUser, words: Words): void {
    openDialog({
      ...words,
      fields: [noteField(), passwordField()],
      send: ({ note, ...proof }) => api.post(`Admin/${path}`, { userId, note, proof }),
      done: () => show().catch(reportError),
      about: { 'bad-request': 'note' },
    })
  }

  function askIssue(user: ListedUser): void {
    openDialog<Answers['Admin/IssueRecoveryCode']>({
      ...issueWords(user),
      fields: [noteField(), passwordField()],
      send: ({ note, ...proof }) => api.post('Admin/IssueRecoveryCode', { userId: user.id, note, proof }),
      done: (issued) => showOnce(issuedWords(user, issued)),
      about: { 'bad-request': 'note' },
    })
  }

  show().catch(reportError)
  return pageLayout(texts().users, texts().usersLead, own, list)
}

const noteField = (): Field => ({ name: 'note', label: texts().reason, hint: texts().reasonHint })

const passwordField = (): Field => ({
  name: 'password',
  label: texts().staffPassword,
  type: 'password',
  autocomplete: 'current-password',
})

/** Without a second factor an administrator only reads. */
function setUpFirst(): HTMLElement {
  const account = element('a', { href: '/settings/account' }, texts().ownAccount)
  return element('p', { class: 'notice', hidden: true }, ...fillWith(texts().setUpFirst, { account }))
}

type Words<Answer = object> = Pick<DialogOptions<Answer>, 'title' | 'why' | 'action' | 'isDangerous' | 'doneText'>

function requireWords({ name, twoFactor }: ListedUser): Words<Answers['Admin/SetTwoFactorRequired']> {
  const { require, requireTitle, requireOn, requireOff, requiredSignedOut, requiredStays } = texts()
  return {
    title: requireTitle,
    why: fillIn(twoFactor === 'on' ? requireOn : requireOff, { name }),
    action: require,
    doneText: ({ signedOut }) => fillIn(signedOut ? requiredSignedOut : requiredStays, { name }),
  }
}

function optionalWords({ name }: ListedUser): Words {
  const { makeOptional, makeOptionalTitle, makeOptionalWhy, madeOptional } = texts()
  return {
    title: makeOptionalTitle,
    why: fillIn(makeOptionalWhy, { name }),
    action: makeOptional,
    doneText: fillIn(madeOptional, { name }),
  }
}

function unlockWords({ name }: ListedUser): Words {
  const { unlock, unlockTitle, unlockWhy, unlocked } = texts()
  return { title: unlockTitle, why: fillIn(unlockWhy, { name }), action: unlock, doneText: unlocked }
}

function issueWords({ name }: ListedUser): Words<Answers['Admin/IssueRecoveryCode']> {
  const { issueCode, issueTitle, issueWhy, staffSure, codeIssued } = texts()
  return {
    title: issueTitle,
    why: `${fillIn(issueWhy, { name })} ${staffSure}`,
    action: issueCode,
    doneText: codeIssued,
  }
}

function issuedWords({ name }: ListedUser, { recoveryCode, expiresAtMs }: Answers['Admin/IssueRecoveryCode']) {
  const { issuedTitle, issuedWhy } = texts()
  return {
    title: fillIn(issuedTitle, { name }),
    why: fillIn(issuedWhy, { name, date: atTime(expiresAtMs) }),
    secret: recoveryCode,
  }
}

function resetWords({ name, twoFactorRequired }: ListedUser): Words {
  const { reset, resetTitle, resetWhy, resetThenSetUp, resetThenPassword, staffSure, wasReset } = texts()
  const then = twoFactorRequired ? resetThenSetUp : resetThenPassword
  return {
    title: resetTitle,
    why: `${fillIn(resetWhy, { name })} ${then} ${staffSure}`,
    action: reset,
    isDangerous: true,
    doneText: wasReset,
  }
}

function button(what: string, word: string, { id, name }: ListedUser, look: string, onclick: () => void): HTMLElement {
  // For those who do not see the line that a word stands in.
  const about = element('span', { class: 'off-screen' }, ` ${fillIn(texts().forWhom, { name })}`)
  return element('button', { class: `button ${look}`, id: `${what}-${id}`, onclick }, word, about)
}

function state({ twoFactor, twoFactorRequired, enabledAtMs, isHeldUp }: ListedUser): Child[] {
  const { locked, unreadable, atNextSignIn, off, on, onSince, isRequired } = texts()
  const held = isHeldUp && pill('bad', locked)
  if (twoFactor === 'unreadable') return [pill('bad', unreadable)]
  if (twoFactor === 'off') return [twoFactorRequired ? pill('warn', atNextSignIn) : pill('plain', off), held]
  const since = enabledAtMs === null ? on : fillIn(onSince, { date: onDate(enabledAtMs) })
  return [pill('good', since), twoFactorRequired && pill('plain', isRequired), held]
}
