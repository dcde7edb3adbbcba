import { html, nothing } from 'lit/html.js'
import type { SetupOfferAnswer, StatusAnswer, TotpOfferAnswer } from '../../http/index.ts'
import type { Field } from '../parts/field.ts'
import { createForm } from '../parts/form.ts'
import { nameField } from '../parts/name-field.ts'
import { notice } from '../parts/notice.ts'
import { createProof, type ProofOwner } from '../parts/proof.ts'
import { reportFault } from '../parts/report-fault.ts'
import { link } from '../parts/row.ts'
import { canAddPasskey } from '../passkeys/available.ts'
import { setUpPasskey } from '../passkeys/set-up.ts'
import { createCodesToSave, unused } from '../recovery-codes/list.ts'
import { markSaved } from '../recovery-codes/saved.ts'
import type { Scope, Show } from '../scope.ts'
import type { Page } from './ask.ts'
import { CHANGES, type SetUpPurpose } from './purpose.ts'
import { replacesField, replacing } from './replaces.ts'
import { scanStep } from './scan.ts'

export interface SetUpOptions {
  purpose: SetUpPurpose
  person: ProofOwner
  show: Show
  /** There was no choice before this: a passkey is offered beside the app. */
  offersBoth?: boolean
  cancel(): void
  finish(authenticatorId: string): void
}

/** `resumed`: continues what this browser began. */
export type SetUpStart = 'app' | 'passkey' | 'resumed'

/**
 * Proof; QR code and first code; recovery codes, if the setup created some.
 *
 * @param why shown first
 */
export function setUp(scope: Scope, options: SetUpOptions, start: SetUpStart, why?: string): void {
  const { texts, client } = scope
  const { purpose, show, cancel, finish } = options
  // Kept, so that it need not be typed again if the setup has ended.
  let typedName = ''
  // Only the first one comes with recovery codes.
  const total = purpose.kind === 'setUp' ? 3 : 2
  const heading = texts[`${purpose.kind}Title`]

  function askProof(words?: string): void {
    const proof = createProof(scope, options.person)
    const offersPasskey = options.offersBoth && purpose.kind !== 'replace' && canAddPasskey(options.person)
    const about = aboutFields(scope, options, typedName)
    const form = createForm(scope, {
      intro: html`${notice(words, 'alert')}
        <p>${texts[`${purpose.kind}Why`]}</p>
        ${offersPasskey ? link(texts.addPasskey, () => setUpPasskey(scope, options)) : nothing}
        ${proof.account}`,
      fields: [...about, ...proof.fields],
      passkey: proof.passkey,
      action: texts.continue,
      cancel,
      send(data) {
        typedName = String(data.get('name') ?? '')
        return proof.send(data, (proven) => client.beginSetup({ ...proven, ...wanted(scope, data, purpose) }))
      },
      done: (offer) => scan(offer),
    })
    show({ heading, view: form, place: [1, total], leave: cancel })
  }

  function goOn(offer: SetupOfferAnswer, why?: string): void {
    if (offer.type === 'totp') scan(offer, why)
    else setUpPasskey(scope, options, offer)
  }

  async function resume(): Promise<void> {
    show({ heading, view: () => html`<p class="muted">${texts.loading}</p>` })
    const offer = await scope.work(client.resumeSetup())
    if (offer?.ok) goOn(offer, why)
    else if (offer) askProof(why ?? texts.setupElsewhere)
  }

  /** Leaves nothing pending. If the server cannot be told, the settings still show a pending setup. */
  async function giveUp(setupId: string): Promise<void> {
    const answer = await scope.work(client.cancelSetup({ setupId }))
    if (answer !== null) cancel()
  }

  function scan(offer: TotpOfferAnswer, why?: string): void {
    const { setupId } = offer
    const step = scanStep(scope, {
      offer,
      place: [2, total],
      why,
      cancel: () => void giveUp(setupId).catch(reportFault),
      send: (code) => client.confirmSetup({ code, setupId }),
      done: ({ authenticatorId, recoveryCodes }) =>
        recoveryCodes ? showCodes(offer, authenticatorId, recoveryCodes) : finish(authenticatorId),
      resume: client.resumeSetup,
      goOn,
      begin: askProof,
    })
    show(step)
  }

  function showCodes(offer: TotpOfferAnswer, authenticatorId: string, codes: string[]): void {
    const done = () => markSaved(scope, () => finish(authenticatorId))
    show({
      heading: texts.saveCodesTitle,
      place: [3, total],
      isHeld: true,
      view: createCodesToSave(scope, offer, unused(codes), done),
    })
  }

  if (start === 'resumed') void resume().catch(reportFault)
  else if (start === 'passkey') setUpPasskey(scope, options)
  else askProof(why)
}

/** The same in a dialog over a page, which is told of the change. */
export function beginSetUp(page: Page, person: StatusAnswer, purpose: SetUpPurpose, start: SetUpStart = 'app'): void {
  const { scope, show, changed, refresh } = page
  const options: SetUpOptions = {
    purpose,
    person,
    show,
    cancel() {
      show(null)
      refresh()
    },
    finish() {
      show(null)
      scope.tell(scope.texts[`${purpose.kind}Done`])
      changed(CHANGES[purpose.kind])
    },
  }
  setUp(scope, options, start)
}

function aboutFields({ texts }: Scope, { purpose, person }: SetUpOptions, typed: string): Field[] {
  if (purpose.kind === 'add') {
    return [nameField(texts, { hint: texts.nameHint, value: typed }), replacesField(texts, person.authenticators, true)]
  }
  return purpose.kind === 'setUp' || purpose.replaces.length === 1 ? [] : [replacesField(texts, purpose.replaces)]
}

/** The name of the new one, and which ones it replaces. A new phone gets the old one's name. */
function wanted({ texts }: Scope, data: FormData, purpose: SetUpPurpose): { name?: string; replaces?: string } {
  if (purpose.kind === 'setUp') return { name: texts.phone }
  if (purpose.kind === 'add') return { name: String(data.get('name')), ...replacing(data) }
  const replaces = String(data.get('replaces') ?? purpose.replaces[0].id)
  const replaced = purpose.replaces.find(({ id }) => id === replaces)
  return { replaces, name: replaced?.name || texts.phone }
}
