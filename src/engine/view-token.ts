import type { Place, Vault } from '../vault/vault.ts'
import { isAccepted } from './challenges.ts'
import type { UserRecord } from './record.ts'
import { isWithin, openToken } from './sealed-token.ts'

const VIEW_MS = 300_000

/**
 * The proof that viewing the recovery codes returns for generating new ones, so that doing both needs one proof. It
 * names the set that was shown, so it works once, and no other operation accepts it.
 */
export function sealView(vault: Vault, userId: string, record: UserRecord, nowMs: number): string {
  const content = [record.recoveryCodes?.id ?? null, record.challenges.epoch, nowMs + VIEW_MS]
  return vault.seal(viewPlace(userId), JSON.stringify(content))
}

/** Whether this token was made for the record's current set, and nothing has voided it since. */
export function isOfThisView(vault: Vault, userId: string, record: UserRecord, token: unknown, nowMs: number): boolean {
  const content = openToken(vault, viewPlace(userId), token)
  if (content === null || record.recoveryCodes === null) return false
  const [id, epoch, expiresAtMs] = content
  return (
    id === record.recoveryCodes.id &&
    typeof epoch === 'string' &&
    isAccepted(record.challenges, epoch) &&
    typeof expiresAtMs === 'number' &&
    isWithin(expiresAtMs, VIEW_MS, nowMs)
  )
}

function viewPlace(userId: string): Place {
  return { purpose: 'recovery-codes-view', userId }
}
