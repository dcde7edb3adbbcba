import { createTwoFactor, generateKey, memoryStore } from 'countersign'
import { decodeBase32 } from 'countersign/otp'
import { enroll, virtualAuthenticator } from 'countersign/testing'
import { expect, onTestFinished, test, vi } from 'vitest'

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

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
  const proof = { password: 'x' }
  const begun = await twoFactor.beginSetup('ann', { proof, accountName: 'ann' })
  if (!begun.ok) throw new Error(begun.reason)
  expect(made.filter((bytes) => hex(bytes) === hex(decodeBase32(begun.secret)))).toHaveLength(1)
  const phone = virtualAuthenticator(begun.uri)
  const confirmed = await twoFactor.confirmSetup('ann', { token: begun.token, code: phone.next() })
  const regenerated = await twoFactor.regenerateRecoveryCodes('ann', { proof })
  const issued = await twoFactor.admin.issueRecoveryCode('ann', { by: 'sam', note: 'lost phone' })
  if (!confirmed.ok || !regenerated.ok || !issued.ok) throw new Error('A code was refused.')

  // Each character is a byte cut to five bits: 80 bits a code.
  const spelled = made.map((bytes) => Array.from(bytes, (byte) => ALPHABET.charAt(byte & 31)).join(''))
  for (const codes of [confirmed.recoveryCodes ?? [], regenerated.recoveryCodes, [issued.recoveryCode]]) {
    const all = codes.map((code) => code.replaceAll('-', '')).join('')
    expect(all).toHaveLength(16 * codes.length)
    expect(all.length).toBeGreaterThan(0)
    expect(spelled.filter((text) => text === all)).toHaveLength(1)
  }
})

test('nonces are drawn ahead from crypto.getRandomValues; a source of the host is asked for what is needed', async () => {
  const drawn: number[] = []
  const asked: number[] = []
  const real = crypto.getRandomValues.bind(crypto)
  const watched = vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
    if (array !== null) drawn.push(array.byteLength)
    return real(array)
  })
  onTestFinished(() => watched.mockRestore())
  const random = (bytes: number) => {
    asked.push(bytes)
    return real(new Uint8Array(bytes))
  }
  const options = { issuer: 'Acme', store: memoryStore(), keys: generateKey(), verifyPassword: () => true }
  await enroll(createTwoFactor(options), 'ann')
  expect(drawn).toContain(512)
  await enroll(createTwoFactor({ ...options, random }), 'ben')
  expect(asked.length).toBeGreaterThan(0)
  expect(Math.max(...asked)).toBeLessThan(100)
})

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
