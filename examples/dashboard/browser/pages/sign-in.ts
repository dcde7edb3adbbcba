import type { Method } from 'countersign'
import type { ScanOffer, SignInAnswer } from '../../answers.ts'
import type { DialogNeeds } from '../dialogs/needs.ts'
import { element, freshId } from '../dom.ts'
import { type CodeKind, eitherCodeField } from '../parts/code-field.ts'
import { passwordField, textField } from '../parts/field.ts'
import { newRecoveryCodes } from '../parts/recovery-codes.ts'
import { requestForm } from '../parts/request-form.ts'
import { scanForm } from '../parts/scan.ts'
import { brand } from '../shell.ts'

export interface SignedIn {
  /** The person came in by a recovery code: perhaps the phone is lost. */
  usedRecoveryCode: boolean
  /** “Don’t ask again” was ticked, and a code is asked all the same. */
  staysAsked: boolean
}

const BY_THE_USUAL_WAY: SignedIn = { usedRecoveryCode: false, staysAsked: false }

/** Login and password; then a code, or the set-up of two-factor authentication where it is required. */
export function signInPage(
  { api, texts }: DialogNeeds,
  done: (signedIn: SignedIn) => Promise<void>,
  notice?: string,
): HTMLElement {
  const card = element('main', { class: 'sign-in-card' })
  const page = element('div', { class: 'sign-in' }, element('header', {}, brand()), card)

  function show(title: string, ...content: (Node | string)[]): void {
    card.replaceChildren(element('h1', { tabindex: -1 }, title), ...content)
    queueMicrotask(() => (card.querySelector<HTMLElement>('[autofocus]') ?? card.querySelector('input'))?.focus())
  }

  function askPassword(why?: string): void {
    card.classList.remove('wide')
    const login = textField({
      label: 'Login',
      attributes: { autocomplete: 'username', inputmode: 'email', autocapitalize: 'none', spellcheck: 'false' },
    })
    const password = passwordField(texts.password)
    const form = requestForm({
      texts,
      intro: [why ? element('p', { class: 'notice', role: 'alert' }, why) : null],
      fields: [login, password],
      action: 'Sign In',
      send: () => api.signIn({ login: login.input.value, password: password.input.value }),
      done: passwordWasRight,
    })
    show('Sign in to Acme Cloud', form)
  }

  async function passwordWasRight(answer: Extract<SignInAnswer, { ok: true }>): Promise<void> {
    if (answer.signedIn) await done(BY_THE_USUAL_WAY)
    else if (answer.action === 'code') askCode(answer.challengeToken, answer.methods)
    else explainSetUp(answer.challengeToken, answer.setup)
  }

  function askCode(challengeToken: string, methods: Method[]): void {
    const first: CodeKind = methods.includes('totp') ? 'app' : 'recovery'
    const code = eitherCodeField(texts.code, first)
    const trust = element('input', { type: 'checkbox', id: freshId('trust') })
    const form = requestForm({
      texts,
      intro: [
        first === 'recovery' &&
          element(
            'p',
            { class: 'warning' },
            'After many wrong attempts, codes from the app are refused for now. A recovery code gets you in.',
          ),
      ],
      fields: [code],
      outro: [element('label', { class: 'check', for: trust.id }, trust, 'Don’t ask again on this device')],
      action: 'Verify',
      waitsFor: code.kind,
      send: () => api.verifyCode({ challengeToken, code: code.input.value, trustDevice: trust.checked }),
      done: ({ method, deviceTrusted }) =>
        done({ usedRecoveryCode: method === 'recovery-code', staysAsked: trust.checked && !deviceTrusted }),
      refused: startOver,
    })
    show('Two-factor authentication', form, back())
  }

  function explainSetUp(challengeToken: string, offer: ScanOffer): void {
    const next = element('button', { type: 'button', class: 'button primary', autofocus: true }, texts.setUp.next)
    next.addEventListener('click', () => setUp(challengeToken, offer))
    show(
      'One more step',
      element(
        'p',
        {},
        'Your organization requires two-factor authentication for your account. Set it up now: it takes a minute.',
      ),
      element('p', { class: 'muted' }, texts.setUp.why),
      element('div', { class: 'form-actions' }, next),
      back(),
    )
  }

  function setUp(challengeToken: string, offer: ScanOffer): void {
    card.classList.add('wide')
    const form = scanForm({
      texts,
      offer,
      send: (code) => api.verifyCode({ challengeToken, code }),
      done({ recoveryCodes = [] }) {
        card.classList.remove('wide')
        const enter = () => done(BY_THE_USUAL_WAY)
        show(texts.recoveryCodes.saveTitle, newRecoveryCodes(texts, offer, recoveryCodes, enter))
      },
      refused: startOver,
    })
    show(texts.scan.title, form, back())
  }

  /** These have one remedy: the password again. */
  function startOver({ reason }: { reason: keyof typeof texts.reasons }): boolean {
    const isOver = reason === 'challenge-expired' || reason === 'challenge-used' || reason === 'setup-expired'
    if (isOver) askPassword(texts.reasons[reason])
    return isOver
  }
  function back(): HTMLElement {
    return element(
      'button',
      { type: 'button', class: 'link back', onclick: () => askPassword() },
      'Sign in as somebody else',
    )
  }

  askPassword(notice)
  return page
}
