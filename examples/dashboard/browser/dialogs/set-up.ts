import type { ScanOffer } from '../../answers.ts'
import { announce, element } from '../dom.ts'
import { type Field, passwordField, selectField, textField } from '../parts/field.ts'
import { frame } from '../parts/frame.ts'
import { newRecoveryCodes } from '../parts/recovery-codes.ts'
import { requestForm } from '../parts/request-form.ts'
import { scanForm } from '../parts/scan.ts'
import type { DialogNeeds } from './needs.ts'

export interface Authenticator {
  id: string
  name: string
}

/** What is set up: the first authenticator, one more, or one in the place of those that are named. */
export type SetUpPurpose =
  | { kind: 'setUp' }
  | { kind: 'addAuthenticator' }
  | { kind: 'replaceAuthenticator'; replaces: readonly [Authenticator, ...Authenticator[]] }

/** Password; picture and first code; recovery codes, where the set-up made some. Dispatches `done`. */
export function setUpDialog({ api, texts }: DialogNeeds, purpose: SetUpPurpose): HTMLDialogElement {
  const { dialog, show, close, hold } = frame(texts, 'wide')
  const words = texts[purpose.kind]

  function askPassword(notice?: string): void {
    dialog.classList.replace('wide', 'narrow')
    const password = passwordField(texts.password)
    const name = purpose.kind === 'addAuthenticator' ? nameField() : null
    const which = purpose.kind === 'replaceAuthenticator' ? whichField(purpose.replaces) : null
    const form = requestForm({
      texts,
      intro: [notice ? element('p', { class: 'notice', role: 'alert' }, notice) : null, element('p', {}, words.why)],
      fields: [name, which, password].filter((field): field is Field => field !== null),
      action: texts.setUp.next,
      cancel: close,
      send: () => api.beginSetup({ password: password.input.value, ...wanted(name, which) }),
      done: (offer) => scan(offer),
    })
    show(words.title, form)
  }

  function scan(offer: ScanOffer): void {
    dialog.classList.replace('narrow', 'wide')
    const form = scanForm({
      texts,
      offer,
      cancel: close,
      send: (code) => api.confirmSetup({ code }),
      done: ({ recoveryCodes }) => (recoveryCodes ? showRecoveryCodes(offer, recoveryCodes) : finish()),
      refused(refusal) {
        if (refusal.reason !== 'setup-expired') return false
        askPassword(texts.reasons['setup-expired'])
        return true
      },
    })
    show(texts.scan.title, form)
  }

  function showRecoveryCodes(owner: ScanOffer, codes: string[]): void {
    dialog.classList.replace('wide', 'narrow')
    hold(true)
    show(texts.recoveryCodes.saveTitle, newRecoveryCodes(texts, owner, codes, finish))
  }

  function finish(): void {
    close()
    announce(words.done)
    dialog.dispatchEvent(new Event('done'))
  }

  /** What the new one is called, and which ones it replaces. A new phone takes the old one's name. */
  function wanted(name: Field | null, which: Field | null): { name?: string; replaces?: string } {
    if (name) return { name: name.input.value }
    if (purpose.kind !== 'replaceAuthenticator') return {}
    const replaces = which?.input.value ?? purpose.replaces[0].id
    const replaced = purpose.replaces.find(({ id }) => id === replaces)
    return { replaces, ...(replaced && { name: replaced.name }) }
  }

  function nameField(): Field {
    const { name, nameHint } = texts.addAuthenticator
    return textField({ label: name, hint: nameHint, attributes: { maxlength: 40, autocomplete: 'off' } })
  }
  function whichField(replaced: readonly Authenticator[]): Field | null {
    if (replaced.length === 1) return null
    const choices = replaced.map(({ id, name }): [string, string] => [id, name])
    return selectField({
      label: texts.replaceAuthenticator.which,
      choices: [...choices, ['all', texts.replaceAuthenticator.all]],
    })
  }

  askPassword()
  return dialog
}
