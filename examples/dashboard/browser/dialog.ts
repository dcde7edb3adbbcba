import { announce, element } from './dom.ts'
import { createForm, type FormOptions } from './form.ts'

export interface DialogOptions extends Omit<FormOptions<object>, 'cancel' | 'done'> {
  title: string
  why: string
  doneText: string
  done(): void
}

/** Asks for one thing over the page. When it closes, the focus is back on the button that opened it. */
export function openDialog({ title, why, doneText, done, ...form }: DialogOptions): void {
  const dialog = element('dialog', { 'aria-labelledby': 'dialog-title' })
  dialog.addEventListener('close', () => dialog.remove())
  dialog.append(
    element('h2', { id: 'dialog-title' }, title),
    element('p', {}, why),
    createForm({
      ...form,
      cancel: () => dialog.close(),
      done() {
        dialog.close()
        announce(doneText)
        done()
      },
    }),
  )
  document.body.append(dialog)
  dialog.showModal()
}
