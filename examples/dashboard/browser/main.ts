import type { User } from '../answers.ts'
import { createApi } from './api.ts'
import { element } from './dom.ts'
import { accountPage } from './pages/account.ts'
import { activityPage } from './pages/activity.ts'
import { overviewPage } from './pages/overview.ts'
import type { PageNeeds } from './pages/page.ts'
import { type SignedIn, signInPage } from './pages/sign-in.ts'
import { usersPage } from './pages/users.ts'
import { shell } from './shell.ts'
import { texts } from './texts.ts'
import { restoreTheme } from './theme.ts'

const PRODUCT = 'Acme Cloud'
const HOME = '/settings/account'
const PAGES: Record<string, (needs: PageNeeds) => HTMLElement> = {
  '/overview': overviewPage,
  [HOME]: accountPage,
  '/settings/activity': activityPage,
  '/admin/users': usersPage,
}

const place = document.getElementById('page')
const api = createApi(() => showSignIn(texts.reasons['signed-out']))
let present: { user: User; issuer: string } | null = null

restoreTheme()
addEventListener('popstate', () => showPage())
document.addEventListener('click', followLink)
await start()

async function start(): Promise<void> {
  const me = await api.me()
  if (me.ok) {
    present = me
    showPage()
  } else if (me.reason === 'signed-out') showSignIn()
  else showFault(texts.reasons[me.reason])
}

function showPage(notice?: HTMLElement): void {
  if (!present) {
    showSignIn()
    return
  }
  const { user, issuer } = present
  const path = location.pathname in PAGES ? location.pathname : HOME
  if (path !== location.pathname) history.replaceState(null, '', path)
  const page = (PAGES[path] ?? accountPage)({ api, texts, user, issuer })
  if (notice) page.prepend(notice)
  place?.replaceChildren(shell({ user, path, signOut }, page))
  document.title = `${page.querySelector('h1')?.textContent} · ${PRODUCT}`
}

function showSignIn(notice?: string): void {
  present = null
  for (const dialog of document.querySelectorAll('dialog')) dialog.close()
  history.replaceState(null, '', '/sign-in')
  document.title = `Sign in · ${PRODUCT}`
  place?.replaceChildren(signInPage({ api, texts }, enter, notice))
}

function showFault(words: string): void {
  const again = element('button', { type: 'button', class: 'button primary', onclick: start }, 'Try again')
  const card = element('main', { class: 'sign-in-card' }, element('p', { role: 'alert' }, words), again)
  place?.replaceChildren(element('div', { class: 'sign-in' }, card))
}

async function enter({ usedRecoveryCode, staysAsked }: SignedIn): Promise<void> {
  history.replaceState(null, '', HOME)
  await start()
  if (usedRecoveryCode) showPage(recoveryNotice(staysAsked))
  focusHeading()
}

async function signOut(): Promise<void> {
  await api.signOut()
  showSignIn()
}

/** Links within the dashboard change the page without loading it again. */
function followLink(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest('a') : null
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
  if (!link || !isPlain || link.origin !== location.origin || link.hash !== '') return
  event.preventDefault()
  if (link.pathname !== location.pathname) history.pushState(null, '', link.pathname)
  showPage()
  focusHeading()
}

function focusHeading(): void {
  document.querySelector('h1')?.focus()
}

function recoveryNotice(staysAsked: boolean): HTMLElement {
  return element(
    'p',
    { class: 'warning', role: 'status' },
    'You signed in with a recovery code. If your phone is lost, choose “I Have a New Phone” below: ',
    'the old one stops working then.',
    staysAsked && ' This device is still asked for a code: only a code from the app can make it trusted.',
  )
}
