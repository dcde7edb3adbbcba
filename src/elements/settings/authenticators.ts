import { keyed } from 'lit/directives/keyed.js'
import { html, nothing, type TemplateResult } from 'lit/html.js'
import type { StatusAnswer } from '../../http/index.ts'
import { ask, type Page } from '../flows/ask.ts'
import type { Authenticator } from '../flows/purpose.ts'
import { beginSetUp } from '../flows/set-up.ts'
import { nameField } from '../parts/name-field.ts'
import { createProof } from '../parts/proof.ts'
import { button, group, pill, row } from '../parts/row.ts'
import { canAddPasskey } from '../passkeys/available.ts'
import { forgetPasskey } from '../passkeys/browser.ts'
import type { Scope } from '../scope.ts'
import { fill } from '../texts/words.ts'

const MOST = 8
const MOST_APPS = 5

/** The account's authenticators: rename or remove each, add another, move to a new phone. */
export function authenticatorsView(page: Page, status: StatusAnswer): TemplateResult {
  const { texts, times } = page.scope
  const authenticators = status.authenticators.map((each) => ({ ...each, name: nameOf(page.scope, each) }))
  const apps = authenticators.filter(({ type }) => type === 'totp')
  const [first, ...others] = [...apps, ...authenticators.filter(({ type }) => type === 'passkey')]
  const isFull = authenticators.length >= MOST
  const offersPasskey = canAddPasskey(status)
  const rows = authenticators.map((authenticator) => {
    const { id, type, name, createdAtMs, lastUsedAtMs, weak } = authenticator
    const isUnusable = type === 'passkey' && !authenticator.usable
    const added = texts.addedOn.replace('{date}', times.date(createdAtMs))
    const used = lastUsedAtMs === null ? texts.notUsedYet : texts.usedWhen.replace('{time}', times.ago(lastUsedAtMs))
    return keyed(
      id,
      row(
        type === 'passkey' ? 'passkey' : 'phone',
        html`<bdi translate="no">${name}</bdi> ${weak ? pill('warn', texts.weak) : nothing}
        ${isUnusable ? pill('warn', texts.passkeyUnusable) : nothing}`,
        `${added} · ${used}`,
        html`${button(texts.rename, () => rename(page, authenticator), 'small', name)}
        ${
          authenticators.length > 1
            ? button(texts.remove, () => remove(page, status, authenticator), 'small quiet-danger', name)
            : nothing
        }`,
      ),
    )
  })
  return group(
    texts.authenticators,
    html`${rows}
      <div class="actions">
        ${
          isFull || apps.length >= MOST_APPS
            ? nothing
            : button(
                offersPasskey ? texts.addApp : texts.addAnother,
                () => beginSetUp(page, status, { kind: 'add' }),
                'small',
              )
        }
        ${
          isFull || !offersPasskey
            ? nothing
            : button(texts.addPasskey, () => beginSetUp(page, status, { kind: 'add' }, 'passkey'), 'small')
        }
        ${
          first?.type === 'totp'
            ? button(
                texts.newPhone,
                () => beginSetUp(page, status, { kind: 'replace', replaces: [first, ...others] }),
                'small',
              )
            : nothing
        }
      </div>`,
  )
}

type Authenticators = StatusAnswer['authenticators']

/** Its name, or else its type. */
export const nameOf = ({ texts }: Scope, { type, name }: Pick<Authenticators[number], 'name' | 'type'>): string =>
  name || (type === 'passkey' ? texts.passkey : texts.phone)

function rename(page: Page, { id, name }: Authenticator): void {
  const { texts, client } = page.scope
  ask(page, {
    heading: texts.renameTitle,
    fields: [nameField(texts, { value: name })],
    action: texts.save,
    send: (data) => client.renameAuthenticator({ id, name: String(data.get('name')) }),
    change: 'authenticator-renamed',
    doneText: texts.renamed,
  })
}

function remove(page: Page, status: StatusAnswer, authenticator: Authenticators[number]): void {
  const { texts, client } = page.scope
  const { id, type, name } = authenticator
  const proof = createProof(page.scope, status)
  ask(page, {
    heading: texts.removeTitle,
    why: html`${fill(texts.removeWhy, { name })}${proof.account}`,
    fields: proof.fields,
    action: texts.remove,
    isDanger: true,
    passkey: proof.passkey,
    async send(data) {
      const answer = await proof.send(data, (proven) => client.removeAuthenticator({ id, ...proven }))
      if (answer.ok && type === 'passkey') void forgetPasskey(authenticator.rpId, authenticator.credentialId)
      return answer
    },
    change: 'authenticator-removed',
    doneText: texts.removed,
  })
}
