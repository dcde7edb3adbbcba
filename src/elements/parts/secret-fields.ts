import { html } from 'lit'
import { isDigits, readTypedCode } from '../../otp/typed-code.ts'
import { icon } from '../icons.ts'
import type { Scope } from '../scope.ts'
import { type Field, inputView, textField } from './field.ts'

/** What an app shows. */
const APP_DIGITS = 6

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

const CODE = { name: 'code', look: 'code', dir: 'ltr', maxlength: 64 } as const
const FOR_APP = { ...CODE, inputmode: 'numeric', autocomplete: 'one-time-code', placeholder: '000 000' }
const FOR_RECOVERY = { ...CODE, autocapitalize: 'characters' }

/** A field for a code from the app. Once it holds one, its form is sent. */
export function appCodeField({ texts }: Scope, label: string): Field {
  return textField({ ...FOR_APP, label, hint: texts.appCodeHint, onInput: sendWhenFull })
}

/**
 * One field for both kinds of code. It takes either at any time; the link beneath changes only what is asked for, and
 * with it the keyboard that a phone shows.
 */
export function eitherCodeField({ texts, update }: Scope, first: CodeKind): Field {
  let asked = first
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
  return {
    name: CODE.name,
    kind: (text) => (text.trim() === '' ? asked : /^\d{1,8}$/.test(readTypedCode(text) ?? '') ? 'app' : 'recovery'),
    view: (problem) =>
      inputView(
        asked === 'app'
          ? {
              ...FOR_APP,
              label: texts.appCode,
              hint: texts.appCodeHint,
              beneath: link(texts.useRecoveryCode, swap),
              onInput: sendWhenFull,
            }
          : {
              ...FOR_RECOVERY,
              label: texts.recoveryCode,
              hint: texts.recoveryCodeHint,
              beneath: link(texts.useAppCode, swap),
            },
        problem,
      ),
  }
}

const link = (words: string, onClick: (event: Event) => void) =>
  html`<button type="button" class="link" part="link" @click=${onClick}>${words}</button>`

function sendWhenFull({ target }: InputEvent): void {
  if (target instanceof HTMLInputElement && isDigits(readTypedCode(target.value) ?? '', APP_DIGITS))
    target.form?.requestSubmit()
}
