import { expect, test } from 'vitest'
import { authenticatorTypes } from '../../src/engine/authenticators.ts'
import type { Core } from '../../src/engine/core.ts'
import { untyped } from '../world.ts'

test('an app can always be set up, and a passkey where there is a verifier', () => {
  expect(authenticatorTypes(untyped<Core>({ passkeys: undefined }))).toEqual(['totp'])
  expect(authenticatorTypes(untyped<Core>({ passkeys: { rpId: 'acme.example' } }))).toEqual(['totp', 'passkey'])
})
