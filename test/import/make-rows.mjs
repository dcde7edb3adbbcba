/**
 * Writes rows.json: rows as the real libraries make and store them. In an empty folder:
 *   npm install speakeasy@2.0.0 otplib@13.5.0 otplib12@npm:otplib@12.0.1 otpauth@9.5.2 better-auth@1.7.25
 *   node make-rows.mjs > rows.json
 */
import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { symmetricEncrypt } from 'better-auth/crypto'
import { twoFactor } from 'better-auth/plugins'
import * as otpauth from 'otpauth'
import { generate, generateSecret } from 'otplib'
import otplib12 from 'otplib12'
import speakeasy from 'speakeasy'

const timeMs = Date.UTC(2026, 0, 15, 12)
const seconds = timeMs / 1000

const spoken = speakeasy.generateSecret({ length: 20, name: 'ann' })
const eight = speakeasy.generateSecret({ length: 32 })

const secret13 = generateSecret()
const { authenticator, totp } = otplib12
const secret12 = authenticator.generateSecret()
authenticator.options = { epoch: timeMs }
totp.options = { epoch: timeMs }

const built = new otpauth.TOTP({ issuer: 'Acme', label: 'ann', algorithm: 'SHA256', digits: 8, period: 60 })

async function betterAuthRow(secret, storeBackupCodes) {
  const tables = { user: [], session: [], account: [], verification: [], twoFactor: [] }
  const auth = betterAuth({
    secret,
    baseURL: 'http://localhost:3000',
    database: memoryAdapter(tables),
    emailAndPassword: { enabled: true },
    plugins: [twoFactor({ issuer: 'Acme', ...(storeBackupCodes ? { backupCodeOptions: { storeBackupCodes } } : {}) })],
  })
  const body = { email: 'ann@example.com', password: 'correct horse battery', name: 'Ann' }
  const { headers } = await auth.api.signUpEmail({ body, returnHeaders: true })
  const cookie = headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  const enabled = await auth.api.enableTwoFactor({
    body: { password: body.password },
    headers: new Headers({ cookie }),
  })
  const pending = { ...tables.twoFactor[0] }
  const otp = new otpauth.TOTP({ secret: otpauth.URI.parse(enabled.totpURI).secret })
  await auth.api.verifyTOTP({ body: { code: otp.generate() }, headers: new Headers({ cookie }) })
  return {
    secret,
    row: tables.twoFactor[0],
    pending,
    backupCodes: enabled.backupCodes,
    code: otp.generate({ timestamp: timeMs }),
  }
}

const versioned = {
  keys: new Map([
    [1, 'an older secret of better-auth'],
    [2, 'the newest secret of better-auth'],
  ]),
  currentVersion: 2,
}
const text = 'nJ2fYkWq8sT4vB6xZ0cR1dE3gH5jK7mP'

const rows = {
  timeMs,
  speakeasy: {
    generated: spoken,
    code: speakeasy.totp({ secret: spoken.base32, encoding: 'base32', time: seconds }),
    sha256: {
      ...eight,
      code: speakeasy.totp({ secret: eight.ascii, algorithm: 'sha256', digits: 8, step: 60, time: seconds }),
    },
  },
  otplib: {
    v13: { secret: secret13, code: await generate({ secret: secret13, epoch: seconds }) },
    v12: { secret: secret12, code: authenticator.generate(secret12) },
    v12ascii: { secret: 'a secret of plain ascii', code: totp.generate('a secret of plain ascii') },
  },
  otpauth: { uri: built.toString(), base32: built.secret.base32, code: built.generate({ timestamp: timeMs }) },
  betterAuth: {
    encrypted: await betterAuthRow('a secret of better-auth, 32 characters'),
    plain: await betterAuthRow('another secret of better-auth, also long', 'plain'),
    versioned: {
      secrets: { 1: 'an older secret of better-auth', 2: 'the newest secret of better-auth' },
      row: {
        secret: await symmetricEncrypt({ key: versioned, data: text }),
        backupCodes: await symmetricEncrypt({ key: versioned, data: '["aBcDe-FgHij"]' }),
        verified: true,
      },
      code: new otpauth.TOTP({ secret: otpauth.Secret.fromUTF8(text) }).generate({ timestamp: timeMs }),
    },
  },
}
process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`)
