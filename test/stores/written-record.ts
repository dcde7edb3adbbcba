import { createTwoFactor, generateKey, memoryStore, type TwoFactorRecord, type UserStore } from 'countersign'
import { enroll } from 'countersign/testing'

export function twoFactorOver(store: UserStore) {
  return createTwoFactor({ issuer: 'Acme', store, keys: generateKey(), verifyPassword: () => true })
}

/** A record as the engine writes it, of a user with two-factor authentication on. */
export async function writtenRecord(): Promise<TwoFactorRecord> {
  const store = memoryStore()
  await enroll(twoFactorOver(store), 'ada')
  const stored = await store.load('ada')
  if (stored === null) throw new Error('The engine wrote nothing.')
  return stored.record as TwoFactorRecord
}
