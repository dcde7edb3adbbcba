import { generateKey, keyRing } from 'countersign'
import { describe, expect, test } from 'vitest'
import type { Core } from '../../src/engine/core.ts'
import type { PasskeyVerifier } from '../../src/engine/passkey.ts'
import { creationOptions, requestOptions, webauthnChallenge } from '../../src/engine/passkey-options.ts'
import { emptyRecord, type UserRecord } from '../../src/engine/record.ts'
import { createVault, type Vault } from '../../src/vault/vault.ts'
import { storedPasskey } from '../passkeys/world.ts'
import { untyped } from '../world.ts'

const vault = createVault(keyRing(generateKey('k1')), (bytes) => new Uint8Array(bytes))
const verifier = untyped<PasskeyVerifier>({
  rpId: 'acme.example',
  userVerification: 'preferred',
  algorithms: [-8, -7],
})
const core = (passkeys: PasskeyVerifier | undefined, of: Vault = vault) => untyped<Core>({ passkeys, vault: of })

const here = storedPasskey({ id: 'here', credentialId: 'AAAA', transports: ['usb', 'nfc'] })
const there = storedPasskey({ id: 'there', credentialId: 'BBBB', rpId: 'other.example' })
const retired = storedPasskey({ id: 'retired', credentialId: 'CCCC', sealed: 'k0.sealed' })
const record: UserRecord = { ...emptyRecord(), userHandle: 'handle', authenticators: [here, there, retired] }

describe('what a browser is asked for at a second step', () => {
  test('is one of the passkeys of this domain whose key is in the ring', () => {
    expect(requestOptions(core(verifier), record, 'token')).toEqual({
      challenge: webauthnChallenge('token'),
      rpId: 'acme.example',
      timeout: 300_000,
      userVerification: 'preferred',
      allowCredentials: [{ id: 'AAAA', type: 'public-key', transports: ['usb', 'nfc'] }],
    })
  })

  test('is nothing without a verifier, or without a passkey that can be used', () => {
    expect(requestOptions(core(undefined), record, 'token')).toBe(null)
    expect(requestOptions(core(verifier), { ...record, authenticators: [there, retired] }, 'token')).toBe(null)
  })
})

describe('what a browser is asked for at a setup', () => {
  const options = (replaces: string[]) =>
    creationOptions({ issuer: 'Acme' }, verifier, record, { token: 'token', accountName: 'ann', replaces })

  test('names site, user and algorithms, and excludes the passkeys of this domain that stay', () => {
    expect(options([])).toEqual({
      challenge: webauthnChallenge('token'),
      rp: { id: 'acme.example', name: 'Acme' },
      user: { id: 'handle', name: 'ann', displayName: 'ann' },
      pubKeyCredParams: [
        { type: 'public-key', alg: -8 },
        { type: 'public-key', alg: -7 },
      ],
      timeout: 300_000,
      attestation: 'none',
      excludeCredentials: [
        { id: 'AAAA', type: 'public-key', transports: ['usb', 'nfc'] },
        { id: 'CCCC', type: 'public-key' },
      ],
      authenticatorSelection: {
        residentKey: 'discouraged',
        requireResidentKey: false,
        userVerification: 'preferred',
      },
    })
  })

  test('does not exclude those that it replaces', () => {
    expect(options(['here', 'retired']).excludeCredentials).toEqual([])
  })

  test('takes the verifier’s own name for the site', () => {
    const given = { issuer: 'Acme', rpName: 'Acme Cloud' }
    const { rp } = creationOptions(given, verifier, record, { token: 'token', accountName: 'ann', replaces: [] })
    expect(rp.name).toBe('Acme Cloud')
  })
})

test('a challenge is SHA-256 of a prefix and the token, in base64url', () => {
  // printf 'countersign/1 webauthn token' | openssl dgst -sha256 -binary | basenc --base64url
  expect(webauthnChallenge('token')).toBe('W9pVE--w9wngJZ2rV_PB0P9GxFFjQSD114Ad6XFU25I')
  expect(webauthnChallenge('token')).not.toBe(webauthnChallenge('tokem'))
})
