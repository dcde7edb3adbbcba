import { createTwoFactor, generateKey, generateTotp, memoryStore } from './dist/measured.js'
import { printTable } from './table.mjs'

const START_MS = 1_800_000_000_000
const HOUR_MS = 3_600_000
const userId = '01981f2e-5b7a-7c3d-9e4f-a1b2c3d4e5f6'

/** The bytes of a record as JSON: what a store keeps of each user who has two-factor authentication on. */
export async function measureRecords() {
  printTable(
    'records',
    'Records',
    ['user', 'bytes of JSON'],
    [
      ['ordinary: 1 authenticator, 10 recovery codes, 3 sign-ins', await bytesOf(1, 0)],
      ['the same with 3 trusted devices', await bytesOf(1, 3)],
      ['5 authenticators, 10 recovery codes, 20 trusted devices', await bytesOf(5, 20)],
      ['the most that is ever written', 16_384],
    ],
  )
}

async function bytesOf(authenticators, trustedDevices) {
  const store = memoryStore()
  let nowMs = START_MS
  let secret
  const options = { issuer: 'Acme Cloud', store, keys: generateKey(), verifyPassword: () => true, now: () => nowMs }
  const twoFactor = createTwoFactor(options)
  const nextCode = () => {
    nowMs += HOUR_MS
    return generateTotp({ secret, timeMs: nowMs })
  }
  const signIn = async (wanted) => {
    const code = nextCode()
    const { token } = await twoFactor.challenge(userId)
    const result = await twoFactor.completeChallenge(token, { code, ...wanted })
    if (!result.ok) throw new Error(result.reason)
  }

  for (let number = 1; number <= authenticators; number++) {
    const setup = { proof: { password: 'any' }, accountName: 'ann@example.com', name: `Ann's phone ${number}` }
    const offer = await twoFactor.beginSetup(userId, setup)
    secret = offer.secret
    await twoFactor.confirmSetup(userId, { token: offer.token, code: generateTotp({ secret, timeMs: nowMs }) })
  }
  for (let device = 0; device < trustedDevices; device++) {
    await signIn({ trustDevice: true, deviceName: 'Firefox on Windows' })
  }
  for (let signIns = 0; signIns < 3; signIns++) await signIn({})

  const { record } = await store.load(userId)
  if (record.authenticators.length !== authenticators || record.trustedDevices.length !== trustedDevices) {
    throw new Error('The bench measures another record than it says.')
  }
  return Buffer.byteLength(JSON.stringify(record))
}
