import { html, nothing, type TemplateResult } from 'lit'
import type { TotpOfferAnswer } from '../../http/index.ts'
import { createCopyButton } from '../parts/copy-button.ts'
import { createForm } from '../parts/form.ts'
import { notice } from '../parts/notice.ts'
import { qrView } from '../parts/qr.ts'
import type { Shown } from '../parts/row.ts'
import { appCodeField } from '../parts/secret-fields.ts'
import type { Refused, Scope, Step } from '../scope.ts'
import { fill } from '../texts/words.ts'

export interface ScanOptions<Answer> {
  offer: TotpOfferAnswer
  place: readonly [step: number, total: number]
  /** What there is to say first: that an earlier picture is no good any more. */
  why?: string | undefined
  cancel?: (() => void) | undefined
  /** Proves with the first code that the app has the secret. */
  send(code: string): Promise<({ ok: true } & Answer) | Refused>
  done(answer: Answer): void
  refused(refusal: Refused): boolean
}

/** The picture to scan and the same data for typing, side by side, and the field for the first code. */
export function scanStep<Answer>(scope: Scope, options: ScanOptions<Answer>): Step {
  const { texts } = scope
  const { offer, place, why, cancel, send, done, refused } = options
  const copyButton = createCopyButton(scope, offer.secret)
  const form = createForm(scope, {
    fields: [appCodeField(scope, texts.scanProve, offer.digits)],
    action: texts.scanNext,
    cancel,
    send: (data) => send(String(data.get('code'))),
    done,
    refused,
  })
  // A phone cannot scan its own screen: it leads with the link to the app.
  const isPhone = globalThis.matchMedia?.('(pointer: coarse)').matches
  const typed = () => typedData(scope, offer, copyButton())
  return {
    heading: isPhone ? texts.openTitle : texts.scanTitle,
    isWide: true,
    place,
    leave: cancel,
    view: () =>
      isPhone
        ? html`${notice(why, 'alert')} ${appLink(scope, offer, 'button primary')}
            <div class="scan-typed">${typed()}</div>
            ${form()} ${picture(scope, offer, texts.scanElsewhere)}`
        : html`${notice(why, 'alert')}
            <div class="scan">
              ${picture(scope, offer, texts.scan, appLink(scope, offer, 'link'))}
              <div class="scan-typed">${typed()}</div>
            </div>
            ${form()}`,
  }
}

/** The URI comes out of an answer: as a link, `javascript:` would run in the page. */
const isOtpauth = (uri: string) => /^otpauth:\/\//i.test(uri)

/** In sight on a desktop too: password managers look for it. */
const appLink = ({ texts }: Scope, { uri }: TotpOfferAnswer, look: string): Shown =>
  isOtpauth(uri) ? html`<a class="scan-here ${look}" part=${look} href=${uri}>${texts.scanOpen}</a>` : nothing

function picture(
  { texts }: Scope,
  { qr, issuer, accountName }: TotpOfferAnswer,
  words: string,
  beneath: Shown = nothing,
): TemplateResult {
  return html`<div class="scan-picture">
    <p>${words}</p>
    ${qrView(qr, fill(texts.scanPicture, { issuer, account: accountName }))} ${beneath}
  </div>`
}

function typedData({ texts, times }: Scope, offer: TotpOfferAnswer, copyButton: TemplateResult): TemplateResult {
  const { issuer, accountName, secret, digits, periodSeconds } = offer
  const groups = secret.match(/.{1,4}/g) ?? []
  const kind = fill(texts.scanKindIs, { digits: times.number(digits), seconds: times.number(periodSeconds) })
  const fact = (name: string, value: unknown) => html`<div class="copied-from"><dt>${name}</dt><dd>${value}</dd></div>`
  return html`<p>${texts.scanType}</p>
    <dl class="facts">
      ${fact(texts.scanIssuer, html`<bdi translate="no">${issuer}</bdi>`)} ${fact(texts.scanAccount, html`<bdi translate="no">${accountName}</bdi>`)}
      ${fact(
        texts.scanSecret,
        html`<code class="secret" data-copied dir="ltr" translate="no">${groups.map((part) => html`<span>${part}</span> `)}</code>${copyButton}`,
      )}
      ${fact(texts.scanKind, kind)}
    </dl>`
}
