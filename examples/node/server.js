import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { createTwoFactor, generateKey, memoryStore } from 'countersign'
import { readCookies, readJson, writeCookie } from './http.js'
import { createUsers } from './users.js'

const SESSION_SECONDS = 12 * 60 * 60
const SETUP_SECONDS = 10 * 60

const users = createUsers()
await users.add('ada', 'correct horse battery staple')

const twoFactor = createTwoFactor({
  issuer: 'Acme Cloud',
  store: memoryStore(),
  // What is gone with this process may be sealed under a key that goes with it. What is kept needs one that stays.
  keys: process.env.COUNTERSIGN_KEYS ?? generateKey(),
  verifyPassword: (userId, password) => users.checkPassword(userId, password),
})

/** Who is signed in: the user's id, by the session in the cookie. */
const sessions = new Map()

/** Each gives what to answer: a status, a body and cookies. */
const routes = {
  async 'POST /api/SignIn'({ body, cookies }) {
    const user = await users.authenticate(body.login, body.password)
    if (user === null) return { status: 401, body: { ok: false, reason: 'wrong-password' } }
    const challenge = await twoFactor.challenge(user.id, { device: cookies.device })
    if (!challenge.passed) return { body: { ok: true, challengeToken: challenge.token } }
    return openSession(user.id)
  },

  async 'POST /api/Verify2FACode'({ body, cookies }) {
    const { challengeToken, code, trustDevice } = body
    const result = await twoFactor.completeChallenge(challengeToken, { code, trustDevice, device: cookies.device })
    if (!result.ok) return { status: 403, body: result }
    return openSession(result.userId, result.device)
  },

  async 'POST /api/BeginSetup'({ body, cookies, user }) {
    const result = await twoFactor.beginSetup(user.id, {
      proof: { password: body.password },
      accountName: user.login,
      device: cookies.device,
    })
    if (!result.ok) return { status: 403, body: result }
    // The token names this setup. It stays in this browser's cookie, out of reach of scripts.
    const { token, uri, secret } = result
    return { body: { ok: true, uri, secret }, cookies: [writeCookie('setup', token, SETUP_SECONDS)] }
  },

  async 'POST /api/ConfirmSetup'({ body, cookies, user }) {
    const result = await twoFactor.confirmSetup(user.id, { token: cookies.setup, code: body.code })
    if (!result.ok) return { status: 403, body: result }
    const { device, recoveryCodes } = result
    return { body: { ok: true, recoveryCodes }, cookies: [deviceCookie(device), writeCookie('setup', '', 0)] }
  },

  async 'GET /api/Me'({ user }) {
    const { enabled, recoveryCodes } = await twoFactor.status(user.id)
    return { body: { login: user.login, twoFactor: enabled, recoveryCodesLeft: recoveryCodes.left } }
  },
}
const OPEN_TO_ALL = ['POST /api/SignIn', 'POST /api/Verify2FACode']

/** The one place that opens sessions: after the password alone, or after the second step with the token for its device. */
function openSession(userId, device) {
  const session = randomBytes(32).toString('base64url')
  sessions.set(session, { userId, expiresAtMs: Date.now() + SESSION_SECONDS * 1000 })
  const cookies = [writeCookie('session', session, SESSION_SECONDS)]
  if (device !== undefined) cookies.push(deviceCookie(device))
  return { body: { ok: true }, cookies }
}

function deviceCookie({ token, expiresAtMs }) {
  return writeCookie('device', token, Math.floor((expiresAtMs - Date.now()) / 1000))
}

/** Whose session the cookie names; undefined if nobody's. */
function signedIn(session) {
  const found = sessions.get(session)
  return found !== undefined && Date.now() < found.expiresAtMs ? users.find(found.userId) : undefined
}

async function answer(request) {
  const name = `${request.method} ${new URL(request.url, 'http://localhost').pathname}`
  if (!Object.hasOwn(routes, name)) return { status: 404, body: { ok: false, reason: 'not-found' } }
  const cookies = readCookies(request)
  const user = signedIn(cookies.session)
  if (user === undefined && !OPEN_TO_ALL.includes(name))
    return { status: 401, body: { ok: false, reason: 'not-signed-in' } }
  const body = request.method === 'POST' ? await readJson(request) : {}
  if (body === null) return { status: 400, body: { ok: false, reason: 'no-json' } }
  return routes[name]({ body, cookies, user })
}

const server = createServer(async (request, response) => {
  try {
    const { status = 200, body, cookies = [] } = await answer(request)
    response.writeHead(status, {
      'Content-Type': 'application/json',
      'Set-Cookie': cookies,
      'Cache-Control': 'no-store',
    })
    response.end(JSON.stringify(body))
  } catch (error) {
    console.error(error)
    response.writeHead(500).end()
  }
})

server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`http://localhost:${server.address().port} (account: ada, password: correct horse battery staple)`)
})
