import { generateHotp, generateTotp, verifyTotp } from 'countersign/otp'
import { expect, test } from 'vitest'
import rfc from '../vectors/rfc.json'
test('v', () => {
  const hex = (h: string) => new Uint8Array(Buffer.from(h, 'hex'))
  for (const v of rfc.hotp) expect(generateHotp({ secret: hex(v.secretHex), counter: v.counter })).toBe(v.code)
  for (const v of rfc.totp) {
    const o = { secret: hex(v.secretHex), timeMs: v.time * 1000, digits: v.digits, algorithm: v.algorithm as 'SHA1' }
    expect(generateTotp(o)).toBe(v.code)
    expect(verifyTotp({ ...o, code: v.code })).toMatchObject({ ok: true, delta: 0 })
  }
})
