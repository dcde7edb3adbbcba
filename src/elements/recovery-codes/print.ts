import type { Scope } from '../scope.ts'
import { codeLines } from './file.ts'
import type { Owner } from './list.ts'

/**
 * Prints the codes and nothing else of the page: from an empty frame, which has no address that a content security
 * policy could refuse. It goes once the print dialog is closed.
 */
export function printText(scope: Scope, owner: Owner, codes: readonly string[], beside: HTMLElement): void {
  const frame = document.createElement('iframe')
  frame.className = 'off-screen'
  frame.tabIndex = -1
  frame.setAttribute('aria-hidden', 'true')
  beside.after(frame)
  const page = frame.contentWindow
  if (page === null) return
  const text = page.document.createElement('pre')
  text.translate = false
  text.textContent = codeLines(scope, owner, codes).join('\n')
  page.document.title = scope.texts.recoveryCodes
  page.document.body.append(text)
  page.addEventListener('afterprint', () => frame.remove())
  page.print()
}
