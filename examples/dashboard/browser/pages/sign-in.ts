import type { SignInAnswer } from 'countersign/http'
import type { Api } from '../api.ts'
import { type Child, element } from '../dom.ts'
import { createForm } from '../form.ts'
import type { Challenge } from '../journey.ts'
import { languageSelect, texts, twoFactorElement } from '../language.ts'
import { brand } from '../shell.ts'

export interface SignInNeeds {
  api: Api
  /** Who signs in, where that is known. */
  login: string
  notice: string | undefined
  /** Another language was chosen. */
  again(): void
  signedIn(): Promise<void>
  /** The password was right, and a second step is needed. */
  challenged(login: string, challenge: Challenge): void
}

/** The first step: login and password. */
export function signInPage({ api, login, notice, again, signedIn, challenged }: SignInNeeds): HTMLElement {
  const form = createForm<SignInAnswer>({
    fields: [
      { name: 'login', label: texts().login, autocomplete: 'username', value: login },
      { name: 'password', label: texts().password, type: 'password', autocomplete: 'current-password' },
    ],
    action: texts().signIn,
    send: (values) => api.post('SignIn', values),
    done: (answer, values) => (answer.signedIn ? signedIn() : challenged(String(values['login']), answer)),
  })
  queueMicrotask(() => form.querySelector<HTMLInputElement>(login ? '#password' : '#login')?.focus())
  return layout(
    languageSelect(again),
    element(
      'section',
      { class: 'card sign-in-card' },
      element('h1', { tabindex: -1 }, texts().signInTitle),
      notice ? element('p', { class: 'notice', role: 'alert' }, notice) : '',
      form,
    ),
  )
}

/**
 * The second step: `<two-factor-challenge>`, which tells the page when it is done. Another language shows it anew, so
 * there is no choice beside a setup, which may be showing recovery codes: there, Back leads to the choice.
 */
export function secondStepPage(login: string, challenge: Challenge, again: () => void): HTMLElement {
  const asked = twoFactorElement('two-factor-challenge')
  asked.accountName = login
  asked.resetAtMs = challenge.resetAtMs ?? 0
  asked.challenge = challenge
  return layout(
    challenge.action === 'verify' ? languageSelect(again) : null,
    element('h1', { class: 'off-screen' }, texts().signInTitle),
    asked,
  )
}

function layout(tool: Child, ...content: Child[]): HTMLElement {
  const main = element('main', { class: 'sign-in-main' }, ...content)
  return element('div', { class: 'sign-in' }, element('header', {}, brand()), main, tool)
}
