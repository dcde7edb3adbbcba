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
  fill(node, ...children)
  return node
}

/** Puts new content in. */
export function fill(node: HTMLElement, ...children: Child[]): void {
  node.replaceChildren(...children.filter((child) => child !== null && child !== undefined && child !== false))
}

function listen(node: HTMLElement, type: string, listener: Listener): void {
  node.addEventListener(type, (event) => {
    Promise.resolve(listener(event)).catch(reportError)
  })
}

/** Says something to everybody: for a moment on the screen, and to screen readers. */
export function announce(text: string): void {
  const note = element('p', { class: 'note' }, text)
  document.querySelector('.status')?.replaceChildren(note)
  setTimeout(() => note.remove(), 6000)
}
