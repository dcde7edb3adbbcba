import { virtualAuthenticator } from 'countersign/testing'
import { expect } from 'vitest'
import type { Answer, Visitor } from './visitor.ts'

const ADA = { login: 'ada', password: 'correct horse battery staple' }
const BOB = { login: 'bob', password: 'blue canyon forty-two' }
const API = '/two-factor'

/** What the README of an example that mounts the handler tells. `visit` gives a visitor who was never there. */
export async function walk(visit: () => Visitor): Promise<void> {
  const ada = visit()
  await passwordAlone(ada)
  const { firstCode, secondCode, recoveryCode } = await setUp(ada)

  const home = visit()
  const challengeToken = await challengeOf(home)
  expect(await home.get('/me')).toMatchObject({ status: 401 })
  expect(await complete(home, challengeToken, firstCode)).toMatchObject({ status: 422, body: { reason: 'code-used' } })
  await stolen(visit(), challengeToken, secondCode)
  expect(await complete(home, challengeToken, 'nonsense')).toMatchObject({
    status: 422,
    body: { reason: 'wrong-code' },
  })
  expect(await home.get('/me')).toMatchObject({ status: 401 })
  expect(await complete(home, challengeToken, secondCode)).toMatchObject({
    status: 200,
    body: { signedIn: true, method: 'totp', recoveryCodesLeft: 10 },
  })
  expect(await home.get('/me')).toMatchObject({ status: 200, body: { login: 'ada' } })

  const phoneless = visit()
  const second = await challengeOf(phoneless)
  expect(await complete(phoneless, second, secondCode)).toMatchObject({ status: 422, body: { reason: 'code-used' } })
  expect(await complete(phoneless, second, recoveryCode)).toMatchObject({
    status: 200,
    body: { signedIn: true, method: 'recovery-code', recoveryCodesLeft: 9 },
  })
  const third = visit()
  expect(await complete(third, await challengeOf(third), recoveryCode)).toMatchObject({ body: { reason: 'code-used' } })
  expect(await third.get('/me')).toMatchObject({ status: 401 })
  expect(await phoneless.get(`${API}/status`)).toMatchObject({
    status: 200,
    body: { enabled: true, recoveryCodes: { left: 9 }, issuer: 'Acme Cloud', accountName: 'ada' },
  })

  const bob = visit()
  expect(await bob.post('/sign-in', BOB)).toMatchObject({ status: 200, body: { signedIn: true } })
  expect(await bob.get(`${API}/status`)).toMatchObject({ body: { enabled: false, accountName: 'bob' } })

  const proof = { password: ADA.password }
  expect(await home.post(`${API}/disable`, { proof: BOB })).toMatchObject({ status: 400 })
  expect(await home.post(`${API}/disable`, { proof })).toMatchObject({ status: 200 })
  expect(await visit().post('/sign-in', ADA)).toMatchObject({ status: 200, body: { signedIn: true } })
}

/** Turns it on for ada, and leaves it so: what a second start must find. */
export async function enable(visitor: Visitor): Promise<void> {
  await visitor.post('/sign-in', ADA)
  await setUp(visitor)
}

/** The right password alone: no session, a challenge. */
export async function challengeOf(visitor: Visitor): Promise<string> {
  const answer = await visitor.post('/sign-in', ADA)
  expect(answer).toMatchObject({
    status: 200,
    body: { signedIn: false, action: 'verify', challengeToken: expect.any(String) },
  })
  expect(answer.cookies.join()).not.toContain('session=')
  return String(answer.body['challengeToken'])
}

async function passwordAlone(ada: Visitor): Promise<void> {
  expect(await ada.get('/me')).toMatchObject({ status: 401 })
  expect(await ada.get(`${API}/status`)).toMatchObject({ status: 401, body: { reason: 'signed-out' } })
  for (const wrong of [{ ...ADA, password: BOB.password }, { ...ADA, login: 'eve' }, {}]) {
    const answer = await ada.post('/sign-in', wrong)
    expect(answer).toMatchObject({ status: 401, cookies: [] })
  }
  const answer = await ada.post('/sign-in', ADA)
  expect(answer).toMatchObject({ status: 200, body: { signedIn: true } })
  expect(answer.cookies).toEqual([expect.stringMatching(/^session=[\w-]{22,};.* HttpOnly; Secure; SameSite=Lax$/)])
  expect(await ada.get('/me')).toMatchObject({ status: 200, body: { login: 'ada' } })
  expect(await ada.get(`${API}/status`)).toMatchObject({ status: 200, body: { enabled: false, accountName: 'ada' } })
}

async function setUp(ada: Visitor) {
  const right = { proof: { password: ADA.password } }
  expect(await ada.post(`${API}/begin-setup`, right, { Origin: 'https://evil.example' })).toMatchObject({
    status: 403,
    body: { reason: 'cross-site' },
  })
  expect(await ada.post(`${API}/begin-setup`, { proof: { password: 'wrong' } })).toMatchObject({
    status: 422,
    body: { reason: 'wrong-password' },
  })
  const setup = await ada.post(`${API}/begin-setup`, right)
  expect(setup).toMatchObject({ status: 200, body: { secret: expect.stringMatching(/^[A-Z2-7]{32}$/) } })
  const phone = virtualAuthenticator(String(setup.body['uri']))
  const firstCode = phone.next()
  const confirmed = await ada.post(`${API}/confirm-setup`, { code: firstCode })
  expect(confirmed).toMatchObject({ status: 200, body: { recoveryCodes: expect.any(Array) } })
  return { firstCode, secondCode: phone.next(), recoveryCode: firstOf(confirmed.body['recoveryCodes']) }
}

/** Even with the right code, a challenge is worth nothing to another browser than the one that gave the password. */
async function stolen(thief: Visitor, challengeToken: string, code: string): Promise<void> {
  const withoutCookie = { status: 400, body: { reason: 'sign-in-cookie-missing' } }
  expect(await complete(thief, challengeToken, code)).toMatchObject(withoutCookie)
  await challengeOf(thief)
  const refused = { status: 410, body: { reason: 'challenge-expired' } }
  expect(await complete(thief, challengeToken, code)).toMatchObject(refused)
}

function complete(visitor: Visitor, challengeToken: string, code: string): Promise<Answer> {
  return visitor.post(`${API}/complete-challenge`, { challengeToken, code })
}

function firstOf(list: unknown): string {
  return Array.isArray(list) ? String(list[0]) : ''
}
