import type { User } from '../../answers.ts'
import type { DialogNeeds } from '../dialogs/needs.ts'
import { type Child, element, type Listener } from '../dom.ts'
import { type IconName, icon } from '../icons.ts'
import { open } from '../parts/frame.ts'

/** What every page of a signed-in person is given. */
export interface PageNeeds extends DialogNeeds {
  user: User
  issuer: string
}

/** A page's heading and its cards. */
export function pageLayout(title: string, lead: string, ...cards: Child[]): HTMLElement {
  return element(
    'div',
    { class: 'page' },
    element('header', { class: 'page-header' }, element('h1', { tabindex: -1 }, title), element('p', {}, lead)),
    ...cards,
  )
}

/** Opens a dialog; when it is done, shows the page's data anew. */
export function openFor(refresh: () => Promise<void>, dialog: HTMLDialogElement): void {
  dialog.addEventListener('done', () => refresh().catch(reportError))
  open(dialog)
}

/** Puts new content in, and the focus back where it was, or on the heading if what had it is gone. */
export function replaceContent(node: HTMLElement, ...content: Child[]): void {
  const focused = document.activeElement
  const hadFocus = node.contains(focused)
  node.replaceChildren(...content.filter((child) => child !== null && child !== undefined && child !== false))
  if (!hadFocus) return
  const same = focused?.id ? document.getElementById(focused.id) : null
  const target = same ?? node.querySelector<HTMLElement>('[tabindex="-1"]')
  target?.focus()
}

/** A button of a page. Its id outlives a refresh, so that the focus finds it again. */
export function pageButton(id: string, label: Child, onclick: Listener, look = ''): HTMLButtonElement {
  return element('button', { type: 'button', class: `button ${look}`.trim(), id, onclick }, label)
}

export function pill(look: 'good' | 'bad' | 'plain' | 'warn', text: string): HTMLElement {
  return element('span', { class: `pill ${look}` }, text)
}

/** A line of a card: picture, two lines of words, buttons. */
export function listRow(picture: IconName, title: Child, detail: Child, ...actions: Child[]): HTMLElement {
  return element(
    'div',
    { class: 'row' },
    element('span', { class: 'row-icon' }, icon(picture)),
    element('div', { class: 'row-words' }, title, detail),
    element('div', { class: 'row-actions' }, ...actions),
  )
}

/** A button's word, with whom it is about for those who do not see the line that it stands in. */
export function verb(word: string, about: string): HTMLElement {
  return element('span', {}, word, element('span', { class: 'off-screen' }, ` ${about}`))
}
