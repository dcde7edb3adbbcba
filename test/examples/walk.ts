import { virtualAuthenticator } from 'countersign/testing'
import { expect } from 'vitest'

/** A person at a browser or an app: keeps its session, and whatever else the backend gave it to keep. */
export interface Visitor {
  get(path: string): Promise<Answer>
  post(path: string, body: object): Promise<Answer>
  isSignedIn(): boolean
}

export interface Answer {
  status: number
  body: Readonly<Record<string, unknown>>
}

const RIGHT = { login: 'ada', password: 'correct horse battery staple' }

/** Setup and sign-in, as the READMEs of the examples tell it. `visit` gives a visitor who was never there. */
export async function walk(visit: () => Visitor): Promise<void> {
  const ada = visit()
  expect(await ada.get('/api/Me')).toMatchObject({ status: 401 })
  for (const wrong of [{ ...RIGHT, password: 'wrong' }, { ...RIGHT, login: 'bob' }, { login: 'ada' }, {}]) {
    expect(await ada.post('/api/SignIn', wrong)).toMatchObject({ status: 401 })
  }
  const first = await ada.post('/api/SignIn', RIGHT)
  expect(first).toMatchObject({ status: 200 })
  expect(first.body).not.toHaveProperty('challengeToken')
  expect(await ada.get('/api/Me')).toMatchObject({ status: 200, body: { login: 'ada', twoFactor: false } })

  const { password } = RIGHT
  expect(await ada.post('/api/BeginSetup', { password: 'wrong' })).toMatchObject({ body: { reason: 'wrong-password' } })
  expect(await ada.post('/api/BeginSetup', {})).toMatchObject({ body: { ok: false } })
  const setup = await ada.post('/api/BeginSetup', { password })
  expect(setup).toMatchObject({ status: 200, body: { ok: true, secret: expect.stringMatching(/^[A-Z2-7]{32}$/) } })
  const phone = virtualAuthenticator(String(setup.body['uri']))
  expect(await ada.post('/api/ConfirmSetup', { code: 'nonsense' })).toMatchObject({ body: { reason: 'wrong-code' } })
  const firstCode = phone.next()
  const confirmed = await ada.post('/api/ConfirmSetup', { code: firstCode })
  expect(confirmed).toMatchObject({ status: 200, body: { ok: true } })
  const [recoveryCode] = Array.isArray(confirmed.body['recoveryCodes']) ? confirmed.body['recoveryCodes'] : []
  expect(await ada.get('/api/Me')).toMatchObject({ body: { twoFactor: true } })

  const stranger = visit()
  const challengeToken = await challengeFor(stranger)
  expect(await verify(stranger, challengeToken, firstCode)).toMatchObject({
    status: 403,
    body: { reason: 'code-used' },
  })
  expect(await verify(stranger, challengeToken, '')).toMatchObject({ status: 403, body: { reason: 'wrong-code' } })
  expect(await verify(stranger, 'invented', phone.code())).toMatchObject({ body: { reason: 'challenge-expired' } })
  expect(stranger.isSignedIn()).toBe(false)

  const secondCode = phone.next()
  const visitors = [ada, ...Array.from({ length: 7 }, visit)]
  const tokens = await Promise.all(visitors.map(challengeFor))
  const answers = await Promise.all(visitors.map((visitor, index) => verify(visitor, tokens[index], secondCode)))
  const [winner, ...others] = [...answers].sort((a, b) => a.status - b.status)
  expect(winner).toMatchObject({ status: 200 })
  for (const other of others) expect(other).toMatchObject({ status: 403, body: { reason: 'code-used' } })
  expect(await verify(stranger, challengeToken, secondCode)).toMatchObject({
    status: 403,
    body: { reason: 'code-used' },
  })

  expect(await verify(stranger, challengeToken, recoveryCode)).toMatchObject({ status: 200 })
  expect(stranger.isSignedIn()).toBe(true)
  expect(await stranger.get('/api/Me')).toMatchObject({ status: 200, body: { login: 'ada' } })
  expect(await verify(visit(), challengeToken, phone.code())).toMatchObject({ body: { reason: 'challenge-used' } })
  const again = visit()
  expect(await verify(again, await challengeFor(again), recoveryCode)).toMatchObject({ body: { reason: 'code-used' } })
  expect(again.isSignedIn()).toBe(false)
}

/** The right password alone: no session, a challenge. */
async function challengeFor(visitor: Visitor): Promise<unknown> {
  const answer = await visitor.post('/api/SignIn', RIGHT)
  expect(answer).toMatchObject({ status: 200, body: { challengeToken: expect.any(String) } })
  return answer.body['challengeToken']
}

function verify(visitor: Visitor, challengeToken: unknown, code: unknown): Promise<Answer> {
  return visitor.post('/api/Verify2FACode', { challengeToken, code })
}

export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text()
  try {
    const body: unknown = JSON.parse(text)
    return { status: response.status, body: typeof body === 'object' && body !== null ? { ...body } : {} }
  } catch {
    return { status: response.status, body: { text } }
  }
}
