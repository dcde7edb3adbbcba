import { html } from 'lit/html.js'
import type { PasskeyOfferAnswer } from '../../http/index.ts'
import { replacesField, replacing } from '../flows/replaces.ts'
import type { SetUpOptions } from '../flows/set-up.ts'
import { createForm } from '../parts/form.ts'
import { nameField } from '../parts/name-field.ts'
import { notice } from '../parts/notice.ts'
import { createProof } from '../parts/proof.ts'
import { reportFault } from '../parts/report-fault.ts'
import { createCodesToSave, unused } from '../recovery-codes/list.ts'
import { markSaved } from '../recovery-codes/saved.ts'
import type { Refused, Scope } from '../scope.ts'
import { createPasskey } from './browser.ts'

/** Proof; the browser creates the passkey; recovery codes, if the setup created some; its name. */
export function setUpPasskey(scope: Scope, options: SetUpOptions, begun?: PasskeyOfferAnswer): void {
  const { texts, client } = scope
  const { person, show, cancel, finish } = options
  const heading = texts.addPasskey

  function askProof(words?: string): void {
    let offer: PasskeyOfferAnswer | null = null
    const proof = createProof(scope, person)
    const form = createForm(scope, {
      intro: html`${notice(words, 'alert')}
        <p>${texts.addPasskeyWhy}</p>
        ${proof.account}`,
      fields: [
        ...(options.purpose.kind === 'add' ? [replacesField(texts, person.authenticators, true)] : []),
        ...proof.fields,
      ],
      passkey: proof.passkey,
      action: texts.continue,
      cancel,
      send: (data) =>
        proof.send(data, async (proven) => {
          const answer = await client.beginSetup({ ...proven, ...replacing(data), type: 'passkey' })
          if (!answer.ok) return answer
          offer = answer
          return create(answer)
        }),
      done,
      // The proof was accepted by then: only the browser is asked again.
      refused: (refusal) => offer !== null && goOn(offer, refusal),
    })
    show({ heading, view: form, leave: cancel })
  }

  async function create({ options, setupId }: PasskeyOfferAnswer) {
    const created = await createPasskey(options, scope.signal)
    return created.ok ? client.confirmSetup({ passkey: created.passkey, setupId }) : created
  }

  /** Asks the browser again, to continue a setup. */
  function goOn(offer: PasskeyOfferAnswer, refusal?: Refused): boolean {
    if (refusal?.reason === 'setup-expired' || refusal?.reason === 'setup-superseded') {
      askProof(texts['setup-expired'])
      return true
    }
    const giveUp = async () => {
      if ((await scope.work(client.cancelSetup({ setupId: offer.setupId }))) !== null) cancel()
    }
    const leave = () => void giveUp().catch(reportFault)
    const form = createForm(scope, {
      intro: html`${notice(refusal && texts[refusal.reason], 'alert')}
        <p>${texts.passkeySteps}</p>`,
      fields: [],
      action: refusal ? texts.loadAgain : texts.continue,
      cancel: leave,
      send: () => create(offer),
      done,
      refused: (again) => goOn(offer, again),
    })
    show({ heading, view: form, leave })
    return true
  }

  function done({ authenticatorId, recoveryCodes }: { authenticatorId: string; recoveryCodes?: string[] }): void {
    const next = () => void askName(authenticatorId).catch(reportFault)
    if (recoveryCodes) showCodes(recoveryCodes, next)
    else next()
  }

  function showCodes(codes: string[], next: () => void): void {
    const view = createCodesToSave(scope, person, unused(codes), () => markSaved(scope, next))
    show({ heading: texts.saveCodesTitle, isHeld: true, view })
  }

  /** Proposes the server's name, if it knows this kind of passkey. */
  async function askName(id: string): Promise<void> {
    show({ heading: texts.namePasskey, view: () => html`<p class="muted">${texts.loading}</p>` })
    const status = await scope.work(client.status())
    if (status === null) return
    const proposed = status.ok ? status.authenticators.find((one) => one.id === id)?.name : ''
    const skip = () => finish(id)
    const form = createForm(scope, {
      fields: [nameField(texts, { value: proposed || texts.passkey, hint: texts.nameHint })],
      action: texts.save,
      send: (data) => client.renameAuthenticator({ id, name: String(data.get('name')) }),
      done: skip,
    })
    show({ heading: texts.namePasskey, view: form, leave: skip })
  }

  if (begun) goOn(begun)
  else askProof()
}
