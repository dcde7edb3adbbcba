import { html } from 'lit/html.js'
import type { AccessTokensAnswer, StatusAnswer } from '../../http/index.ts'
import type { Page } from '../flows/ask.ts'
import { createCopyButton } from '../parts/copy-button.ts'
import { checksField, selectField } from '../parts/field.ts'
import { createForm } from '../parts/form.ts'
import { nameField } from '../parts/name-field.ts'
import { createProof } from '../parts/proof.ts'
import { button } from '../parts/row.ts'
import type { Scope } from '../scope.ts'

/** What the element has loaded: the tokens, and the proofs their owner can use. */
export interface TokensPage extends AccessTokensAnswer {
  person: StatusAnswer
}

const DAY_MS = 86_400_000
const DAYS = [7, 30, 90, 365]
const USUAL = '30'

/** Name, scopes, expiry and proof; then the token, shown once. */
export function issueToken({ scope, show, changed }: Page, { scopes, person }: TokensPage): void {
  const { texts, client } = scope
  const proof = createProof(scope, person)
  const fields = [
    nameField(texts, { hint: texts.tokenNameHint }),
    scopes === null ? [] : checksField('scopes', texts.tokenScopes, scopes, texts.tokenNoScope),
    selectField('days', texts.tokenExpires, lifetimes(scope), USUAL),
    ...proof.fields,
  ].flat()
  const form = createForm(scope, {
    intro: html`${proof.account}`,
    fields,
    passkey: proof.passkey,
    action: texts.tokenIssueNow,
    cancel: () => show(null),
    send: (data) =>
      proof.send(data, (proven) =>
        client.issueAccessToken({
          ...proven,
          name: String(data.get('name')),
          ...(scopes !== null && { scopes: data.getAll('scopes').map(String) }),
          expiresAtMs: endOf(Number(data.get('days'))),
        }),
      ),
    done({ token }) {
      showToken(token)
      changed('issued')
    },
  })

  function showToken(token: string): void {
    const copyButton = createCopyButton(scope, token)
    show({
      heading: texts.tokenShownTitle,
      isHeld: true,
      view: () => html`<p class="notice">${texts.tokenShownWhy}</p>
        <div class="shown-token copied-from">
          <code data-copied dir="ltr" translate="no" aria-label=${texts.token} role="group">${token}</code>
          ${copyButton()}
        </div>
        <div class="actions">${button(texts.done, () => show(null), 'primary')}</div>`,
    })
  }

  show({ heading: texts.tokenIssueTitle, view: form })
}

const endOf = (days: number) => (days === 0 ? null : Date.now() + days * DAY_MS)

function lifetimes({ texts, times }: Scope): [string, string][] {
  return [...DAYS.map((days): [string, string] => [String(days), times.days(days)]), ['0', texts.tokenNever]]
}
