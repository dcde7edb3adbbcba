import { html } from 'lit'
import type { AccessTokensAnswer, StatusAnswer } from '../../http/index.ts'
import type { Page } from '../flows/ask.ts'
import { NAME_LENGTH } from '../flows/set-up.ts'
import { createCopyButton } from '../parts/copy-button.ts'
import { checksField, selectField, textField } from '../parts/field.ts'
import { createForm } from '../parts/form.ts'
import { createProof } from '../parts/proof.ts'
import { button } from '../parts/row.ts'
import type { Scope } from '../scope.ts'

/** What the element has loaded: the tokens, and what proof their owner can give. */
export interface TokensPage extends AccessTokensAnswer {
  person: StatusAnswer
}

const DAY_MS = 86_400_000
const DAYS = [30, 7, 90, 365]

/** Name, scopes, end and proof; then the token, this once. */
export function issueToken({ scope, show, changed }: Page, { scopes, person }: TokensPage): void {
  const { texts, client } = scope
  const proof = createProof(scope, person)
  const fields = [
    textField({ name: 'name', label: texts.name, hint: texts.tokenNameHint, maxlength: NAME_LENGTH }),
    scopes === null ? [] : checksField('scopes', texts.tokenScopes, scopes),
    selectField('days', texts.tokenExpires, lifetimes(scope)),
    ...proof.fields,
  ].flat()
  const form = createForm(scope, {
    intro: html`${proof.account}`,
    fields,
    action: texts.tokenIssueNow,
    cancel: () => show(null),
    check: (data) => (scopes !== null && !data.has('scopes') ? ['scopes', texts.tokenNoScope] : null),
    send: (data) =>
      client.issueAccessToken({
        ...proof.of(data),
        name: String(data.get('name')),
        ...(scopes !== null && { scopes: data.getAll('scopes').map(String) }),
        expiresAtMs: endOf(Number(data.get('days'))),
      }),
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
        <div class="shown-token">
          <code dir="ltr" translate="no" aria-label=${texts.token} role="group">${token}</code>
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
