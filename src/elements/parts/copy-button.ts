import { html, type TemplateResult } from 'lit'
import { icon } from '../icons.ts'
import type { Scope } from '../scope.ts'

const SHOWN_MS = 2000

/** Copies a text, and says so where the person looks. */
export function createCopyButton(scope: Scope, text: string, onCopied: () => void = () => {}): () => TemplateResult {
  const { texts } = scope
  let isCopied = false
  async function press({ currentTarget }: Event): Promise<void> {
    if (currentTarget instanceof HTMLElement) await copy(text, currentTarget)
    isCopied = true
    scope.announce(texts.copied)
    onCopied()
    setTimeout(() => {
      isCopied = false
      scope.update()
    }, SHOWN_MS)
  }
  return () => html`<button type="button" class="button small" part="button" @click=${press}>
    ${icon(isCopied ? 'check' : 'copy')}${isCopied ? texts.copied : texts.copy}
  </button>`
}

/** Over plain http, from another machine, browsers have no clipboard; selecting and copying works everywhere. */
async function copy(text: string, beside: HTMLElement): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  const area = document.createElement('textarea')
  area.className = 'off-screen'
  area.value = text
  beside.after(area)
  area.select()
  try {
    document.execCommand('copy')
  } finally {
    area.remove()
  }
  beside.focus()
}
