import { element } from '../dom.ts'

/** A person's initials in a circle: decoration beside the name. */
export function avatar(name: string, look = ''): HTMLElement {
  const [first = '', last = ''] = name.split(' ')
  const initials = `${first.charAt(0)}${last.charAt(0)}`.toUpperCase()
  return element('span', { class: `avatar ${look}`.trim(), 'aria-hidden': 'true' }, initials)
}
