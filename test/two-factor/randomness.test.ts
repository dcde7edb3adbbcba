import { createTwoFactor, generateKey, memoryStore } from 'countersign'
import { decodeBase32 } from 'countersign/otp'
import { enroll } from 'countersign/testing'
import { expect, onTestFinished, test, vi } from 'vitest'

test('secrets and recovery codes are made of bytes of crypto.getRandomValues, each used once [CS-KEY-06]', async () => {
  const made: Uint8Array[] = []
  const real = crypto.getRandomValues.bind(crypto)
  const watched = vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
    const filled = real(array)
    if (filled instanceof Uint8Array) made.push(Uint8Array.from(filled))
    return filled
  })
  onTestFinished(() => watched.mockRestore())
  const twoFactor = createTwoFactor({
    issuer: 'Acme',
    store: memoryStore(),
    keys: generateKey(),
    verifyPassword: () => true,
  })
  const { phone, recoveryCodes } = await enroll(twoFactor, 'ann')
  expect(made.filter((bytes) => hex(bytes) === hex(decodeBase32(phone.secret)))).toHaveLength(1)
  // Each character is a byte cut to five bits: 80 bits a code.
  const codes = recoveryCodes.map((code) => code.replaceAll('-', '')).join('')
  expect(codes).toHaveLength(160)
  const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
  const spelled = made.map((bytes) => Array.from(bytes, (byte) => alphabet.charAt(byte & 31)).join(''))
  expect(spelled.filter((text) => text === codes)).toHaveLength(1)
})

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
