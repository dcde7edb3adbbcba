import './styles/base.css'
import './styles/controls.css'
import './styles/shell.css'
import './styles/pages.css'
import { defineElements } from 'countersign/elements'
import type { User } from '../answers.ts'
import { createApi } from './api.ts'
import { element } from './dom.ts'
import { goToSecondStep, journey, SECOND_STEP, SIGN_IN, setJourney } from './journey.ts'
import { elementTexts, fillIn, restoreLanguage, texts } from './language.ts'
import { accountPage } from './pages/account.ts'
import { activityPage } from './pages/activity.ts'
import { notMePage } from './pages/not-me.ts'
import { overviewPage } from './pages/overview.ts'
import type { PageNeeds } from './pages/page.ts'
import { secondStepPage, signInPage } from './pages/sign-in.ts'
import { tokensPage } from './pages/tokens.ts'
import { usersPage } from './pages/users.ts'
import { shell } from './shell.ts'
import { restoreTheme } from './theme.ts'

const PRODUCT = 'Acme Cloud'
const HOME = '/settings/account'
const PAGES: Record<string, (needs: PageNeeds) => HTMLElement> = {
  '/overview': overviewPage,
  [HOME]: accountPage,
  '/settings/not-me': notMePage,
  '/settings/tokens': tokensPage,
  '/settings/activity': activityPage,
  '/admin/users': usersPage,
}

const place = document.body.appendChild(element('div'))
const signedOut = () => showSignIn({ notice: texts().reasons['signed-out'], login: present?.login })
const api = createApi(signedOut)
let present: User | null = null

defineElements()
restoreTheme()
restoreLanguage()
addEventListener('popstate', () => showPage())
document.addEventListener('click', followLink)
place.addEventListener('two-factor-signed-out', signedOut)
place.addEventListener('two-factor-start-over', startOver)
place.addEventListener('two-factor-signed-in', ({ detail }) => {
  enter(detail.method === 'recovery-code').catch(reportError)
})
await start()

async function start(): Promise<void> {
  const me = await api.get('Me')
  if (me.ok) {
    present = me.user
    showPage()
  } else if (me.reason === 'signed-out') showPage()
  else showFault(me.words)
}

function showPage(notice?: HTMLElement): void {
  if (!present) {
    showStep()
    return
  }
  const user = present
  const path = requestedPage()
  if (path !== location.pathname) history.replaceState(null, '', path)
  const page = (PAGES[path] ?? accountPage)({ api, user, again: () => showPage() })
  if (notice) page.prepend(notice)
  place.replaceChildren(shell({ user, path, signOut }, page))
  document.title = `${page.querySelector('h1')?.textContent} · ${PRODUCT}`
}

/** The step of the sign-in that the address and the history name. */
function showStep(): void {
  const { login = '', challenge } = journey()
  if (location.pathname === SECOND_STEP && challenge) {
    document.title = `${texts().signInPage} · ${PRODUCT}`
    place.replaceChildren(secondStepPage(login, challenge, showStep))
  } else showSignIn({ login })
}

interface SignInOptions {
  notice?: string
  /** The page to show after sign-in. Default: the one that was asked for, which a reload keeps. */
  next?: string
  login?: string | undefined
}

function showSignIn({ notice, next = requestedPage(), login = '' }: SignInOptions = {}): void {
  present = null
  for (const dialog of document.querySelectorAll('dialog')) dialog.close()
  setJourney(SIGN_IN, { next, login })
  document.title = `${texts().signInPage} · ${PRODUCT}`
  place.replaceChildren(
    signInPage({
      api,
      login,
      notice,
      again: showSignInAnew,
      signedIn: enter,
      challenged(typed, challenge) {
        goToSecondStep(typed, challenge)
        showStep()
      },
    }),
  )
}

/** In another language, with what was typed. */
function showSignInAnew(): void {
  const [login, password] = typedSignIn()
  showSignIn({ login: login?.value })
  const anew = typedSignIn()[1]
  if (anew && password) anew.value = password.value
}

const typedSignIn = () => place.querySelectorAll<HTMLInputElement>('#login, #password')

/** From an expired challenge the same person goes on; otherwise they asked for another account. */
function startOver(): void {
  const { login, challenge } = journey()
  const isExpired = challenge !== undefined && challenge.expiresAtMs <= Date.now()
  showSignIn({ login: isExpired ? login : '' })
}

function requestedPage(): string {
  const path = journey().next ?? location.pathname
  return Object.hasOwn(PAGES, path) ? path : HOME
}

function showFault(words: string): void {
  const again = element('button', { type: 'button', class: 'button primary', onclick: start }, texts().tryAgain)
  const card = element('main', { class: 'card sign-in-card' }, element('p', { role: 'alert' }, words), again)
  place.replaceChildren(element('div', { class: 'sign-in' }, card))
}

async function enter(usedRecoveryCode = false): Promise<void> {
  history.replaceState(null, '', requestedPage())
  await start()
  if (usedRecoveryCode) showPage(recoveryNotice())
  focusHeading()
}

/** Shows the sign-in page only once the server has ended the session. */
async function signOut(): Promise<void> {
  const answer = await api.post('SignOut', {})
  if (answer.ok) showSignIn({ next: HOME })
  else if (answer.reason !== 'signed-out') showStillSignedIn(answer.words)
}

function showStillSignedIn(words: string): void {
  const notice = element('p', { class: 'notice', id: 'sign-out-failed', role: 'alert' })
  document.getElementById(notice.id)?.remove()
  document.querySelector('.page')?.prepend(notice)
  notice.textContent = `${texts().stillSignedIn} ${words}`
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

function recoveryNotice(): HTMLElement {
  const words = fillIn(texts().recovered, { button: elementTexts().newPhone })
  return element('p', { class: 'notice', role: 'status' }, words)
}
