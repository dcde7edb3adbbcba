export type Child = Node | string | null | undefined | false
export type Listener = (event: Event) => void | Promise<void>
type Value = string | number | boolean | undefined | Listener

/**
 * Makes an element. An attribute that is true stands alone, one that is false or undefined is left out,
 * and a function under `onclick` and the like is a listener.
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, Value> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') listen(node, name.slice(2), value)
    else if (value === true) node.setAttribute(name, '')
    else if (value !== undefined && value !== false) node.setAttribute(name, String(value))
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false))
  return node
}

function listen(node: HTMLElement, type: string, listener: Listener): void {
  node.addEventListener(type, (event) => {
    Promise.resolve(listener(event)).catch(reportError)
  })
}

let lastId = 0
/** An id for this page, to tie a label or an error to its field. */
export function freshId(prefix: string): string {
  lastId += 1
  return `${prefix}-${lastId}`
}

/**
 * Says something to everybody: for a moment on the screen, and to screen readers. While a dialog is open, all else is
 * silent and dark, so the dialog says it.
 */
export function announce(text: string): void {
  const status = document.querySelector('dialog[open] > .status') ?? document.querySelector('.status')
  if (!status) return
  const note = element('p', { class: 'note' }, text)
  status.replaceChildren(note)
  setTimeout(() => note.remove(), 6000)
}
