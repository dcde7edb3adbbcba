import { keyed } from 'lit/directives/keyed.js'
import { html, nothing, type TemplateResult } from 'lit/html.js'
import type { AccessTokensAnswer } from '../../http/index.ts'
import { ask, type Page } from '../flows/ask.ts'
import { icon } from '../icons.ts'
import { nameField } from '../parts/name-field.ts'
import { button, pill, row } from '../parts/row.ts'
import type { Scope } from '../scope.ts'
import { fill } from '../texts/words.ts'
import { issueToken, type TokensPage } from './issue.ts'

type Token = AccessTokensAnswer['accessTokens'][number]

/** The tokens, newest first: create one, rename or revoke each, revoke all. */
export function tokensView(page: Page, tokens: TokensPage): TemplateResult {
  const { texts } = page.scope
  const { accessTokens } = tokens
  const rows = accessTokens.map((token) =>
    keyed(
      token.id,
      row(
        'key',
        titleOf(page.scope, token),
        detailOf(page.scope, token),
        html`${button(texts.tokenRename, () => rename(page, token), 'small', token.name)}
        ${button(texts.tokenRevoke, () => revoke(page, token), 'small quiet-danger', token.name)}`,
      ),
    ),
  )
  return html`<div class="head">
      <span class="badge">${icon('key')}</span>
      <div>
        <h2 tabindex="-1" part="heading">${texts.tokens}</h2>
        <p class="muted">${texts.tokensWhy}</p>
      </div>
    </div>
    <div class="group">${accessTokens.length > 0 ? rows : html`<p class="muted">${texts.tokensNone}</p>`}</div>
    <div class="actions">
      ${button(texts.tokenIssue, () => issueToken(page, tokens), 'primary')}
      ${accessTokens.length > 1 ? button(texts.tokensRevoke, () => revokeAll(page), 'quiet-danger') : nothing}
    </div>`
}

function titleOf({ texts }: Scope, { name, scopes, expiresAtMs }: Token): TemplateResult {
  const isExpired = expiresAtMs !== null && expiresAtMs <= Date.now()
  return html`<bdi translate="no">${name}</bdi> ${isExpired ? pill('bad', texts.tokenExpired) : nothing}
    ${scopes.map((scope) => html`<span class="pill plain" translate="no">${scope}</span>`)}`
}

function detailOf({ texts, times }: Scope, { createdAtMs, lastUsedAtMs, expiresAtMs }: Token): string {
  return [
    texts.tokenMadeOn.replace('{date}', times.date(createdAtMs)),
    lastUsedAtMs === null ? texts.tokenNotUsed : texts.tokenUsedWhen.replace('{time}', times.ago(lastUsedAtMs)),
    expiresAtMs === null ? texts.tokenNeverExpires : texts.tokenExpiresOn.replace('{date}', times.date(expiresAtMs)),
    // No line begins with a dot.
  ].join('\u00a0· ')
}

function rename(page: Page, { id, name }: Token): void {
  const { texts, client } = page.scope
  ask(page, {
    heading: texts.tokenRenameTitle,
    fields: [nameField(texts, { value: name })],
    action: texts.save,
    send: (data) => client.renameAccessToken({ id, name: String(data.get('name')) }),
    change: 'renamed',
    doneText: texts.tokenRenamed,
  })
}

function revoke(page: Page, { id, name }: Token): void {
  const { texts, client } = page.scope
  ask(page, {
    heading: texts.tokenRevokeTitle,
    why: fill(texts.tokenRevokeWhy, { name }),
    fields: [],
    action: texts.tokenRevoke,
    isDanger: true,
    send: () => client.revokeAccessToken({ id }),
    change: 'revoked',
    doneText: texts.tokenRevoked,
  })
}

function revokeAll(page: Page): void {
  const { texts, client } = page.scope
  ask(page, {
    heading: texts.tokenRevokeAllTitle,
    why: texts.tokenRevokeAllWhy,
    fields: [],
    action: texts.tokensRevoke,
    isDanger: true,
    send: () => client.revokeAllAccessTokens(),
    change: 'all-revoked',
    doneText: texts.tokensRevoked,
  })
}
