import type { Core } from './core.ts'
import type { StoredApp, StoredAuthenticator, StoredPasskey, UserRecord } from './record.ts'
import type { AuthenticatorType } from './setup-offer.ts'

type Authenticators = Pick<UserRecord, 'authenticators'>

export function appsOf({ authenticators }: Authenticators): StoredApp[] {
  return authenticators.filter((one) => one.type === 'totp')
}

export function passkeysOf({ authenticators }: Authenticators): StoredPasskey[] {
  return authenticators.filter((one) => one.type === 'passkey')
}

/**
 * The passkeys that can be used now: there is a verifier for their rpId, and the key ring has their key. Opens nothing.
 */
export function usablePasskeys({ passkeys, vault }: Core, record: Authenticators): StoredPasskey[] {
  if (passkeys === undefined) return []
  return passkeysOf(record).filter(({ rpId, sealed }) => rpId === passkeys.rpId && vault.hasKey(sealed))
}

/** The authenticators that remain without these. */
export function remaining(record: Authenticators, replaces: readonly string[]): StoredAuthenticator[] {
  return record.authenticators.filter(({ id }) => !replaces.includes(id))
}

/** What can be set up: a passkey needs a verifier. */
export function authenticatorTypes({ passkeys }: Core): AuthenticatorType[] {
  return passkeys === undefined ? ['totp'] : ['totp', 'passkey']
}
