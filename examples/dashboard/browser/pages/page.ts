import type { User } from '../../answers.ts'
import type { Api } from '../api.ts'
import { type Child, element } from '../dom.ts'
import { type IconName, icon } from '../icons.ts'

/** What every page of a signed-in person is given. */
export interface PageNeeds {
  api: Api
  user: User
  /** Shows the page anew. */
  again: () => void
}

/** A page's heading and its cards. */
export function pageLayout(title: string, lead: string, ...cards: Child[]): HTMLElement {
  return element(
    'div',
    { class: 'page' },
    element('header', {}, element('h1', { tabindex: -1 }, title), element('p', { class: 'muted' }, lead)),
    ...cards,
  )
}

/** A line of a list: picture, two lines of words, and what stands at its end. */
export function row(picture: HTMLElement, title: Child[], detail: string, ...end: Child[]): HTMLElement {
  return element(
    'li',
    {},
    picture,
    element('div', {}, element('strong', {}, ...title), element('p', { class: 'muted' }, detail)),
    element('div', { class: 'end' }, ...end),
  )
}

/** A picture in a circle, colored where it stands for something important. */
export function badge(picture: IconName, isImportant = false): HTMLElement {
  return element('span', { class: isImportant ? 'badge' : 'badge plain' }, icon(picture))
}

/** A person's initials in a circle: decoration beside the name. */
export function avatar(name: string): HTMLElement {
  const initials = name.split(' ').map((word) => word.charAt(0))
  return element('span', { class: 'badge', 'aria-hidden': 'true' }, initials.join(''))
}

export function pill(look: 'good' | 'bad' | 'plain' | 'warn', text: string): HTMLElement {
  return element('span', { class: `pill ${look}` }, text)
}
