import { element, freshId } from '../dom.ts'
import { icon } from '../icons.ts'
import type { Texts } from '../texts.ts'

/** A dialog that shows one step after another. */
export interface Frame {
  dialog: HTMLDialogElement
  /** Puts a step in, and the focus on its first field. */
  show(title: string, ...content: (Node | string)[]): void
  close(): void
  /** The last step cannot be left by accident: no closing but by its own button. */
  hold(isHeld: boolean): void
}

/** What every dialog takes. It tells its page `done` when something changed. */
export function frame(texts: Texts, size: 'narrow' | 'wide' = 'narrow'): Frame {
  const title = element('h2', { id: freshId('title') })
  const close = element(
    'button',
    { type: 'button', class: 'icon-button', 'aria-label': texts.form.close },
    icon('close'),
  )
  const body = element('div', { class: 'dialog-body' })
  const dialog = element(
    'dialog',
    { class: size, 'aria-labelledby': title.id },
    element('header', {}, title, close),
    body,
    element('div', { class: 'status', role: 'status' }),
  )
  close.addEventListener('click', () => dialog.close())
  dialog.addEventListener('cancel', (event) => {
    if (close.hidden) event.preventDefault()
  })
  return {
    dialog,
    show(heading, ...content) {
      title.textContent = heading
      body.replaceChildren(...content)
      body.scrollTop = 0
      if (dialog.open) firstField(body)?.focus()
    },
    close: () => dialog.close(),
    hold(isHeld) {
      close.hidden = isHeld
    },
  }
}

/** Opens a dialog over the page; it goes once it is closed. */
export function open(dialog: HTMLDialogElement): void {
  document.body.append(dialog)
  dialog.addEventListener('close', () => dialog.remove())
  dialog.showModal()
  firstField(dialog)?.focus()
}

const firstField = (within: HTMLElement) =>
  within.querySelector<HTMLElement>('[autofocus]') ??
  within.querySelector<HTMLElement>('input, select') ??
  within.querySelector<HTMLElement>('button')
