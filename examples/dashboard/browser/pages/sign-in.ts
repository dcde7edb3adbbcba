import type { SignInAnswer } from 'countersign/http'
import type { Api } from '../api.ts'
import { element } from '../dom.ts'
import { createForm } from '../form.ts'
import { twoFactorElement } from '../language.ts'
import { brand } from '../shell.ts'

/** Login and password; then, where a second step is needed, `<two-factor-challenge>`, which tells the page when it is done. */
export function signInPage(api: Api, enter: () => Promise<void>, notice?: string): HTMLElement {
  const title = 'Sign in to Acme Cloud'
  const main = element('main', { class: 'sign-in-main' })
  const form = createForm<SignInAnswer>({
    fields: [
      { name: 'login', label: 'Login', autocomplete: 'username' },
      { name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' },
    ],
    action: 'Sign In',
    send: (values) => api.post('SignIn', values),
    async done(answer) {
      if (answer.signedIn) return enter()
      const challenge = twoFactorElement('two-factor-challenge')
      challenge.challenge = answer
      main.replaceChildren(element('h1', { class: 'off-screen' }, title), challenge)
    },
  })
  main.append(
    element(
      'section',
      { class: 'card sign-in-card' },
      element('h1', { tabindex: -1 }, title),
      notice ? element('p', { class: 'notice', role: 'alert' }, notice) : '',
      form,
    ),
  )
  queueMicrotask(() => form.querySelector('input')?.focus())
  return element('div', { class: 'sign-in' }, element('header', {}, brand()), main)
}
