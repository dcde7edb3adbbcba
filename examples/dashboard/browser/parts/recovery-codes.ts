import { announce, element, freshId, type Listener } from '../dom.ts'
import { icon } from '../icons.ts'
import type { Texts } from '../texts.ts'
import { onDate } from '../times.ts'
import { copyButton } from './copy-button.ts'

export interface ShownCode {
  code: string
  usedAtMs: number | null
}
export interface RecoveryCodesOwner {
  issuer: string
  accountName: string
}

/** The codes, used ones struck through, with the ways to keep them. `onKept` hears of a download or a copy. */
export function recoveryCodeList(
  texts: Pick<Texts, 'recoveryCodes' | 'copy'>,
  owner: RecoveryCodesOwner,
  codes: readonly ShownCode[],
  onKept: () => void = () => {},
): HTMLElement {
  const words = texts.recoveryCodes
  const unused = codes.filter((shown) => shown.usedAtMs === null).map((shown) => shown.code)
  const download = element(
    'button',
    {
      type: 'button',
      class: 'button small',
      autofocus: true,
      onclick: () => {
        saveFile(words.file.name(owner.issuer), fileText(words.file, owner, unused))
        announce(words.downloaded)
        onKept()
      },
    },
    icon('download'),
    words.download,
  )
  return element(
    'div',
    { class: 'recovery-codes' },
    element('ol', { class: 'code-list', 'aria-label': words.list }, ...codes.map((shown) => item(words, shown))),
    element(
      'div',
      { class: 'code-tools' },
      download,
      copyButton(texts.copy, () => unused.join('\n'), onKept),
    ),
  )
}

/** New codes: shown until the person says that they are kept. Downloading or copying them says so too. */
export function newRecoveryCodes(
  texts: Pick<Texts, 'recoveryCodes' | 'copy'>,
  owner: RecoveryCodesOwner,
  codes: readonly string[],
  done: Listener,
): HTMLElement {
  const words = texts.recoveryCodes
  const saved = element('input', { type: 'checkbox', id: freshId('saved') })
  const button = element(
    'button',
    { type: 'button', class: 'button primary', disabled: true, onclick: done },
    words.done,
  )
  const setKept = (isKept: boolean) => {
    saved.checked = isKept
    button.disabled = !isKept
  }
  saved.addEventListener('change', () => setKept(saved.checked))
  const shown = codes.map((code) => ({ code, usedAtMs: null }))
  return element(
    'div',
    {},
    element('p', {}, words.saveWhy),
    recoveryCodeList(texts, owner, shown, () => setKept(true)),
    element('label', { class: 'check', for: saved.id }, saved, words.saved),
    element('div', { class: 'form-actions' }, button),
  )
}

function item(words: Texts['recoveryCodes'], { code, usedAtMs }: ShownCode): HTMLElement {
  if (usedAtMs === null) return element('li', {}, element('code', {}, code))
  return element(
    'li',
    { class: 'used' },
    element('s', {}, element('code', {}, code)),
    element('small', {}, words.used(onDate(usedAtMs))),
  )
}

function fileText(words: Texts['recoveryCodes']['file'], owner: RecoveryCodesOwner, codes: readonly string[]): string {
  const lines = [
    words.title(owner.issuer),
    `${words.account}: ${owner.accountName}`,
    `${words.date}: ${new Date().toISOString().slice(0, 10)}`,
    '',
    words.note,
    '',
    ...codes,
    '',
  ]
  return lines.join('\r\n')
}

function saveFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }))
  element('a', { href: url, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
