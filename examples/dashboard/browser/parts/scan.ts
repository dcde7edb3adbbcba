import type { Refusal } from 'countersign'
import type { Reason, ScanOffer } from '../../answers.ts'
import { element } from '../dom.ts'
import type { Texts } from '../texts.ts'
import { appCodeField } from './code-field.ts'
import { copyButton } from './copy-button.ts'
import { requestForm } from './request-form.ts'

export interface ScanOptions<Ok extends { ok: true }> {
  texts: Texts
  offer: ScanOffer
  cancel?: (() => void) | undefined
  /** Proves with the first code that the app has the secret. */
  send(code: string): Promise<Ok | Refusal<Reason>>
  done(answer: Ok): void | Promise<void>
  refused?(refusal: Refusal<Reason>): boolean
}

/** The picture to scan and the same data for typing, side by side, and the field for the first code. */
export function scanForm<Ok extends { ok: true }>(options: ScanOptions<Ok>): HTMLFormElement {
  const { texts, offer, cancel, send, done, refused } = options
  const code = appCodeField(texts.code, texts.scan.prove)
  return requestForm({
    texts,
    intro: [element('div', { class: 'scan' }, picture(texts, offer), typedData(texts, offer))],
    fields: [code],
    action: texts.scan.next,
    cancel,
    send: () => send(code.input.value),
    done,
    ...(refused && { refused }),
  })
}

function picture({ scan }: Texts, { qr, uri, issuer, accountName }: ScanOffer): HTMLElement {
  return element(
    'section',
    { class: 'scan-picture' },
    element('p', {}, scan.scan),
    element('img', { class: 'qr', src: qr, alt: scan.pictureOf(issuer, accountName) }),
    element('a', { class: 'scan-here', href: uri }, scan.open),
  )
}

function typedData({ scan, copy }: Texts, offer: ScanOffer): HTMLElement {
  const { issuer, accountName, secret, digits, periodSeconds } = offer
  const groups = secret.match(/.{1,4}/g) ?? []
  const row = (name: string, ...value: (Node | string)[]) =>
    element('div', {}, element('dt', {}, name), element('dd', {}, ...value))
  return element(
    'section',
    { class: 'scan-typed' },
    element('p', {}, scan.type),
    element(
      'dl',
      { class: 'facts' },
      row(scan.issuer, issuer),
      row(scan.account, accountName),
      row(
        scan.secret,
        element('code', { class: 'secret' }, ...groups.flatMap((group) => [element('span', {}, group), ' '])),
        copyButton(copy, () => secret),
      ),
      row(scan.kind, scan.kindOf(digits, periodSeconds)),
    ),
  )
}
