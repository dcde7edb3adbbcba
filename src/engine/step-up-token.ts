import { utf8Bytes } from '../encoding/utf8.ts'
import type { Vault } from '../vault/vault.ts'

/** What a step-up in the middle of a session is begun with. */
export interface StepUpClaims {
  /** The record's epoch then. */
  epoch: string | null
  issuedAtMs: number
  /** SHA-256 of what the host bound it to; null if nothing. */
  binding: string | null
}

/** Has a purpose of its own: it must never complete a sign-in, which asks for the first factor too. */
export function sealStepUp(vault: Vault, userId: string, { epoch, issuedAtMs, binding }: StepUpClaims): string {
  return vault.seal({ purpose: 'step-up', userId }, utf8Bytes(JSON.stringify([epoch, issuedAtMs, binding])))
}
