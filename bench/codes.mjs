import { Secret, TOTP } from 'otpauth'
import { generateTotp, verifyTotp } from './dist/measured.js'
import { measure, median, ratio } from './rounds.mjs'

const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const timeMs = 1_800_000_015_000

/** otpauth's default build, its fastest one: it computes with Node's own crypto. */
export function otpauthCheck(code) {
  return TOTP.validate({ token: code, secret: Secret.fromBase32(secret), timestamp: timeMs, window: 1 })
}

export const rightCode = generateTotp({ secret, timeMs })

/** A code checked against base32 text in a window of ±1. */
export async function benchCodes() {
  const right = rightCode
  const wrong = ['000000', '000001', '000002', '000003'].find((code) => otpauthCheck(code) === null)
  const check = (code) => verifyTotp({ secret, code, timeMs })
  if (!check(right).ok || check(wrong).ok || otpauthCheck(right) !== 0) throw new Error('The two do not agree.')

  const times = await measure({
    'countersign, wrong code': () => check(wrong),
    'otpauth, wrong code': () => otpauthCheck(wrong),
    'countersign, right code': () => check(right),
    'otpauth, right code': () => otpauthCheck(right),
  })
  console.log('\nA code checked against base32 text, window ±1:\n')
  for (const [name, values] of Object.entries(times))
    console.log(`  ${median(values).toFixed(2).padStart(7)} µs  ${name}`)
  return ['wrong', 'right'].map((kind) => ({
    name: `times otpauth's speed on a ${kind} code`,
    ratio: ratio(times[`otpauth, ${kind} code`], times[`countersign, ${kind} code`]),
    atLeast: kind === 'wrong' ? 3 : 2,
  }))
}
