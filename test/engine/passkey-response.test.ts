import { describe, expect, test } from 'vitest'
import {
  isPasskey,
  MAX_CREDENTIAL_ID,
  MAX_USER_HANDLE,
  readAssertionResponse,
  readRegistrationResponse,
  readTransports,
} from '../../src/engine/passkey-response.ts'

const ID = 'AAAA'
const shell = { id: ID, rawId: ID, type: 'public-key', clientExtensionResults: {} }
const assertion = { clientDataJSON: 'Y2xpZW50', authenticatorData: 'YXV0aA', signature: 'c2ln' }
const attestation = { clientDataJSON: 'Y2xpZW50', attestationObject: 'YXR0' }
const text = (length: number) => 'A'.repeat(length)

const readAssertion = (response: unknown, more: object = {}) => readAssertionResponse({ ...shell, response, ...more })
const readRegistration = (response: unknown, more: object = {}) =>
  readRegistrationResponse({ ...shell, response, ...more })

describe('of a response', () => {
  test('only the fields that are used are kept', () => {
    const more = { more: 1 }
    expect(readAssertion({ ...assertion, userHandle: 'dXNlcg', ...more }, more)).toEqual({
      ...shell,
      response: { ...assertion, userHandle: 'dXNlcg' },
    })
    expect(readRegistration({ ...attestation, transports: ['usb'], ...more }, more)).toEqual({
      ...shell,
      response: { ...attestation, transports: ['usb'] },
    })
  })

  test('a user handle may be missing, null or empty, and is then left out', () => {
    for (const given of [{}, { userHandle: null }, { userHandle: '' }, { userHandle: undefined }]) {
      expect(readAssertion({ ...assertion, ...given })).toEqual({ ...shell, response: assertion })
    }
  })

  test('a user handle has at most 64 bytes', () => {
    const longest = { ...assertion, userHandle: text(MAX_USER_HANDLE) }
    expect(readAssertion(longest)?.response).toEqual(longest)
    for (const userHandle of [text(MAX_USER_HANDLE + 1), 'not base64url!', 7, {}, ['dXNlcg']]) {
      expect(readAssertion({ ...assertion, userHandle })).toBe(null)
    }
  })

  test('all texts together have at most 4096 characters', () => {
    const rest = ID.length + assertion.clientDataJSON.length + assertion.authenticatorData.length
    expect(readAssertion({ ...assertion, signature: text(4096 - rest) })).not.toBe(null)
    expect(readAssertion({ ...assertion, signature: text(4097 - rest) })).toBe(null)
    const others = ID.length + attestation.clientDataJSON.length
    expect(readRegistration({ ...attestation, attestationObject: text(4096 - others) })).not.toBe(null)
    expect(readRegistration({ ...attestation, attestationObject: text(4097 - others) })).toBe(null)
    expect(readRegistration({ clientDataJSON: text(2048), attestationObject: text(2048) })).toBe(null)
  })
})

describe('a response is refused', () => {
  test.each([[undefined], [null], ['text'], [7], [[]]])('that is %j', (given) => {
    expect([readAssertionResponse(given), readRegistrationResponse(given)]).toEqual([null, null])
    expect([readAssertion(given), readRegistration(given)]).toEqual([null, null])
  })

  test('without one of its texts, or with one of another type or alphabet', () => {
    for (const wrong of [undefined, null, 7, '', 'a=', 'a+b', ['QQ'], {}]) {
      for (const field of Object.keys(assertion)) expect(readAssertion({ ...assertion, [field]: wrong })).toBe(null)
      for (const field of Object.keys(attestation)) {
        expect(readRegistration({ ...attestation, [field]: wrong })).toBe(null)
      }
    }
  })

  test('of another type, or whose two ids differ', () => {
    for (const more of [{ type: 'password' }, { type: undefined }, { rawId: 'BBBB' }, { rawId: undefined }]) {
      expect([readAssertion(assertion, more), readRegistration(attestation, more)]).toEqual([null, null])
    }
  })

  test('whose credential id is too long or not canonical', () => {
    const withId = (id: string) => readAssertion(assertion, { id, rawId: id })
    expect(withId(text(MAX_CREDENTIAL_ID))?.id).toBe(text(MAX_CREDENTIAL_ID))
    for (const id of [text(MAX_CREDENTIAL_ID + 1), text(MAX_CREDENTIAL_ID + 4), 'AB', 'A', '', 'AA==']) {
      expect(withId(id)).toBe(null)
    }
  })
})

test('transports are the known ones, in one order, without repetition; anything else is none', () => {
  expect(readTransports(['usb', 'ble', 'usb', 'carrier-pigeon', 7])).toEqual(['ble', 'usb'])
  const all = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']
  expect(readTransports(all.toReversed())).toEqual(all)
  expect(readTransports([...all, 'more'])).toEqual(all)
  for (const none of [undefined, null, 'usb', { 0: 'usb', length: 1, includes: () => true }, [...all, 'a', 'b'], []]) {
    expect(readTransports(none)).toEqual([])
  }
})

test('a passkey was sent unless it is missing or null', () => {
  expect([undefined, null, {}, '', 0, 'x'].map(isPasskey)).toEqual([false, false, true, true, true, true])
})
