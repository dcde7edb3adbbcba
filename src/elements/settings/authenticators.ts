import { html, nothing, type TemplateResult } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import type { StatusAnswer } from '../../http/index.ts'
import { ask, type Page } from '../flows/ask.ts'
import type { Authenticator } from '../flows/purpose.ts'
import { beginSetUp } from '../flows/set-up.ts'
import { nameField } from '../parts/name-field.ts'
import { createProof } from '../parts/proof.ts'
import { button, group, pill, row } from '../parts/row.ts'
import { fill } from '../texts/words.ts'

const MOST = 5

/** The account's authenticators: rename or remove each, add another, move to a new phone. */
export function authenticatorsView(page: Page, status: StatusAnswer): TemplateResult {
  const { texts, times } = page.scope
  const authenticators = status.authenticators.map((each) => ({ ...each, name: each.name || texts.phone }))
  const [first, ...others] = authenticators
  const rows = authenticators.map((authenticator) => {
    const { id, name, createdAtMs, lastUsedAtMs, weak } = authenticator
    const added = texts.addedOn.replace('{date}', times.date(createdAtMs))
    const used = lastUsedAtMs === null ? texts.notUsedYet : texts.usedWhen.replace('{time}', times.ago(lastUsedAtMs))
    return keyed(
      id,
      row(
        'phone',
        html`<bdi>${name}</bdi> ${weak ? pill('warn', texts.weak) : nothing}`,
        `${added} · ${used}`,
        html`${button(texts.rename, () => rename(page, authenticator), 'small', name)}
        ${
          others.length > 0
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
        ${authenticators.length < MOST ? button(texts.addAnother, () => beginSetUp(page, status, { kind: 'add' }), 'small') : nothing}
        ${
          first
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

function remove(page: Page, status: StatusAnswer, { id, name }: Authenticator): void {
  const { texts, client } = page.scope
  const proof = createProof(page.scope, status)
  ask(page, {
    heading: texts.removeTitle,
    why: html`${fill(texts.removeWhy, { name })}${proof.account}`,
    fields: proof.fields,
    action: texts.remove,
    isDanger: true,
    send: (data) => client.removeAuthenticator({ id, ...proof.of(data) }),
    change: 'authenticator-removed',
    doneText: texts.removed,
  })
}
