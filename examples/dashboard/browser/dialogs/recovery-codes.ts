import { element } from '../dom.ts'
import { passwordField } from '../parts/field.ts'
import { frame } from '../parts/frame.ts'
import { newRecoveryCodes, type RecoveryCodesOwner, recoveryCodeList, type ShownCode } from '../parts/recovery-codes.ts'
import { requestForm } from '../parts/request-form.ts'
import { onDate } from '../times.ts'
import type { DialogNeeds } from './needs.ts'

/** Password; the codes, used ones struck through; and from there to new ones. Dispatches `done` when it is left. */
export function recoveryCodesDialog({ api, texts }: DialogNeeds, owner: RecoveryCodesOwner): HTMLDialogElement {
  const { dialog, show, close, hold } = frame(texts)
  const words = texts.recoveryCodes
  dialog.addEventListener('close', () => dialog.dispatchEvent(new Event('done')))

  function askPassword(): void {
    const password = passwordField(texts.password)
    const form = requestForm({
      texts,
      intro: [element('p', {}, texts.password.confirm)],
      fields: [password],
      action: words.view,
      cancel: close,
      send: () => api.viewRecoveryCodes({ password: password.input.value }),
      done: ({ recoveryCodes, createdAtMs }) => view(recoveryCodes, createdAtMs),
      refused({ reason }) {
        if (reason !== 'not-viewable') return false
        askForNew(texts.reasons[reason])
        return true
      },
    })
    show(words.viewTitle, form)
  }

  function view(codes: ShownCode[], createdAtMs: number): void {
    show(
      words.viewTitle,
      element('p', {}, words.viewWhy, ' ', element('span', { class: 'muted' }, words.madeOn(onDate(createdAtMs)))),
      recoveryCodeList(texts, owner, codes),
      element(
        'div',
        { class: 'form-actions' },
        element('button', { type: 'button', class: 'button primary', onclick: close }, words.done),
        element('button', { type: 'button', class: 'link', onclick: () => askForNew() }, words.regenerate),
      ),
    )
  }

  function askForNew(notice?: string): void {
    const password = passwordField(texts.password)
    const form = requestForm({
      texts,
      intro: [notice ? element('p', {}, notice) : null, element('p', { class: 'warning' }, words.regenerateWhy)],
      fields: [password],
      action: words.regenerateNow,
      isDangerous: true,
      cancel: close,
      send: () => api.regenerateRecoveryCodes({ password: password.input.value }),
      done({ recoveryCodes }) {
        hold(true)
        show(words.saveTitle, newRecoveryCodes(texts, owner, recoveryCodes, close))
      },
    })
    show(words.regenerate, form)
  }

  askPassword()
  return dialog
}
