import { html, type TemplateResult } from 'lit'
import type { ConfirmBody, StatusAnswer } from '../../http/index.ts'
import type { Scope } from '../scope.ts'
import type { Field } from './field.ts'
import { eitherCodeField, passwordField } from './secret-fields.ts'

/** What is asked before something sensitive: the password where it is taken, else a code, else nothing. */
export interface Proof {
  fields: readonly Field[]
  /** Stands in the form, so that a password manager knows whose password it is. */
  account: TemplateResult
  of(data: FormData): { confirm?: ConfirmBody }
}

export function createProof(
  scope: Scope,
  { confirmWith, accountName }: Pick<StatusAnswer, 'confirmWith' | 'accountName'>,
): Proof {
  const account = html`<input name="username" autocomplete="username" value=${accountName} readonly hidden />`
  if (confirmWith.includes('password')) {
    const fields = [passwordField(scope)]
    return { fields, account, of: (data) => ({ confirm: { password: String(data.get('password')) } }) }
  }
  if (confirmWith.includes('code')) {
    const fields = [eitherCodeField(scope, 'app')]
    return { fields, account, of: (data) => ({ confirm: { code: String(data.get('code')) } }) }
  }
  return { fields: [], account, of: () => ({}) }
}
