import { createTwoFactor, enroll, generateKey, generateTotp, memoryStore } from './dist/measured.js'

const START_MS = 1_800_000_000_000
const DAY_MS = 86_400_000
/** Until the engine is compiled. */
const WARM_UP_SIGN_INS = 6000
const keys = generateKey()

/** Somebody who signs in once a day, on one device. */
export async function createPerson(store, userId = crypto.randomUUID()) {
  let nowMs = START_MS
  let codes = []
  let device
  const twoFactor = createTwoFactor({
    issuer: 'Acme Cloud',
    store,
    keys,
    verifyPassword: () => true,
    now: () => nowMs,
  })
  const { phone } = await enroll(twoFactor, userId)

  async function signIn() {
    nowMs += DAY_MS
    const challenge = await twoFactor.challenge(userId, { device })
    const result = await twoFactor.completeChallenge(challenge.token, { code: codes.pop(), device })
    if (!result.ok) throw new Error(result.reason)
    device = result.device.token
  }

  return {
    userId,
    signIn,
    /** What the phone will show at the next sign-ins: reading it is no part of them. */
    prepare(signIns) {
      const codeOf = (_, index) => generateTotp({ secret: phone.secret, timeMs: nowMs + (signIns - index) * DAY_MS })
      codes = Array.from({ length: signIns }, codeOf)
    },
  }
}

/** The reads and the write of a sign-in, with the bytes of somebody's record, and nothing else. */
export async function createBare({ store, read, write }) {
  const somebody = await createPerson(store)
  somebody.prepare(3)
  for (let signIns = 0; signIns < 3; signIns++) await somebody.signIn()
  const { record } = await store.load(somebody.userId)
  const [text, { enabledAtMs }] = [JSON.stringify(record), record]
  const { userId } = somebody
  let versions = 0

  return {
    prepare() {},
    async signIn() {
      await read(userId)
      const { version: expected } = await read(userId)
      versions += 1
      const version = String(versions).padStart(22, 'v')
      if (!(await write(userId, { expected, version, text, enabledAtMs }))) throw new Error('The bench raced itself.')
    },
  }
}

export async function warmUp() {
  const { prepare, signIn } = await createPerson(memoryStore())
  prepare(WARM_UP_SIGN_INS)
  for (let signIns = 0; signIns < WARM_UP_SIGN_INS; signIns++) await signIn()
}
