/** What runs on a server. */
export const SUBPATHS = [
  '',
  '/otp',
  '/qr',
  '/passkeys',
  '/testing',
  '/import',
  '/mail',
  '/otel',
  '/tokens',
  '/http',
  '/http/node',
  '/client',
  '/elements/de',
]
const STORES = ['better-sqlite3', 'bun-sqlite', 'd1', 'deno-kv', 'drizzle', 'dynamodb', 'ioredis', 'kysely', 'libsql']
STORES.push('mariadb', 'mysql2', 'nats', 'node-sqlite', 'pg', 'pglite', 'postgres', 'prisma', 'redis', 'sql')
export const EVERY_SUBPATH = [...SUBPATHS, ...STORES.map((name) => `/stores/${name}`)]

const NAMES = {
  countersign: 'createTwoFactor, keyRing, memoryStore, CountersignError',
  'countersign/otp': 'decodeBase32, encodeBase32',
  'countersign/qr': 'qrSvg',
  'countersign/testing': 'enroll',
  'countersign/http': 'createHandler',
}

/** Real work: a sign-in, a QR code, the lazily loaded OpenAPI document, an error. */
export const WORK = `async function work({ http = true } = {}) {
  const key = { id: 'a', key: Uint8Array.from({ length: 32 }, (_, index) => (index * 37) % 256) }
  const twoFactor = createTwoFactor({ issuer: 'Acme', store: memoryStore(), keys: keyRing([key]) })
  const { phone } = await enroll(twoFactor, 'ann')
  const challenge = await twoFactor.challenge('ann')
  const done = await twoFactor.completeChallenge(challenge.token, { code: phone.next() })
  if (!done.ok || done.userId !== 'ann') throw new Error('The code was refused.')
  if (encodeBase32(decodeBase32('gezd gnbv')) !== 'GEZDGNBV') throw new Error('Base32 is wrong.')
  if (!qrSvg('text').startsWith('<svg')) throw new Error('No QR code.')
  let fault
  try { createTwoFactor({}) } catch (error) { fault = error }
  if (!(fault instanceof CountersignError)) throw new Error('No CountersignError.')
  if (!http) return 'it works'
  const handler = createHandler({ twoFactor, authenticate: () => null, openSession: () => ({}) })
  const statusOf = async (path) => (await handler(new Request('https://acme.example/two-factor/' + path))).status
  const statuses = [await statusOf('openapi.json'), await statusOf('status')].join()
  if (statuses !== '200,401') throw new Error('The handler answered ' + statuses)
  return 'it works'
}
`

export const imports = Object.entries(NAMES)
  .map(([from, names]) => `import { ${names} } from '${from}'\n`)
  .join('')
export const requires = Object.entries(NAMES)
  .map(([from, names]) => `const { ${names} } = require('${from}')\n`)
  .join('')
const PRINT = 'work().then(console.log)\n'

/** Scripts that load every subpath, work and print “it works”. */
export const smokeModule = `${imports}${EVERY_SUBPATH.map((path) => `import 'countersign${path}'\n`).join('')}${WORK}${PRINT}`
export const smokeCommonJs = `${requires}${EVERY_SUBPATH.map((path) => `require('countersign${path}')\n`).join('')}${WORK}${PRINT}`
/** The same without the stores, which a bundle would only carry along. */
export const bundleEntry = `${imports}${WORK}${PRINT}`
export const SMOKE = { 'smoke.mjs': smokeModule, 'smoke.cjs': smokeCommonJs }

/** A passkey of each algorithm registers and signs in: what @simplewebauthn/server needs of a runtime is there. */
export const PASSKEYS = `import * as webauthn from '@simplewebauthn/server'
import { createTwoFactor, keyRing, memoryStore } from 'countersign'
import { passkeyVerifier } from 'countersign/passkeys'
import { virtualPasskey } from 'countersign/testing'

async function work() {
  const site = { rpId: 'acme.example', origin: 'https://acme.example' }
  const key = { id: 'a', key: Uint8Array.from({ length: 32 }, (_, index) => (index * 37) % 256) }
  const passkeys = passkeyVerifier({ webauthn, rpId: site.rpId })
  const keys = keyRing([key])
  const twoFactor = createTwoFactor({ issuer: 'Acme', store: memoryStore(), keys, verifyPassword: () => true, passkeys })
  for (const algorithm of [-7, -8, -257]) {
    const user = 'user of ' + algorithm
    const proof = { password: 'x' }
    const setup = await twoFactor.beginSetup(user, { type: 'passkey', accountName: 'ann', proof })
    const passkey = virtualPasskey({ ...site, algorithm })
    const registration = await passkey.create(setup.options)
    const confirmed = await twoFactor.confirmSetup(user, { token: setup.token, passkey: registration })
    if (!confirmed.ok) throw new Error(algorithm + ' was not registered: ' + confirmed.reason)
    for (const origin of ['https://evil.example', site.origin]) {
      const challenge = await twoFactor.challenge(user)
      const assertion = await passkey.get(challenge.passkey, { origin })
      const done = await twoFactor.completeChallenge(challenge.token, { passkey: assertion })
      if (done.ok !== (origin === site.origin)) throw new Error(algorithm + ' on ' + origin + ': ' + done.ok)
    }
  }
  return 'passkeys work'
}
`
export const passkeysModule = `${PASSKEYS}${PRINT}`
