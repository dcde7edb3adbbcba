import { html, nothing } from 'lit/html.js'
import type {
  CompleteChallengeAnswer,
  PasskeyOfferAnswer,
  SetupOfferAnswer,
  TotpOfferAnswer,
} from '../../http/index.ts'
import { scanStep } from '../flows/scan.ts'
import { createForm } from '../parts/form.ts'
import { notice } from '../parts/notice.ts'
import { reportFault } from '../parts/report-fault.ts'
import { resetNotice } from '../parts/reset-notice.ts'
import { createPasskey, hasPasskeys } from '../passkeys/browser.ts'
import { createCodesToSave, type Owner, unused } from '../recovery-codes/list.ts'
import { markSaved } from '../recovery-codes/saved.ts'
import type { Place } from '../scope.ts'
import type { SecondStep } from './second-step.ts'

/** If two-factor authentication is required and not set up yet: why, the setup, and the recovery codes. */
export function setUpFirst({ scope, show, challenge, resetAtMs, isOver, done }: SecondStep): void {
  const { texts, client } = scope
  const { challengeToken } = challenge

  function scan(offer: TotpOfferAnswer, why?: string): void {
    const step = scanStep(scope, {
      offer,
      place: [2, 3],
      why,
      send: (code) => client.completeChallenge({ challengeToken, code, setupId: offer.setupId }),
      done: (answer) => showCodes(answer, offer, [3, 3]),
      refused: isOver,
      resume,
      goOn,
      begin,
    })
    show(step)
  }

  function showCodes(answer: CompleteChallengeAnswer, owner: Owner, place: Place): void {
    const { recoveryCodes = [] } = answer
    // First, since the next page cancels this page's requests.
    const saved = () => markSaved(scope, () => done(answer))
    const view = createCodesToSave(scope, owner, unused(recoveryCodes), saved)
    show({ heading: texts.saveCodesTitle, place, isHeld: true, view })
  }

  async function create({ options, setupId }: PasskeyOfferAnswer) {
    const created = await createPasskey(options, scope.signal)
    return created.ok ? client.completeChallenge({ challengeToken, passkey: created.passkey, setupId }) : created
  }

  const resume = () => client.resumeRequiredSetup({ challengeToken })
  function goOn(offer: SetupOfferAnswer, why?: string): void {
    if (offer.type === 'totp') scan(offer, why)
    // A passkey leaves nothing that must match, so it starts again.
    else if (why) begin(texts['setup-expired'])
  }

  /** After a reload, with the secret that the app may already have. */
  async function reload(): Promise<void> {
    const offer = await scope.work(resume())
    if (offer?.ok) goOn(offer)
    else if (offer && !offer.reason.startsWith('setup')) isOver(offer)
  }

  const offersPasskey = challenge.methods.includes('passkey') && hasPasskeys()
  function begin(words?: string): void {
    const form = createForm<TotpOfferAnswer | (CompleteChallengeAnswer & { owner: Owner })>(scope, {
      intro: html`${notice(words, 'alert')} ${resetNotice(scope, resetAtMs)}
        <p>${texts.requiredWhy}</p>
        ${offersPasskey ? nothing : html`<p class="muted">${texts.setUpWhy}</p>`}`,
      fields: [],
      passkey: offersPasskey ? texts.addPasskey : undefined,
      action: offersPasskey ? texts.addApp : texts.continue,
      async send(data) {
        if (!data.has('passkey')) return client.beginRequiredSetup({ challengeToken, name: texts.phone })
        const offer = await client.beginRequiredSetup({ challengeToken, type: 'passkey' })
        if (!offer.ok) return offer
        const { rp, user } = offer.options
        const answer = await create(offer)
        return answer.ok ? { ...answer, owner: { issuer: rp.name, accountName: user.name } } : answer
      },
      done(answer) {
        if (!('owner' in answer)) return scan(answer)
        const { owner, ...signedIn } = answer
        showCodes(signedIn, owner, [2, 2])
      },
      refused: isOver,
    })
    // How many steps follow depends on the choice.
    show({ heading: texts.requiredTitle, ...(!offersPasskey && { place: [1, 3] }), view: form })
  }

  begin()
  void reload().catch(reportFault)
}
