import {
  createHandler,
  createTwoFactor,
  generateKey,
  generateTotp,
  memoryStore,
  parseOtpauthUri,
} from './dist/measured.js'
import { measure, median, ratio } from './rounds.mjs'

const userId = 'user-1'
const origin = 'https://app.example.com'
/** Until the engine has compiled all that Request and Response are made of. */
const WARM_UP_SIGN_INS = 4000

/**
 * The two requests of a sign-in through the handler, beside the same with a Request and a Response by hand, and without
 * HTTP. The requests are made, and the answers read, outside of what is measured: servers do that in many ways.
 */
export async function benchHandler() {
  const overHttp = await createPerson()
  const byHand = await createPerson()
  const engine = await createPerson()
  for (let signIns = 0; signIns < WARM_UP_SIGN_INS; signIns++) {
    await overHttp.beforeSecondStepOverHttp()
    await overHttp.secondStepOverHttp()
    await byHand.beforeSecondStepByHand()
    await byHand.secondStepByHand()
    await engine.beforeSecondStep()
    await engine.secondStep()
  }
  const times = await measure({
    'handler.signIn': { run: overHttp.challengeOverHttp, before: overHttp.beforeChallengeOverHttp },
    'complete-challenge': { run: overHttp.secondStepOverHttp, before: overHttp.beforeSecondStepOverHttp },
    'challenge, by hand': { run: byHand.challengeByHand, before: byHand.beforeChallengeOverHttp },
    'completeChallenge, by hand': { run: byHand.secondStepByHand, before: byHand.beforeSecondStepByHand },
    challenge: { run: engine.challenge, before: engine.nextStep },
    completeChallenge: { run: engine.secondStep, before: engine.beforeSecondStep },
  })
  console.log('\nA sign-in on a known device in memory, with Request and Response and without:\n')
  for (const [name, values] of Object.entries(times))
    console.log(`  ${median(values).toFixed(1).padStart(7)} µs  ${name}`)
  const both = (one, other) => times[one].map((time, round) => time + times[other][round])
  const handled = both('handler.signIn', 'complete-challenge')
  return [
    {
      name: 'times a Request and a Response by hand for a sign-in through the handler',
      ratio: ratio(handled, both('challenge, by hand', 'completeChallenge, by hand')),
      atMost: 1.5,
    },
    {
      name: "times the engine's challenge and second step for a sign-in through the handler",
      ratio: ratio(handled, both('challenge', 'completeChallenge')),
    },
  ]
}

/**
 * A user with two-factor authentication, who signs in once a minute: of two sign-ins in neighbouring steps, one in a
 * million would have the same code in both, and be refused as used.
 */
async function createPerson() {
  let nowMs = 1_800_000_000_000
  const now = () => nowMs
  const twoFactor = createTwoFactor({
    issuer: 'Acme Cloud',
    store: memoryStore(),
    keys: generateKey(),
    verifyPassword: () => true,
    now,
  })
  const handler = createHandler({
    twoFactor,
    authenticate: () => null,
    openSession: () => ({ 'Set-Cookie': 'session=1; Path=/; HttpOnly' }),
    now,
  })
  const offer = await twoFactor.beginSetup(userId, { proof: { password: 'any' }, accountName: 'ann@example.com' })
  const { secret } = parseOtpauthUri(offer.uri)
  let code = generateTotp({ secret, timeMs: nowMs })
  let device = (await twoFactor.confirmSetup(userId, { token: offer.token, code })).device.token
  const jar = new Map()
  let token
  let request
  let answer

  /** What the phone shows a minute later. Reading it is not part of a sign-in. */
  function nextStep() {
    nowMs += 60_000
    code = generateTotp({ secret, timeMs: nowMs })
  }

  async function challenge() {
    token = (await twoFactor.challenge(userId, { device })).token
  }
  async function beforeSecondStep() {
    nextStep()
    await challenge()
  }
  async function secondStep() {
    const result = await twoFactor.completeChallenge(token, { code, device })
    if (!result.ok) throw new Error(result.reason)
    device = result.device.token
  }

  async function beforeChallengeOverHttp() {
    await receive()
    request = requestOf('/sign-in', { password: 'any' })
  }
  async function challengeOverHttp() {
    answer = await handler.signIn(request, { userId, accountName: 'ann@example.com' })
  }
  async function beforeSecondStepOverHttp() {
    nextStep()
    await beforeChallengeOverHttp()
    await challengeOverHttp()
    const { challengeToken } = await receive()
    request = requestOf('/two-factor/complete-challenge', { challengeToken, code })
  }
  async function secondStepOverHttp() {
    answer = await handler(request)
  }

  /** The least that HTTP takes: a body and a cookie read, the same cookies and fields written, nothing checked. */
  async function challengeByHand() {
    await request.json()
    const { token: challengeToken, ...rest } = await twoFactor.challenge(userId, { device: presented() })
    answer = answerOf(rest, { 'Set-Cookie': `challenge=${challengeToken}; Path=/; HttpOnly; Secure; SameSite=Lax` })
  }
  async function beforeSecondStepByHand() {
    nextStep()
    await beforeChallengeOverHttp()
    await challengeByHand()
    await receive()
    request = requestOf('/two-factor/complete-challenge', { challengeToken: jar.get('challenge'), code })
  }
  async function secondStepByHand() {
    const body = await request.json()
    const result = await twoFactor.completeChallenge(body.challengeToken, { code: body.code, device: presented() })
    if (!result.ok) throw new Error(result.reason)
    const { device, ...rest } = result
    const headers = new Headers({ 'Set-Cookie': 'session=1; Path=/; HttpOnly' })
    headers.append('Set-Cookie', `device=${device.token}; Path=/; HttpOnly; Secure; SameSite=Lax`)
    answer = answerOf(rest, headers)
  }
  function presented() {
    return /(?:^|; )device=([^;]+)/.exec(request.headers.get('cookie') ?? '')?.[1] ?? device
  }
  function answerOf(fields, given) {
    const headers = new Headers(given)
    headers.set('Content-Type', 'application/json')
    headers.set('Cache-Control', 'no-store')
    return new Response(JSON.stringify(fields), { headers })
  }

  return {
    nextStep,
    challenge,
    beforeSecondStep,
    secondStep,
    beforeChallengeOverHttp,
    challengeOverHttp,
    beforeSecondStepOverHttp,
    secondStepOverHttp,
    challengeByHand,
    beforeSecondStepByHand,
    secondStepByHand,
  }

  function requestOf(path, body) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    return new Request(`${origin}${path}`, {
      method: 'POST',
      headers: { Origin: origin, 'Content-Type': 'application/json', Cookie: cookie },
      body: JSON.stringify(body),
    })
  }

  /** What a browser does with the last answer: the cookies are kept for the next request. */
  async function receive() {
    if (answer === undefined) return undefined
    for (const cookie of answer.headers.getSetCookie()) {
      const [name, value] = cookie.slice(0, cookie.indexOf(';')).split('=')
      if (cookie.includes('Max-Age=0')) jar.delete(name)
      else jar.set(name, value)
    }
    const { ok } = answer
    const body = await answer.json()
    answer = undefined
    if (!ok) throw new Error(body.reason)
    return body
  }
}
