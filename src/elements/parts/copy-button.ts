import { html, nothing, type TemplateResult } from 'lit/html.js'
import { icon } from '../icons.ts'
import type { Scope } from '../scope.ts'
import { fill } from '../texts/words.ts'

const SHOWN_MS = 2000

/** Copies a text, and says so on the button. */
export function createCopyButton(scope: Scope, text: string, onCopied: () => void = () => {}): () => TemplateResult {
  const { texts } = scope
  const byHand = fill(texts.copyByHand, { keys: /Mac|iP/.test(navigator.userAgent) ? '⌘C' : 'Ctrl+C' })
  let isCopied = false
  let isRefused = false
  async function press({ currentTarget }: Event): Promise<void> {
    const from = currentTarget instanceof HTMLElement ? currentTarget.closest('.copied-from') : null
    isCopied = (await isWritten(text)) || isCopiedFrom(from?.querySelector('[data-copied]'), text)
    isRefused = !isCopied
    scope.announce(isCopied ? texts.copied : byHand)
    if (isRefused) return
    onCopied()
    setTimeout(() => {
      isCopied = false
      scope.update()
    }, SHOWN_MS)
  }
  return () => html`<button type="button" class="button small" part="button" @click=${press}>
      ${icon(isCopied ? 'check' : 'copy')}${isCopied ? texts.copied : texts.copy}
    </button>
    ${isRefused ? html`<span class="hint">${byHand}</span>` : nothing}`
}

/** Browsers have no clipboard over plain http, and may refuse it in a frame. */
async function isWritten(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}

/** The older way, by selection. If that is refused too, the text stays selected for the keyboard. */
function isCopiedFrom(shown: Element | null | undefined, text: string): boolean {
  if (shown) getSelection()?.selectAllChildren(shown)
  let isTaken = false
  const take = (event: ClipboardEvent) => {
    event.preventDefault()
    event.clipboardData?.setData('text/plain', text)
    isTaken = true
  }
  document.addEventListener('copy', take)
  const isDone = document.execCommand('copy')
  document.removeEventListener('copy', take)
  return isDone && isTaken
}
