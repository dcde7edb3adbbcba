import { html, nothing } from 'lit'
import type { SetupOfferAnswer, StatusAnswer } from '../../http/index.ts'
import { type Field, selectField, textField } from '../parts/field.ts'
import { createForm } from '../parts/form.ts'
import { createProof } from '../parts/proof.ts'
import { createNewCodes } from '../recovery-codes/list.ts'
import { markSaved } from '../recovery-codes/saved.ts'
import type { Scope, Show } from '../scope.ts'
import type { Page } from './ask.ts'
import { scanStep } from './scan.ts'

/** The longest name that the engine takes is 64 bytes: enough in most scripts. */
export const NAME_LENGTH = 40

export type Authenticator = Pick<StatusAnswer['authenticators'][number], 'id' | 'name'>

/** What is set up: the first authenticator, one more, or one in the place of those that are named. */
export type SetUpPurpose =
  | { kind: 'setUp' }
  | { kind: 'add' }
  | { kind: 'replace'; replaces: readonly [Authenticator, ...Authenticator[]] }

/** What a page is told of each. */
export const CHANGES = {
  setUp: 'enabled',
  add: 'authenticator-added',
  replace: 'authenticator-replaced',
} as const

export interface SetUpOptions {
  purpose: SetUpPurpose
  person: Pick<StatusAnswer, 'acceptedProofs' | 'accountName'>
  show: Show
  cancel?: (() => void) | undefined
  finish(authenticatorId: string): void
}

/** Proof; picture and first code; recovery codes, where the setup made some. */
export function setUp(scope: Scope, options: SetUpOptions): void {
  const { texts, client } = scope
  const { purpose, show, cancel, finish } = options

  function askProof(notice?: string): void {
    const proof = createProof(scope, options.person)
    const about = aboutFields(scope, purpose)
    const form = createForm(scope, {
      intro: html`${notice ? html`<p class="notice" role="alert">${notice}</p>` : nothing}
        <p>${texts[`${purpose.kind}Why`]}</p>
        ${proof.account}`,
      fields: [...about, ...proof.fields],
      action: texts.continue,
      cancel,
      send: (data) => client.beginSetup({ ...proof.of(data), ...wanted(scope, data, purpose) }),
      done: scan,
    })
    show({ heading: texts[`${purpose.kind}Title`], view: form })
  }

  function scan(offer: SetupOfferAnswer): void {
    const { setupId } = offer
    const step = scanStep(scope, {
      offer,
      cancel:
        cancel &&
        (() => {
          client.cancelSetup({ setupId })
          cancel()
        }),
      send: (code) => client.confirmSetup({ code, setupId }),
      done: ({ authenticatorId, recoveryCodes }) =>
        recoveryCodes ? showCodes(offer, authenticatorId, recoveryCodes) : finish(authenticatorId),
      refused({ reason }) {
        const isOver = reason === 'setup-expired' || reason === 'setup-superseded'
        if (isOver) askProof(texts[reason])
        return isOver
      },
    })
    show(step)
  }

  function showCodes(offer: SetupOfferAnswer, authenticatorId: string, codes: string[]): void {
    const view = createNewCodes(scope, offer, codes, () => {
      void markSaved(scope)
      finish(authenticatorId)
    })
    show({ heading: texts.saveCodesTitle, isHeld: true, view })
  }

  askProof()
}

/** The same over a page, which is told of the change. */
export function beginSetUp({ scope, show, changed }: Page, person: StatusAnswer, purpose: SetUpPurpose): void {
  setUp(scope, {
    purpose,
    person,
    show,
    cancel: () => show(null),
    finish() {
      show(null)
      scope.announce(scope.texts[`${purpose.kind}Done`])
      changed(CHANGES[purpose.kind])
    },
  })
}

function aboutFields({ texts }: Scope, purpose: SetUpPurpose): Field[] {
  if (purpose.kind === 'add') {
    return [textField({ name: 'name', label: texts.name, hint: texts.nameHint, maxlength: NAME_LENGTH })]
  }
  if (purpose.kind === 'setUp' || purpose.replaces.length === 1) return []
  const choices = purpose.replaces.map(({ id, name }) => [id, name || texts.phone] as const)
  return [selectField('replaces', texts.replaceWhich, [...choices, ['all', texts.replaceAll]])]
}

/** What the new one is called, and which ones it replaces. A new phone takes the old one's name. */
function wanted({ texts }: Scope, data: FormData, purpose: SetUpPurpose): { name?: string; replaces?: string } {
  if (purpose.kind === 'setUp') return { name: texts.phone }
  if (purpose.kind === 'add') return { name: String(data.get('name')) }
  const replaces = String(data.get('replaces') ?? purpose.replaces[0].id)
  const replaced = purpose.replaces.find(({ id }) => id === replaces)
  return { replaces, name: replaced?.name || texts.phone }
}
