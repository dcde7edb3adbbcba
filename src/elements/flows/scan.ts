import { html, nothing, type TemplateResult } from 'lit/html.js'
import type { SetupOfferAnswer, TotpOfferAnswer } from '../../http/index.ts'
import { createCopyButton } from '../parts/copy-button.ts'
import { createForm } from '../parts/form.ts'
import { notice } from '../parts/notice.ts'
import { qrView } from '../parts/qr.ts'
import { reportFault } from '../parts/report-fault.ts'
import type { Shown } from '../parts/row.ts'
import { appCodeField } from '../parts/secret-fields.ts'
import type { Refused, Scope, Step } from '../scope.ts'
import { fill } from '../texts/words.ts'

export interface ScanOptions<Answer> {
  offer: TotpOfferAnswer
  place: readonly [step: number, total: number]
  /** Shown first: that an earlier QR code no longer works. */
  why?: string | undefined
  cancel?: (() => void) | undefined
  /** Proves with the first code that the app has the secret. */
  send(code: string): Promise<({ ok: true } & Answer) | Refused>
  done(answer: Answer): void
  /** A refusal other than that of an ended setup. */
  refused?(refusal: Refused): boolean
  /** The setup that this browser began last. */
  resume(): Promise<({ ok: true } & SetupOfferAnswer) | Refused>
  /** Another tab of this browser began again: continues with that. */
  goOn(offer: SetupOfferAnswer, why: string): void
  /** There is nothing to continue with. */
  begin(why: string): void
}

/** The QR code and the same data for typing, side by side, and the field for the first code. */
export function scanStep<Answer>(scope: Scope, options: ScanOptions<Answer>): Step {
  const { texts } = scope
  const { offer, place, why, cancel, send, done, refused, resume, goOn, begin } = options
  const copyButton = createCopyButton(scope, offer.secret)
  const form = createForm(scope, {
    fields: [appCodeField(scope, texts.scanProve, offer.digits)],
    action: texts.scanNext,
    cancel,
    send: (data) => send(String(data.get('code'))),
    done,
    refused(refusal) {
      const isOver = refusal.reason === 'setup-expired'
      if (isOver) begin(texts['setup-expired'])
      if (refusal.reason === 'setup-superseded') look()
      return isOver || (refused?.(refusal) ?? false)
    },
  })
  /** Whether the QR code is still the current one. */
  async function compare(): Promise<void> {
    const { signal } = scope
    const now = await resume()
    // The view is gone, or the answer to a code will say more.
    if (signal.aborted || scope.isWorking) return
    if (!now.ok) {
      if (now.reason === 'setup-expired' || now.reason === 'setup-superseded') begin(texts['setup-expired'])
    } else if (now.setupId !== offer.setupId) goOn(now, texts['setup-superseded'])
  }
  const look = () => void compare().catch(reportFault)
  // A phone cannot scan its own screen: it leads with the link to the app.
  const isPhone = globalThis.matchMedia?.('(pointer: coarse)').matches
  const typed = () => typedData(scope, offer, copyButton())
  return {
    heading: isPhone ? texts.openTitle : texts.scanTitle,
    isWide: true,
    place,
    leave: cancel,
    seen: look,
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

/** The URI comes from an answer: as a link, `javascript:` would run in the page. */
const isOtpauth = (uri: string) => /^otpauth:\/\//i.test(uri)

/** Shown on a desktop too: password managers look for it. */
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
