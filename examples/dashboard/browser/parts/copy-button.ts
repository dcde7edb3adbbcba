import { announce, element } from '../dom.ts'
import { icon } from '../icons.ts'
import type { Texts } from '../texts.ts'

/** Copies a text, and says so where the person looks. */
export function copyButton(
  texts: Texts['copy'],
  text: () => string,
  onCopied: () => void = () => {},
): HTMLButtonElement {
  const label = element('span', {}, texts.copy)
  const button = element('button', { type: 'button', class: 'button small' }, icon('copy'), label)
  button.addEventListener('click', async () => {
    await copy(text(), button)
    label.textContent = texts.copied
    announce(texts.copied)
    setTimeout(() => {
      label.textContent = texts.copy
    }, 2000)
    onCopied()
  })
  return button
}

/** Over plain http, from another machine, browsers have no clipboard; selecting and copying works everywhere. */
async function copy(text: string, beside: HTMLElement): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  const area = element('textarea', { class: 'off-screen', readonly: true })
  area.value = text
  beside.after(area)
  area.select()
  document.execCommand('copy')
  area.remove()
  beside.focus()
}
