import { announce, element } from './dom.ts'
import { createForm, type FormOptions } from './form.ts'
import { texts } from './language.ts'

export interface DialogOptions<Answer> extends Omit<FormOptions<Answer>, 'cancel' | 'done'> {
  title: string
  why: string
  /** What is said once it is done. */
  doneText: string | ((answer: Answer) => string)
  done(answer: Answer): void
}

/** Asks for one thing over the page. When it closes, the focus is back on the button that opened it. */
export function openDialog<Answer = object>(options: DialogOptions<Answer>): void {
  const { title, why, doneText, done, ...form } = options
  const dialog = element('dialog', { 'aria-labelledby': 'dialog-title' })
  dialog.addEventListener('close', () => dialog.remove())
  dialog.append(
    element('h2', { id: 'dialog-title' }, title),
    element('p', {}, why),
    createForm({
      ...form,
      cancel: () => dialog.close(),
      done(answer) {
        dialog.close()
        announce(typeof doneText === 'string' ? doneText : doneText(answer))
        done(answer)
      },
    }),
  )
  document.body.append(dialog)
  dialog.showModal()
}

/** Shows what is shown this once; only its button closes it. */
export function showOnce({ title, why, secret }: { title: string; why: string; secret: string }): void {
  const dialog = element('dialog', { 'aria-labelledby': 'dialog-title', oncancel: (event) => event.preventDefault() })
  function close(): void {
    dialog.close()
    dialog.remove()
  }
  dialog.append(
    element('h2', { id: 'dialog-title' }, title),
    element('p', {}, why),
    element('pre', {}, element('code', { translate: 'no', dir: 'ltr' }, secret)),
    element(
      'div',
      { class: 'form-actions' },
      element('button', { class: 'button primary', onclick: close }, texts().done),
    ),
  )
  document.body.append(dialog)
  dialog.showModal()
}
