import { html, type TemplateResult } from 'lit'
import type { ProofBody, StatusAnswer } from '../../http/index.ts'
import type { Scope } from '../scope.ts'
import type { Field } from './field.ts'
import { eitherCodeField, passwordField } from './secret-fields.ts'

/** What is asked before something sensitive: the password where it is taken, else a code, else nothing. */
export interface Proof {
  fields: readonly Field[]
  /** Stands in the form, so that a password manager knows whose password it is. */
  account: TemplateResult
  of(data: FormData): { proof?: ProofBody }
}

/** Of the status, what a proof depends on. */
export type ProofOwner = Pick<StatusAnswer, 'acceptedProofs' | 'accountName' | 'recoveryCodes' | 'totpDigits'>

export function createProof(
  scope: Scope,
  { acceptedProofs, accountName, totpDigits: digits, recoveryCodes }: ProofOwner,
): Proof {
  const account = html`<input name="username" autocomplete="username" value=${accountName} readonly hidden />`
  if (acceptedProofs.includes('password')) {
    const fields = [passwordField(scope)]
    return { fields, account, of: (data) => ({ proof: { password: String(data.get('password')) } }) }
  }
  if (acceptedProofs.includes('code')) {
    const fields = [eitherCodeField(scope, { first: 'app', digits, hasRecoveryCodes: recoveryCodes.left > 0 })]
    return { fields, account, of: (data) => ({ proof: { code: String(data.get('code')) } }) }
  }
  return { fields: [], account, of: () => ({}) }
}
