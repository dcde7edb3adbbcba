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
    return showPage()
  }
  if (me.reason === 'signed-out') return showSignIn()
  const again = element('button', { type: 'button', class: 'button primary', onclick: () => void start() }, 'Try again')
  place?.replaceChildren(element('div', { class: 'sign-in' }, element('main', { class: 'sign-in-card' }, element('p', {}, texts.reasons[me.reason]), again)))
}

function showPage(notice?: HTMLElement): void {
  if (!present) return showSignIn()
  const { user, issuer } = present
  const path = location.pathname in PAGES ? location.pathname : HOME
  if (path !== location.pathname) history.replaceState(null, '', path)
  const page = (PAGES[path] ?? accountPage)({ api, texts, user, issuer })
  if (notice) page.prepend(notice)
  place?.replaceChildren(shell({ user, path, signOut: () => void signOut() }, page))
  const heading = page.querySelector('h1')
  document.title = `${heading?.textContent ?? ''} · ${issuer}`
}

function showSignIn(notice?: string): void {
  present = null
  for (const dialog of document.querySelectorAll('dialog')) dialog.close()
  history.replaceState(null, '', '/sign-in')
  document.title = 'Sign in · Acme Cloud'
  place?.replaceChildren(signInPage({ api, texts }, enter, notice))
}

async function enter({ usedRecoveryCode }: SignedIn): Promise<void> {
  const me = await api.me()
  if (!me.ok) return showSignIn(texts.reasons[me.reason])
  present = me
  history.replaceState(null, '', HOME)
  const notice = element(
    'p',
    { class: 'warning banner', role: 'status' },
    'You signed in with a recovery code. If your phone is lost, choose “I have a new phone” below; the old one stops working then.',
  )
  showPage(usedRecoveryCode ? notice : undefined)
  document.querySelector('h1')?.focus()
}

async function signOut(): Promise<void> {
  await api.signOut()
  showSignIn()
}

/** Links within the dashboard change the page without loading it again. */
function followLink(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest('a') : null
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
  if (!link || !isPlain || link.origin !== location.origin || link.download || link.getAttribute('href')?.startsWith('#')) return
  event.preventDefault()
  if (link.pathname !== location.pathname) history.pushState(null, '', link.pathname)
  showPage()
  document.querySelector('h1')?.focus()
}
