import { spawnSync } from 'node:child_process'
import { generateHotp, generateTotp, verifyTotp } from 'countersign/otp'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hasProgram, needs } from '../needs.ts'

const isMissing = needs('oathtool', hasProgram('oathtool'), 'apt-get install oathtool')

describe.skipIf(isMissing)('oathtool, an independent implementation, agrees', () => {
  const secret = fc.uint8Array({ minLength: 10, maxLength: 64 })
  const digits = fc.integer({ min: 6, max: 8 })

  test('on the code of any secret, time, algorithm, digits and period [CS-TOTP-13]', () => {
    const time = fc.oneof(fc.nat(2 ** 31 - 1), fc.integer({ min: 2 ** 31, max: 2 ** 36 }))
    const algorithm = fc.constantFrom('SHA1' as const, 'SHA256' as const, 'SHA512' as const)
    const options = fc.record({ secret, digits, algorithm, periodSeconds: fc.integer({ min: 1, max: 120 }) })
    fc.assert(
      fc.property(options, time, (given, seconds) => {
        const code = oathtool(
          `--totp=${given.algorithm.toLowerCase()}`,
          `--digits=${given.digits}`,
          `--time-step-size=${given.periodSeconds}s`,
          `--now=@${seconds}`,
          Buffer.from(given.secret).toString('hex'),
        )
        expect(generateTotp({ ...given, timeMs: seconds * 1000 })).toBe(code)
        expect(verifyTotp({ ...given, timeMs: seconds * 1000, code })).toMatchObject({ ok: true, delta: 0 })
      }),
      { numRuns: 60 },
    )
  })

  test('on the code of any secret, counter and digits [CS-HOTP-02]', () => {
    const counter = fc.oneof(fc.nat(100), fc.maxSafeNat())
    fc.assert(
      fc.property(fc.record({ secret, digits, counter }), (given) => {
        const hex = Buffer.from(given.secret).toString('hex')
        expect(generateHotp(given)).toBe(oathtool(`--digits=${given.digits}`, `--counter=${given.counter}`, hex))
      }),
      { numRuns: 60 },
    )
  })
})

function oathtool(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('oathtool', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`oathtool ended with ${status}: ${stderr}`)
  return stdout.trim()
}
