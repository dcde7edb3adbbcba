import type { ProofBody } from '../../http/index.ts'
import type { Refused, Scope } from '../scope.ts'
import { signWithPasskey } from './browser.ts'

/** A proof by passkey: the server says what to sign, and the passkey signs it. */
export async function provePasskey({ client, signal }: Scope): Promise<{ ok: true; proof: ProofBody } | Refused> {
  const begun = await client.beginStepUp()
  if (!begun.ok) return begun
  if (begun.passkey === null) return { ok: false, reason: 'wrong-passkey', retryAfterSeconds: null }
  const signed = await signWithPasskey(begun.passkey, signal)
  return signed.ok ? { ok: true, proof: { passkey: signed.passkey, token: begun.token } } : signed
}
