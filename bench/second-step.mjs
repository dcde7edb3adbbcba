import { otpauthCheck, rightCode } from './codes.mjs'
import {
  createTwoFactor,
  createVault,
  drawnAhead,
  findTotpStep,
  generateKey,
  generateTotp,
  keyRing,
  memoryStore,
  openChallenge,
  openDevice,
  parseOtpauthUri,
  parseRecord,
  randomBytes,
  sealChallenge,
  sealDevice,
  verifyTotp,
} from './dist/measured.js'
import { measure, median, ratio } from './rounds.mjs'

const userId = 'user-1'

/** Challenge and second step through the engine, its store in memory, beside one check of a right code by otpauth. */
export async function benchSecondStep() {
  const known = await createPerson({ keepsDevice: true })
  const stranger = await createPerson({ keepsDevice: false })
  const parts = await createParts(await createPerson({ keepsDevice: true }))

  const times = await measure({
    'otpauth, right code': () => otpauthCheck(rightCode),
    'known device': { run: known.signIn, before: known.nextStep },
    'new device': { run: stranger.signIn, before: stranger.nextStep },
    ...Object.fromEntries(parts.map(({ name, run }) => [name, run])),
  })
  printParts(parts, times)
  return ['known device', 'new device'].map((kind) => ({
    name: `times otpauth's check of a right code for challenge and second step, ${kind}`,
    ratio: ratio(times[kind], times['otpauth, right code']),
    atMost: 9,
  }))
}

/**
 * A user with two-factor authentication, who signs in once a minute: of two sign-ins in neighbouring steps, one in a
 * million would have the same code in both, and be refused as used.
 */
async function createPerson({ keepsDevice }) {
  let nowMs = 1_800_000_000_000
  const keys = generateKey()
  const store = memoryStore()
  const options = { issuer: 'Acme Cloud', store, keys, verifyPassword: () => true, now: () => nowMs }
  const twoFactor = createTwoFactor(options)
  const offer = await twoFactor.beginSetup(userId, { proof: { password: 'any' }, accountName: 'ann@example.com' })
  const { secret } = parseOtpauthUri(offer.uri)
  const first = generateTotp({ secret, timeMs: nowMs })
  let device = (await twoFactor.confirmSetup(userId, { token: offer.token, code: first })).device.token
  let code = first

  return {
    keys,
    store,
    secret,
    now: () => nowMs,
    device: () => device,
    /** What the phone shows a minute later. Reading it is not part of a sign-in. */
    nextStep() {
      nowMs += 60_000
      code = generateTotp({ secret, timeMs: nowMs })
    },
    async signIn() {
      const cookie = keepsDevice ? device : undefined
      const challenge = await twoFactor.challenge(userId, { device: cookie })
      const result = await twoFactor.completeChallenge(challenge.token, { code, device: cookie })
      if (!result.ok) throw new Error(result.reason)
      device = result.device.token
    },
  }
}

/** The parts of one sign-in on a known device, and how often it does each. */
async function createParts(person) {
  for (let signIns = 0; signIns < 10; signIns++) {
    person.nextStep()
    await person.signIn()
  }
  const nowMs = person.now()
  const vault = createVault(keyRing(person.keys), drawnAhead(randomBytes, Date.now))
  const stored = await person.store.load(userId)
  const record = parseRecord(stored.record)
  const place = { purpose: 'authenticator', userId }
  const [authenticator] = record.authenticators
  const secret = vault.openStored(place, authenticator.secret, 'secret')
  const code = generateTotp({ secret, timeMs: nowMs })
  const step = verifyTotp({ secret, code, timeMs: nowMs }).step
  const claims = {
    userId,
    action: 'verify',
    epoch: record.challenges.epoch,
    issuedAtMs: nowMs,
    binding: null,
    state: null,
    amr: [],
  }
  const deviceClaims = { enrollment: record.enrollment, expiresAtMs: nowMs + 1e9, trustedId: null, method: 'totp' }
  const challenge = sealChallenge(vault, claims)
  const device = sealDevice(vault, userId, deviceClaims)
  let version = stored.version

  return [
    { name: 'seal the challenge', times: 1, run: () => sealChallenge(vault, claims) },
    { name: 'open the challenge', times: 1, run: () => openChallenge(vault, challenge, undefined, nowMs) },
    { name: 'open the device token', times: 1, run: () => openDevice(vault, userId, device, record, nowMs) },
    { name: 'open the secret', times: 1, run: () => vault.openStored(place, authenticator.secret, 'secret') },
    { name: 'seal the device token', times: 1, run: () => sealDevice(vault, userId, deviceClaims) },
    { name: 'getRandomValues, once in seven sign-ins', times: 0, run: () => randomBytes(512) },
    { name: 'find the step of the code (HMAC)', times: 1, run: () => findTotpStep(secret, code, step, 1, 6, 'SHA1') },
    { name: 'parse the record', times: 2, run: () => parseRecord(stored.record) },
    { name: 'load', times: 2, run: async () => person.store.load(userId) },
    {
      name: 'save',
      times: 1,
      run: async () => {
        const expected = version
        version = version === 'a' ? 'b' : 'a'
        const change = { expected, version, record, enabledAtMs: record.enabledAtMs, events: [] }
        if (!(await person.store.save(userId, change))) throw new Error('The bench lost a race with itself.')
      },
    },
  ]
}

function printParts(parts, times) {
  const total = median(times['known device'])
  const line = (share, name) =>
    `  ${share.toFixed(1).padStart(6)} µs ${((share / total) * 100).toFixed(0).padStart(3)} %  ${name}`
  console.log('\nChallenge and second step in memory, on a known device, and where the time goes:\n')
  let rest = total
  for (const { name, times: count } of parts) {
    const each = median(times[name])
    rest -= each * count
    const note = count === 1 ? '' : count === 0 ? ' (not in the sum)' : ` (${count} × ${each.toFixed(1)})`
    console.log(line(each * Math.max(count, 1), `${name}${note}`))
  }
  console.log(line(rest, 'the rest: decisions, promises, clock, size check'))
  console.log(line(total, 'in all'))
  console.log(line(median(times['new device']), 'in all, on a new device'))
}
