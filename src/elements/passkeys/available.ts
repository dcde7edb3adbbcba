import type { StatusAnswer } from '../../http/index.ts'
import { hasPasskeys } from './browser.ts'

/** Whether the backend accepts passkeys, and this browser can create them. */
export const canAddPasskey = ({ authenticatorTypes }: Pick<StatusAnswer, 'authenticatorTypes'>): boolean =>
  authenticatorTypes.includes('passkey') && hasPasskeys()

/** Whether this person can confirm with a passkey here. */
export function canUsePasskey({
  authenticators,
  acceptedProofs,
}: Pick<StatusAnswer, 'authenticators' | 'acceptedProofs'>): boolean {
  const hasOne = authenticators.some((one) => one.type === 'passkey' && one.usable)
  return hasOne && acceptedProofs.includes('code') && hasPasskeys()
}
