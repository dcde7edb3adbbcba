import { html, nothing, type TemplateResult } from 'lit/html.js'
import type { ProofBody, StatusAnswer } from '../../http/index.ts'
import { canUsePasskey } from '../passkeys/available.ts'
import { provePasskey } from '../passkeys/step-up.ts'
import type { Refused, Scope } from '../scope.ts'
import type { Field } from './field.ts'
import { eitherCodeField, passwordField } from './secret-fields.ts'

/**
 * What is asked for before a sensitive operation: the password if accepted, else a code, or a passkey; else nothing.
 */
export interface Proof {
  fields: readonly Field[]
  /** The label of the second button, if a passkey can be used instead of the fields. */
  passkey: string | undefined
  /** Part of the form, so that a password manager knows whose password it is. */
  account: TemplateResult
  /** Sends with the proof: from the fields, or from the passkey, for which the browser asks first. */
  send<Answer>(data: FormData, act: (proven: Proven) => Promise<Answer | Refused>): Promise<Answer | Refused>
}

interface Proven {
  proof?: ProofBody
}

/** The part of the status that a proof depends on. */
export type ProofOwner = Pick<
  StatusAnswer,
  'acceptedProofs' | 'accountName' | 'authenticators' | 'authenticatorTypes' | 'issuer' | 'recoveryCodes' | 'totpDigits'
>

export function createProof(scope: Scope, owner: ProofOwner): Proof {
  const { texts } = scope
  const typed = typedProof(scope, owner)
  const hasPasskey = canUsePasskey(owner)
  const isOnlyPasskey = hasPasskey && typed === null
  return {
    fields: typed ? [{ ...typed.field, isProof: true }] : [],
    passkey: hasPasskey && typed ? texts.usePasskey : undefined,
    account: html`<input name="username" autocomplete="username" value=${owner.accountName} readonly hidden />
      ${isOnlyPasskey ? html`<p class="muted">${texts.passkeySteps}</p>` : nothing}`,
    async send(data, act) {
      if (!isOnlyPasskey && !data.has('passkey')) return act(typed?.of(data) ?? {})
      const proven = await provePasskey(scope)
      return proven.ok ? act({ proof: proven.proof }) : proven
    },
  }
}

function typedProof(scope: Scope, { acceptedProofs, totpDigits: digits, recoveryCodes }: ProofOwner) {
  if (acceptedProofs.includes('password')) {
    return { field: passwordField(scope), of: read('password', (password) => ({ password })) }
  }
  const hasRecoveryCodes = recoveryCodes.left > 0 || recoveryCodes.issued.length > 0
  if (!acceptedProofs.includes('code') || !(digits.length > 0 || hasRecoveryCodes)) return null
  const field = eitherCodeField(scope, { first: 'app', digits, hasRecoveryCodes })
  return { field, of: read('code', (code) => ({ code })) }
}

const read = (name: string, proofOf: (text: string) => ProofBody) => (data: FormData) => ({
  proof: proofOf(String(data.get(name))),
})
