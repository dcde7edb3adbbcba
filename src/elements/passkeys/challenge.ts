import { html, nothing, type TemplateResult } from 'lit/html.js'
import type { CompleteChallengeAnswer } from '../../http/index.ts'
import type { SecondStep } from '../challenge/second-step.ts'
import { createForm } from '../parts/form.ts'
import { link, type Shown } from '../parts/row.ts'
import type { Refused } from '../scope.ts'
import { hasPasskeys, signWithPasskey } from './browser.ts'

/** Whether the browser can be asked for one of this person's passkeys. */
export const offersPasskey = ({ challenge }: SecondStep): boolean => challenge.passkey !== null && hasPasskeys()

/** Passes the second step with a passkey. */
export async function passWithPasskey(
  { scope, challenge }: SecondStep,
  data: FormData,
): Promise<({ ok: true } & CompleteChallengeAnswer) | Refused> {
  const { challengeToken, passkey: options } = challenge
  if (options === null) return { ok: false, reason: 'wrong-passkey', retryAfterSeconds: null }
  const signed = await signWithPasskey(options, scope.signal)
  if (!signed.ok) return signed
  const { passkey } = signed
  return scope.client.completeChallenge({ challengeToken, passkey, trustDevice: data.has('trust') })
}

/** The passkey first, since it was used here last; the code is one tap away. */
export function askPasskey(step: SecondStep, asks: { intro: Shown; trust: Shown; askCode(): void }): void {
  const { scope, show, challenge, isOver, done } = step
  const { texts } = scope
  const form = createForm(scope, {
    intro: html`${asks.intro}<p>${texts.confirmWhy}</p>`,
    fields: [],
    outro: () => asks.trust,
    action: texts.usePasskey,
    send: (data) => passWithPasskey(step, data),
    done,
    refused: isOver,
  })
  const hasCodes = challenge.methods.some((method) => method !== 'passkey')
  const view = (): TemplateResult => html`${form()}
    ${hasCodes ? link(texts.useCode, asks.askCode, '', scope.isWorking) : nothing}`
  show({ heading: texts.challengeTitle, view })
}
