import { createHmac, timingSafeEqual } from 'node:crypto'
import { generateTOTP, verifyTOTPWithGracePeriod } from '@oslojs/otp'
import { Secret, TOTP, URI } from 'otpauth'
import { generateSync, generateURI, verifySync } from 'otplib'
import speakeasy from 'speakeasy'
import { buildOtpauthUri, decodeBase32, generateTotp, parseOtpauthUri, verifyTotp } from './dist/measured.js'

const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const bytes = decodeBase32(secret)
/** The clock stands still, so that a right code stays that of the current step. */
const NOW_MS = 1_800_000_015_000
const label = { issuer: 'Acme Cloud', accountName: 'ann@example.com' }

/** Base32 text to a yes or no, in a window of ±1 step: what an application asks. Each library as its documentation shows. */
const VERIFY = {
  countersign: (code) => verifyTotp({ secret, code }).ok,
  otpauth: (code) => TOTP.validate({ token: code, secret: Secret.fromBase32(secret), window: 1 }) !== null,
  otplib: (code) => verifySync({ secret, token: code, epochTolerance: 30 }).valid,
  speakeasy: (code) => speakeasy.totp.verify({ secret, encoding: 'base32', token: code, window: 1 }),
  '@oslojs/otp (from bytes)': (code) => verifyTOTPWithGracePeriod(bytes, 30, 6, code, 30),
  'node:crypto by hand (from bytes)': verifyByHand,
}

const GENERATE = {
  countersign: () => generateTotp({ secret }),
  otpauth: () => TOTP.generate({ secret: Secret.fromBase32(secret) }),
  otplib: () => generateSync({ secret }),
  speakeasy: () => speakeasy.totp({ secret, encoding: 'base32' }),
  '@oslojs/otp (from bytes)': () => generateTOTP(bytes, 30, 6),
  'node:crypto by hand (from bytes)': () => codeByHand(Math.floor(Date.now() / 30_000)),
}

const BUILD_URI = {
  countersign: () => buildOtpauthUri({ ...label, secret }),
  otpauth: () => new TOTP({ issuer: label.issuer, label: label.accountName, secret }).toString(),
  otplib: () => generateURI({ issuer: label.issuer, label: label.accountName, secret }),
  speakeasy: () =>
    speakeasy.otpauthURL({
      secret,
      encoding: 'base32',
      label: `${label.issuer}:${label.accountName}`,
      issuer: label.issuer,
    }),
}

const uri = buildOtpauthUri({ ...label, secret })
const PARSE_URI = { countersign: () => parseOtpauthUri(uri), otpauth: () => URI.parse(uri) }

/** What is measured of codes and URIs: a title, and each library's way. All must agree before anything is timed. */
export function codeTasks() {
  Date.now = () => NOW_MS
  const right = generateTotp({ secret })
  const wrong = ['000000', '000001', '000002', '000003'].find((code) => !verifyTotp({ secret, code }).ok)
  for (const [name, verify] of Object.entries(VERIFY)) {
    if (verify(right) !== true || verify(wrong) !== false) throw new Error(`${name} does not agree.`)
  }
  for (const [name, generate] of Object.entries(GENERATE)) {
    if (generate() !== generateTotp({ secret })) throw new Error(`${name} shows another code.`)
  }
  return {
    'Check a wrong code, ±1 step': bind(VERIFY, wrong),
    'Check a right code, ±1 step': bind(VERIFY, right),
    'Generate a code': GENERATE,
    'Build an otpauth URI': BUILD_URI,
    'Parse an otpauth URI': PARSE_URI,
  }
}

function bind(functions, argument) {
  return Object.fromEntries(Object.entries(functions).map(([name, verify]) => [name, () => verify(argument)]))
}

function verifyByHand(code) {
  const step = Math.floor(Date.now() / 30_000)
  return [0, -1, 1].some((distance) => timingSafeEqual(Buffer.from(codeByHand(step + distance)), Buffer.from(code)))
}

/** RFC 4226 §5.3 in as few lines as people write. */
function codeByHand(counter) {
  const message = Buffer.alloc(8)
  message.writeBigUInt64BE(BigInt(counter))
  const digest = createHmac('sha1', bytes).update(message).digest()
  const number = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}
