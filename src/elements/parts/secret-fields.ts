import { html } from 'lit/html.js'
import { isDigits, readTypedCode } from '../../otp/typed-code.ts'
import { icon } from '../icons.ts'
import type { Scope } from '../scope.ts'
import { fill } from '../texts/words.ts'
import { type Field, inputView, textField } from './field.ts'
import { link } from './row.ts'

export type CodeKind = 'app' | 'recovery'

/** A password, with a button that shows it. */
export function passwordField({ texts, update }: Scope): Field {
  let isShown = false
  const toggle = () => {
    isShown = !isShown
    update()
  }
  return {
    name: 'password',
    view: (problem) =>
      inputView(
        {
          name: 'password',
          label: texts.password,
          type: isShown ? 'text' : 'password',
          autocomplete: 'current-password',
          autocapitalize: 'none',
          look: 'with-button',
          inside: html`<button
            type="button"
            class="icon-button in-field"
            aria-label=${isShown ? texts.hidePassword : texts.showPassword}
            @click=${toggle}
          >
            ${icon(isShown ? 'eyeOff' : 'eye')}
          </button>`,
        },
        problem,
      ),
  }
}

const CODE = { name: 'code', look: 'code', dir: 'ltr' } as const
const FOR_RECOVERY = { ...CODE, autocapitalize: 'characters' }
/** A code of that many digits may be a recovery code imported from an old system. */
const RECOVERY_DIGITS = 8

/** How many digits an app shows, and the name of the authenticator. */
export interface AppCodes {
  digits: readonly number[]
  authenticator?: string | undefined
}

const read = (text: string) => readTypedCode(text) ?? ''
const isNumber = (text: string) => /^\d+$/.test(text)
const listed = ({ times }: Scope, digits: readonly number[]) => times.either(digits.map(times.number))

function forApp(scope: Scope, { digits, authenticator }: AppCodes) {
  const { texts } = scope
  const [only = 0, ...others] = digits
  return {
    ...CODE,
    inputmode: 'numeric',
    autocomplete: 'one-time-code',
    hint: fill(texts.appCodeHint, {
      digits: listed(scope, digits),
      app: authenticator ? `“${authenticator}”` : texts.yourApp,
    }),
    ...(others.length === 0 && { placeholder: `${'0'.repeat(only >> 1)} ${'0'.repeat(only - (only >> 1))}` }),
    // Once the code is complete, the form is sent.
    onInput({ target }: InputEvent) {
      if (target instanceof HTMLInputElement && isDigits(read(target.value), Math.max(...digits)))
        target.form?.requestSubmit()
    },
  }
}

/** What no app can show is not sent. */
const incomplete = (scope: Scope, digits: readonly number[]) =>
  fill(scope.texts.codeIncomplete, { digits: listed(scope, digits) })

/** A field for the first code from a new app. */
export function appCodeField(scope: Scope, label: string, digits: number): Field {
  const { texts, times } = scope
  return {
    ...textField({ ...forApp(scope, { digits: [digits] }), label }),
    check: (text) => (isDigits(read(text), digits) ? null : incomplete(scope, [digits])),
    wordsFor({ clockOffsetSeconds: offset }) {
      if (offset === undefined) return null
      const time = times.minutes(Math.max(1, Math.round(Math.abs(offset) / 60)))
      return fill(offset > 0 ? texts.clockAhead : texts.clockBehind, { time })
    },
  }
}

export interface EitherCode extends AppCodes {
  first: CodeKind
  /** One of them is unused. */
  hasRecoveryCodes: boolean
}

/**
 * One field for both kinds of code. It accepts either at any time; the link below changes only what is asked for, and
 * with it a phone's keyboard.
 */
export function eitherCodeField(scope: Scope, { first, hasRecoveryCodes, ...app }: EitherCode): Field {
  const { texts, update } = scope
  // Without an app, such as with passkeys only, there is one kind.
  const hasApp = app.digits.length > 0
  let asked = hasApp ? first : 'recovery'
  const swap = ({ currentTarget }: Event) => {
    asked = asked === 'app' ? 'recovery' : 'app'
    update()
    const input = currentTarget instanceof HTMLElement && currentTarget.closest('.field')?.querySelector('input')
    if (!input) return
    input.value = ''
    input.dispatchEvent(new Event('clear', { bubbles: true }))
    // After the render, so that the keyboard is the one that was asked for.
    queueMicrotask(() => input.focus())
  }
  const kind = (text: string) =>
    !hasApp || text.trim() === ''
      ? asked
      : isNumber(read(text)) && read(text).length <= RECOVERY_DIGITS
        ? 'app'
        : 'recovery'
  return {
    name: CODE.name,
    kind,
    check(text) {
      const code = read(text)
      const isPart = hasApp && isNumber(code) && code.length < RECOVERY_DIGITS && !app.digits.includes(code.length)
      return isPart ? incomplete(scope, app.digits) : null
    },
    wordsFor({ reason }, text) {
      if (kind(text) === 'app') return reason === 'locked' && hasRecoveryCodes ? texts.challengeLocked : null
      if (reason === 'wrong-code') return texts.wrongRecoveryCode
      return reason === 'code-used' ? texts.usedRecoveryCode : null
    },
    view: (problem) =>
      inputView(
        asked === 'app'
          ? { ...forApp(scope, app), label: texts.appCode, beneath: link(texts.useRecoveryCode, swap) }
          : {
              ...FOR_RECOVERY,
              label: texts.recoveryCode,
              hint: texts.recoveryCodeHint,
              ...(hasApp && { beneath: link(texts.useAppCode, swap) }),
            },
        problem,
      ),
  }
}
