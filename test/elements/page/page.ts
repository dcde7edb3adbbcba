import { createClient } from 'countersign/client'
import { defineElements, type Texts } from 'countersign/elements'
import { ar } from '../../../src/elements/texts/ar.ts'
import { de } from '../../../src/elements/texts/de.ts'

/*
 * A page of somebody's, with a strict content security policy: signs in, shows the elements, and keeps what they tell.
 * `?lang=` words, `?theme=`, `?show=` one element in place of the settings and the tokens,
 * `?account=` and `?authenticator=` what the page knows of a sign-in, `?not-me=` where “This wasn't me” leads,
 * `?reset-at=` when staff reset it, as the host remembers.
 */
const asked = new URLSearchParams(location.search)
const LANGUAGES: Record<string, Partial<Texts>> = { de, ar }
const place = document.querySelector('main')

addEventListener('error', ({ message }) => note(message))
addEventListener('unhandledrejection', ({ reason }) => note(String(reason)))
addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
  // An icon that nobody named is the browser's own wish.
  if (!blockedURI.endsWith('/favicon.ico')) note(`${violatedDirective} ${blockedURI}`)
})
defineElements({ texts: LANGUAGES[document.documentElement.lang] })
for (const type of [
  'two-factor-changed',
  'two-factor-setup-done',
  'two-factor-setup-canceled',
  'two-factor-signed-out',
  'two-factor-sign-in-again',
  'recovery-codes-saved',
  'access-tokens-changed',
]) {
  document.addEventListener(type, (event) => hear(type, event instanceof CustomEvent && event.detail))
}
document.addEventListener('two-factor-signed-in', ({ detail }) => {
  hear('two-factor-signed-in', detail)
  home()
})
document.addEventListener('two-factor-start-over', ({ detail }) => {
  hear('two-factor-start-over', detail)
  signIn()
})
const { ok } = await createClient('/two-factor').status()
if (ok) home()
else signIn()

function hear(type: string, detail: unknown): void {
  document.documentElement.dataset['heard'] += `${type} ${JSON.stringify(detail)}\n`
}

/** What the browser complained of, for engines whose complaints are not heard from outside. */
function note(fault: string): void {
  const { dataset } = document.documentElement
  dataset['faults'] = `${dataset['faults'] ?? ''}${fault}\n`
}

function make<Tag extends keyof HTMLElementTagNameMap>(tag: Tag): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  const theme = asked.get('theme')
  if (theme && tag.includes('-')) element.setAttribute('theme', theme)
  return element
}

function home(): void {
  place?.replaceChildren(...elements(asked.get('show')))
}

function elements(show: string | null): HTMLElement[] {
  if (show === 'setup') return [make('two-factor-setup')]
  if (show !== 'codes') {
    const settings = make('two-factor-settings')
    settings.notMeUrl = asked.get('not-me') ?? ''
    settings.setAttribute('reset-at-ms', asked.get('reset-at') ?? '')
    return [settings, make('access-tokens')]
  }
  const codes = make('recovery-codes')
  codes.issuer = 'Acme Cloud'
  codes.accountName = 'ann@acme.example'
  codes.codes = ['AAAA-BBBB-CCCC-DDDD', 'EEEE-FFFF-GGGG-HHHH']
  return [codes]
}

function signIn(): void {
  const form = document.createElement('form')
  const login = labeled('Login', 'text', 'username')
  const password = labeled('Password', 'password', 'current-password')
  const button = document.createElement('button')
  button.textContent = 'Sign In'
  form.append(login, password, button)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    passwordStep(Object.fromEntries(new FormData(form))).catch(reportError)
  })
  place?.replaceChildren(form)
  form.querySelector('input')?.focus()
}

async function passwordStep(body: object): Promise<void> {
  const headers = { 'Content-Type': 'application/json' }
  const answer = await (await fetch('/sign-in', { method: 'POST', headers, body: JSON.stringify(body) })).json()
  if (answer.signedIn) return home()
  const challenge = make('two-factor-challenge')
  challenge.challenge = answer
  challenge.accountName = asked.get('account') ?? ''
  challenge.authenticatorName = asked.get('authenticator') ?? ''
  challenge.setAttribute('reset-at-ms', asked.get('reset-at') ?? '')
  place?.replaceChildren(challenge)
}

function labeled(words: string, type: string, autocomplete: 'username' | 'current-password'): HTMLLabelElement {
  const label = document.createElement('label')
  const input = document.createElement('input')
  Object.assign(input, { type, autocomplete, name: words.toLowerCase() })
  label.append(words, ' ', input)
  return label
}
