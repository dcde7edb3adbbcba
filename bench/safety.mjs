import { createClient } from '@libsql/client'
import * as webauthn from '@simplewebauthn/server'
import {
  createTwoFactor,
  createVault,
  enroll,
  failed,
  gate,
  generateKey,
  keyRing,
  libsqlStore,
  memoryStore,
  migrateLibsql,
  openChallenge,
  openDevice,
  parseRecord,
  passkeyVerifier,
  sealChallenge,
  sealDevice,
  succeeded,
  virtualPasskey,
} from './dist/measured.js'
import { measure, median } from './rounds.mjs'

const userId = 'ann'
const MINUTE_MS = 60_000
const SITE = { rpId: 'acme.example', origin: 'https://acme.example' }

/** What each protection costs in one sign-in: each part alone, or beside the same sign-in without it. */
export async function benchSafety() {
  const app = await withApp(memoryStore())
  const passkey = await withPasskey()
  const [bare, audited] = [await withApp(await libsql({})), await withApp(await libsql({ audit: {} }))]
  const parts = await createParts(await withApp(memoryStore()))
  const times = await measure({
    signIn: { run: app.signIn, before: app.next },
    passkey: { run: passkey.signIn, before: passkey.next },
    bare: { run: bare.signIn, before: bare.next },
    audited: { run: audited.signIn, before: audited.next },
    ...parts,
  })
  const of = (name) => median(times[name])
  const rows = [
    ['sealing: the challenge, the secret and the device token, sealed and opened', of('sealing')],
    ['exactly once: the second load, reading the record, the conditional write', of('exactlyOnce')],
    ['throttle: looked at, and a success recorded', of('throttle')],
    ['audit trail: beside the same sign-in in SQLite in memory without it', of('audited') - of('bare')],
    ['a passkey instead of a code: SimpleWebAuthn and WebCrypto verify a signature', of('passkey') - of('signIn')],
  ]
  console.log(`\nWhat safety costs in one sign-in on a known device, of ${of('signIn').toFixed(0)} µs in memory:\n`)
  for (const [name, micros] of rows) console.log(`  ${micros.toFixed(1).padStart(7)} µs  ${name}`)
  console.log('  (the handler: see "by Request and Response and without")')
}

async function libsql(options) {
  const client = createClient({ url: ':memory:' })
  await migrateLibsql(client, options)
  return libsqlStore(client, options)
}

async function withApp(store) {
  const keys = generateKey()
  let nowMs = 1_800_000_000_000
  const now = () => nowMs
  const twoFactor = createTwoFactor({ issuer: 'Acme Cloud', store, keys, verifyPassword: () => true, now })
  const { phone } = await enroll(twoFactor, userId)
  let code
  let device
  return {
    keys,
    store,
    now,
    next() {
      nowMs += MINUTE_MS
      code = phone.next()
    },
    async signIn() {
      const { token } = await twoFactor.challenge(userId, { device })
      const result = await twoFactor.completeChallenge(token, { code, device })
      if (!result.ok) throw new Error(result.reason)
      device = result.device.token
    },
  }
}

/** Signs ahead: what the passkey itself does is no part of a sign-in here. */
async function withPasskey() {
  let nowMs = 1_800_000_000_000
  const twoFactor = createTwoFactor({
    issuer: 'Acme Cloud',
    store: memoryStore(),
    keys: generateKey(),
    verifyPassword: () => true,
    now: () => nowMs,
    passkeys: passkeyVerifier({ webauthn, rpId: SITE.rpId }),
  })
  const key = virtualPasskey(SITE)
  const proof = { password: 'any' }
  const setup = await twoFactor.beginSetup(userId, { type: 'passkey', proof, accountName: 'ann@example.com' })
  const confirmed = await twoFactor.confirmSetup(userId, {
    token: setup.token,
    passkey: await key.create(setup.options),
  })
  if (!confirmed.ok) throw new Error(confirmed.reason)
  let device = confirmed.device.token
  let passkey
  let challenge
  return {
    async next() {
      nowMs += MINUTE_MS
      challenge = await twoFactor.challenge(userId, { device })
      passkey = await key.get(challenge.passkey)
    },
    async signIn() {
      await twoFactor.challenge(userId, { device })
      const result = await twoFactor.completeChallenge(challenge.token, { passkey, device })
      if (!result.ok) throw new Error(result.reason)
      device = result.device.token
    },
  }
}

async function createParts(app) {
  for (let signIns = 0; signIns < 10; signIns++) {
    app.next()
    await app.signIn()
  }
  const nowMs = app.now()
  const vault = createVault(keyRing(app.keys), (bytes) => crypto.getRandomValues(new Uint8Array(bytes)))
  const stored = await app.store.load(userId)
  const record = parseRecord(stored.record)
  const place = { purpose: 'authenticator', userId }
  const epoch = record.challenges.epoch
  const claims = { userId, action: 'verify', epoch, issuedAtMs: nowMs, binding: null, state: null, amr: [] }
  const deviceClaims = { enrollment: record.enrollment, expiresAtMs: nowMs + 1e9, trustedId: null, method: 'totp' }
  const device = sealDevice(vault, userId, deviceClaims)
  const attempt = { kind: 'code', pool: 'known', weight: 1 }
  const failures = failed(null, attempt, nowMs - MINUTE_MS)
  let version = stored.version

  return {
    sealing() {
      openChallenge(vault, sealChallenge(vault, claims), undefined, nowMs)
      openDevice(vault, userId, device, record, nowMs)
      vault.openStored(place, record.authenticators[0].secret, 'secret')
      sealDevice(vault, userId, deviceClaims)
    },
    async exactlyOnce() {
      const expected = version
      const { record: loaded } = await app.store.load(userId)
      parseRecord(loaded)
      version = version === 'a' ? 'b' : 'a'
      const change = { expected, version, record, enabledAtMs: record.enabledAtMs, events: [] }
      if (!(await app.store.save(userId, change))) throw new Error('The bench lost a race with itself.')
    },
    throttle() {
      gate(failures, attempt, nowMs)
      succeeded(failures, attempt, nowMs)
    },
  }
}
