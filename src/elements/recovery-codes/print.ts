import type { Scope } from '../scope.ts'
import { headLines } from './file.ts'
import type { Owner } from './list.ts'

/**
 * Prints only the codes, not the page: whose they are, where they are used, and a box to tick for each. Uses an empty
 * frame, whose address no content security policy can refuse; it is removed once the print dialog is closed.
 */
export function printSheet(scope: Scope, owner: Owner, codes: readonly string[], beside: HTMLElement): void {
  const frame = document.createElement('iframe')
  frame.className = 'off-screen'
  frame.tabIndex = -1
  frame.setAttribute('aria-hidden', 'true')
  beside.after(frame)
  const page = frame.contentWindow
  if (page === null) return
  const { body, documentElement } = page.document
  const { direction } = getComputedStyle(beside)
  documentElement.dir = direction
  body.translate = false
  Object.assign(body.style, { font: '16px/1.7 system-ui, sans-serif', margin: '2em' })
  const add = (tag: string, text: string) => {
    const node = page.document.createElement(tag)
    node.textContent = text
    body.append(node)
    return node
  }
  const [title = '', ...about] = headLines(scope, owner)
  page.document.title = scope.texts.recoveryCodes
  add('h1', title)
  for (const line of [...about, scope.texts.fileNote]) add('div', line)
  add('hr', '')
  for (const code of codes) {
    const line = add('div', `☐ ${code}`)
    line.dir = 'ltr'
    Object.assign(line.style, { font: '20px/2 monospace', textAlign: direction === 'rtl' ? 'right' : 'left' })
  }
  page.addEventListener('afterprint', () => frame.remove())
  page.print()
}
