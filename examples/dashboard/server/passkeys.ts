import * as webauthn from '@simplewebauthn/server'
import type { PasskeyVerifier } from 'countersign'
import { passkeyVerifier } from 'countersign/passkeys'

/**
 * Passkeys for the address that people see, or for `localhost` if there is none. Undefined for an address that browsers allow
 * no passkeys at: an IP address, or http.
 */
export function dashboardPasskeys(
  publicOrigin: string | undefined,
  ports: readonly number[],
): PasskeyVerifier | undefined {
  if (publicOrigin === undefined) {
    return passkeyVerifier({
      webauthn,
      rpId: 'localhost',
      origins: ports.map((port) => new URL(`http://localhost:${port}`).origin),
    })
  }
  const { hostname, protocol } = new URL(publicOrigin)
  const isAddress = /^\[|^[0-9.]+$/.test(hostname)
  if (isAddress || (protocol !== 'https:' && hostname !== 'localhost')) return undefined
  return passkeyVerifier({ webauthn, rpId: hostname, origins: [publicOrigin] })
}
