import { recoveryCodesPlace, resealRecoveryCodes } from '../recovery-codes/keep.ts'
import type { Place, Vault } from '../vault/vault.ts'
import { issuedCodePlace } from './issued-codes.ts'
import type { StoredAuthenticator, UserRecord } from './record.ts'

/** Whether anything in the record is sealed under a key other than the first. */
export function isStale(record: UserRecord, vault: Vault): boolean {
  return sealedValues(record).some((sealed) => !vault.isCurrent(sealed))
}

/**
 * The record with everything under an older key resealed. What does not open stays as it is: this runs in every write,
 * and must not prevent counting a failure.
 */
export function resealStale(record: UserRecord, vault: Vault, userId: string): UserRecord {
  if (!isStale(record, vault)) return record
  const opens = (sealed: string, place: Place) => vault.hasKey(sealed) && vault.open(place, sealed) !== null
  return reseal(record, vault, userId, (sealed, place) => !vault.isCurrent(sealed) && opens(sealed, place))
}

/** The record with everything resealed, whatever its key. Throws `key_unknown` if the ring lacks that key. */
export function resealAll(record: UserRecord, vault: Vault, userId: string): UserRecord {
  return reseal(record, vault, userId, () => true)
}

function reseal(
  record: UserRecord,
  vault: Vault,
  userId: string,
  wanted: (sealed: string, place: Place) => boolean,
): UserRecord {
  const anew = (place: Place, sealed: string, field: string) =>
    wanted(sealed, place) ? vault.seal(place, vault.openStored(place, sealed, field)) : sealed
  const secret = { purpose: 'authenticator', userId } as const
  const passkey = { purpose: 'passkey', userId } as const
  const authenticator = (one: StoredAuthenticator, field: string): StoredAuthenticator =>
    one.type === 'totp'
      ? { ...one, secret: anew(secret, one.secret, `${field}.secret`) }
      : { ...one, sealed: anew(passkey, one.sealed, `${field}.sealed`) }
  const { authenticators, pending, recoveryCodes, issuedCodes } = record
  return {
    ...record,
    authenticators: authenticators.map((one, index) => authenticator(one, `authenticators[${index}]`)),
    pending:
      pending?.type === 'totp' ? { ...pending, secret: anew(secret, pending.secret, 'pending.secret') } : pending,
    recoveryCodes:
      recoveryCodes && wanted(recoveryCodes.sealed, recoveryCodesPlace(recoveryCodes, userId))
        ? resealRecoveryCodes(recoveryCodes, { vault, userId })
        : recoveryCodes,
    issuedCodes: issuedCodes.map((one, index) => ({
      ...one,
      sealed: anew(issuedCodePlace(userId), one.sealed, `issuedCodes[${index}].sealed`),
    })),
  }
}

function sealedValues({ authenticators, pending, recoveryCodes, issuedCodes }: UserRecord): string[] {
  const ofAuthenticators = authenticators.map((one) => (one.type === 'totp' ? one.secret : one.sealed))
  const values = [...ofAuthenticators, ...issuedCodes.map((one) => one.sealed)]
  if (pending?.type === 'totp') values.push(pending.secret)
  if (recoveryCodes !== null) values.push(recoveryCodes.sealed)
  return values
}
