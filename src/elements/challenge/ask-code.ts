import { html, nothing } from 'lit'
import { createForm } from '../parts/form.ts'
import { notice } from '../parts/notice.ts'
import { eitherCodeField } from '../parts/secret-fields.ts'
import { fill } from '../texts/words.ts'
import type { SecondStep } from './second-step.ts'

/** A code from the app or a recovery code, and whether to ask again on this device. */
export function askCode({ scope, show, challenge, account, authenticator, isOver, done }: SecondStep): void {
  const { texts, times, client } = scope
  const { methods, totpDigits: digits } = challenge
  const isAppClosed = !methods.includes('totp')
  const hasRecoveryCodes = methods.includes('recovery-code')
  const days = challenge.trustDeviceDays
  const trust =
    days === null
      ? nothing
      : html`<label class="check"
          ><input type="checkbox" name="trust" />${texts.trustDevice.replace('{days}', times.days(days))}</label
        >`
  const form = createForm(scope, {
    intro: html`${account ? html`<p class="muted">${fill(texts.signingInAs, { account })}</p>` : nothing}
      ${isAppClosed ? notice(hasRecoveryCodes ? texts.challengeLocked : texts.locked) : nothing}`,
    fields: [
      eitherCodeField(scope, { first: isAppClosed ? 'recovery' : 'app', digits, hasRecoveryCodes, authenticator }),
    ],
    // A recovery code makes no device trusted.
    outro: (asked) => (asked === 'app' ? trust : nothing),
    action: texts.verify,
    send: (data) =>
      client.completeChallenge({
        challengeToken: challenge.challengeToken,
        code: String(data.get('code')),
        trustDevice: data.has('trust'),
      }),
    done,
    refused: isOver,
  })
  show({ heading: texts.challengeTitle, view: form })
}
