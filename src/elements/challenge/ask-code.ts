import { html, nothing } from 'lit/html.js'
import { createForm } from '../parts/form.ts'
import { notice } from '../parts/notice.ts'
import type { Shown } from '../parts/row.ts'
import { eitherCodeField } from '../parts/secret-fields.ts'
import { askPasskey, offersPasskey, passWithPasskey } from '../passkeys/challenge.ts'
import { fill } from '../texts/words.ts'
import type { SecondStep } from './second-step.ts'

/** A passkey, a code from the app or a recovery code, and whether to ask again on this device. */
export function askSecondStep(step: SecondStep): void {
  if (step.challenge.methods[0] === 'passkey' && offersPasskey(step)) {
    askPasskey(step, { intro: introOf(step), trust: trustOf(step), askCode: () => askCode(step) })
  } else askCode(step)
}

function askCode(step: SecondStep): void {
  const { scope, show, challenge, authenticator, isOver, done } = step
  const { texts, client } = scope
  const { methods, totpDigits: digits } = challenge
  const isAppClosed = digits.length > 0 && !methods.includes('totp')
  const hasRecoveryCodes = methods.includes('recovery-code')
  const form = createForm(scope, {
    intro: html`${introOf(step)}
      ${isAppClosed ? notice(hasRecoveryCodes ? texts.challengeLocked : texts.locked) : nothing}`,
    fields: [
      {
        ...eitherCodeField(scope, { first: isAppClosed ? 'recovery' : 'app', digits, hasRecoveryCodes, authenticator }),
        isProof: true,
      },
    ],
    // A recovery code trusts no device.
    outro: (asked) => (asked === 'app' ? trustOf(step) : nothing),
    passkey: offersPasskey(step) ? texts.usePasskey : undefined,
    action: texts.verify,
    send: (data) =>
      data.has('passkey')
        ? passWithPasskey(step, data)
        : client.completeChallenge({
            challengeToken: challenge.challengeToken,
            code: String(data.get('code')),
            trustDevice: data.has('trust'),
          }),
    done,
    refused: isOver,
  })
  show({ heading: texts.challengeTitle, view: form })
}

const introOf = ({ scope, account }: SecondStep): Shown =>
  account ? html`<p class="muted">${fill(scope.texts.signingInAs, { account })}</p>` : nothing

function trustOf({ scope, challenge }: SecondStep): Shown {
  const { texts, times } = scope
  const days = challenge.trustDeviceDays
  if (days === null) return nothing
  return html`<label class="check"
    ><input type="checkbox" name="trust" />${texts.trustDevice.replace('{days}', times.days(days))}</label
  >`
}
