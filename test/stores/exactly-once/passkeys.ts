import type { PasskeyVerifier } from 'countersign'
import { passkeyVerifier } from 'countersign/passkeys'

export const RACE_SITE = { rpId: 'acme.example', origin: 'https://acme.example' } as const

/** Loaded when a passkey races: the library takes longer to load than everything else together. */
export async function racePasskeys(): Promise<PasskeyVerifier> {
  const webauthn = await import('@simplewebauthn/server')
  return passkeyVerifier({ webauthn, rpId: RACE_SITE.rpId })
}
