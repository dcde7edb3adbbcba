import { html } from 'lit'
import type { TotpOfferAnswer } from '../../http/index.ts'
import { scanStep } from '../flows/scan.ts'
import { createForm } from '../parts/form.ts'
import { createCodesToSave, unused } from '../recovery-codes/list.ts'
import { markSaved } from '../recovery-codes/saved.ts'
import type { SecondStep } from './second-step.ts'

/** Where two-factor authentication is required and not there yet: why, the setup, and the recovery codes. */
export function setUpFirst({ scope, show, challenge, isOver, done }: SecondStep): void {
  const { texts, client } = scope
  const { challengeToken } = challenge

  function scan(offer: TotpOfferAnswer): void {
    const step = scanStep(scope, {
      offer,
      place: [2, 3],
      send: (code) => client.completeChallenge({ challengeToken, code, setupId: offer.setupId }),
      done(answer) {
        const { recoveryCodes = [] } = answer
        // First, since the page that comes next ends all requests of this one.
        const saved = () => markSaved(scope, () => done(answer))
        const view = createCodesToSave(scope, offer, unused(recoveryCodes), saved)
        show({ heading: texts.saveCodesTitle, place: [3, 3], isHeld: true, view })
      },
      refused: isOver,
    })
    show(step)
  }

  const form = createForm(scope, {
    intro: html`<p>${texts.requiredWhy}</p><p class="muted">${texts.setUpWhy}</p>`,
    fields: [],
    action: texts.continue,
    send: () => client.beginRequiredSetup({ challengeToken, name: texts.phone }),
    done: scan,
    refused: isOver,
  })
  show({ heading: texts.requiredTitle, place: [1, 3], view: form })
}
