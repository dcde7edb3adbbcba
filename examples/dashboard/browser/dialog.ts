import { announce, element } from './dom.ts'
import { createForm, type FormOptions } from './form.ts'

export interface DialogOptions<Answer> extends Omit<FormOptions<Answer>, 'cancel' | 'done'> {
  title: string
  why: string
  /** What is said once it is done. */
  doneText: string | ((answer: Answer) => string)
  done(): void
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
        done()
      },
    }),
  )
  document.body.append(dialog)
  dialog.showModal()
}
