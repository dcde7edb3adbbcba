import { virtualAuthenticator } from 'countersign/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Answers } from '../../examples/dashboard/answers.ts'
import { ALEX, DANA, PASSWORD } from './accounts.ts'
import { type Rig, startRig } from './rig.ts'
import { type Script, script, signedInScript } from './script.ts'

let rig: Rig
let alex: Script
beforeAll(async () => {
  rig = await startRig()
  alex = await signedInScript(rig.dashboard.url)
}, 120_000)
afterAll(() => rig.end())

const RIGHT = { login: ALEX, password: PASSWORD }
const signIn = (body: unknown = RIGHT, headers: Record<string, string> = {}) =>
  script(rig.dashboard.url).post('SignIn', body, headers)
const fromBrowser = { 'Sec-Fetch-Site': 'same-origin' }

describe('requests that change something', () => {
  test.each([
    ['another site', { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' }],
    ['another host of the same site', { Origin: 'http://other.example', 'Sec-Fetch-Site': 'same-site' }],
    ['a page without an origin', { Origin: 'null' }],
    ['another port of this machine', { Origin: 'http://127.0.0.1:1' }],
    ['nobody knows where', { Origin: '' }],
  ])('are refused from %s', async (_, headers) => {
    for (const path of ['SignIn', 'Verify2FACode', 'two-factor/disable', 'SignOut', 'Admin/ResetTwoFactor']) {
      const answer = await alex.post(path, RIGHT, headers)
      expect([answer.status, answer.body['reason']]).toEqual([403, 'cross-site'])
      expect(answer.headers.get('set-cookie')).toBe(null)
    }
  })

  test('are let in from our own page, and from a script that names our origin', async () => {
    expect((await signIn(RIGHT, fromBrowser)).status).toBe(200)
    expect((await signIn()).status).toBe(200)
  })

  test('cannot be made by a form: only JSON is read', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', '']) {
      expect((await signIn(RIGHT, { 'Content-Type': type })).status).toBe(415)
    }
  })
})

describe('what a client sends', () => {
  test.each([
    ['no JSON', '{'],
    ['nothing', ''],
    ['no object', '[]'],
    ['null', 'null'],
    ['a number for text', { login: ALEX, password: 1 }],
    ['an object for text', { login: ALEX, password: { $ne: '' } }],
    ['a field too many', { login: ALEX, password: PASSWORD, isAdmin: true }],
    ['a field too few', { login: ALEX }],
  ])('is refused where it is not what is asked: %s', async (_, body) => {
    const answer = await signIn(body)
    expect([answer.status, answer.body['reason']]).toEqual([400, 'bad-request'])
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
  })

  test('is never a fault, whatever it holds', async () => {
    for (const text of ['', '\ud800', '\u0000', '%24', 'x'.repeat(7_000)]) {
      expect((await signIn({ login: text, password: text })).status).toBe(401)
      const verify = await alex.post('Verify2FACode', { challengeToken: text, code: text })
      expect(verify.status).toBeGreaterThanOrEqual(400)
      expect(verify.status).toBeLessThan(500)
    }
  })

  test('may not be large', async () => {
    expect((await signIn({ login: ALEX, password: 'x'.repeat(20_000) })).status).toBe(413)
  })

  test('finds no address that is not there', async () => {
    expect((await alex.get('Nothing')).status).toBe(404)
    expect((await alex.get('two-factor/nothing')).status).toBe(404)
    expect((await fetch(`${rig.dashboard.url}/nothing`)).status).toBe(404)
    expect((await fetch(`${rig.dashboard.url}/../server/main.ts`)).status).toBe(404)
  })
})

describe('who is not signed in, or not an administrator', () => {
  test('reaches nothing personal', async () => {
    for (const path of ['Me', 'Activity', 'Admin/Users', 'two-factor/status', 'two-factor/access-tokens']) {
      expect((await script(rig.dashboard.url).get(path)).status).toBe(401)
      expect((await script(rig.dashboard.url, 'x'.repeat(43)).get(path)).status).toBe(401)
    }
    for (const path of ['two-factor/disable', 'two-factor/issue-access-token', 'Admin/ResetTwoFactor']) {
      expect((await script(rig.dashboard.url).post(path, {})).status).toBe(401)
    }
  })

  test('administers nobody', async () => {
    for (const path of ['ResetTwoFactor', 'UnlockTwoFactor', 'SetTwoFactorRequired', 'IssueRecoveryCode']) {
      expect((await alex.post(`Admin/${path}`, { userId: 'x', note: 'y' })).status).toBe(403)
    }
  })

  test('administers no account of their own, though they are an administrator and prove it', async () => {
    const dana = await signedInScript(rig.dashboard.url, DANA)
    const { body: offer } = await dana.post('two-factor/begin-setup', { proof: { password: PASSWORD } })
    const phone = virtualAuthenticator(String(offer['uri']), { now: rig.clock.now })
    await dana.post('two-factor/confirm-setup', { code: phone.next() })
    const { users } = (await dana.get('Admin/Users')).body as unknown as Answers['Admin/Users']
    const idOf = (login: string) => users.find((user) => user.login === login)?.id
    expect(users.filter(({ isOwn }) => isOwn).map(({ login }) => login)).toEqual([DANA])
    const before = rig.dashboard.told.length
    const act = (path: string, login: string, rest: object) =>
      dana.post(`Admin/${path}`, { userId: idOf(login), proof: { password: PASSWORD }, ...rest })
    const all: [string, object][] = [
      ['ResetTwoFactor', { note: 'Lost it' }],
      ['UnlockTwoFactor', { note: 'Lost it' }],
      ['IssueRecoveryCode', { note: 'Lost it' }],
      ['SetTwoFactorRequired', { required: false }],
    ]
    for (const [path, rest] of all) {
      const { status, body } = await act(path, DANA, rest)
      expect([path, status, body['reason']]).toEqual([path, 403, 'own-account'])
    }
    expect(rig.dashboard.told.length).toBe(before)
    expect((await act('SetTwoFactorRequired', ALEX, { required: false })).status).toBe(200)
  })
})

describe('answers', () => {
  test('are strict about what a page may do, and kept by no cache', async () => {
    const page = await fetch(rig.dashboard.url)
    const policy = page.headers.get('content-security-policy') ?? ''
    for (const rule of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]) {
      expect(policy).toContain(rule)
    }
    expect(policy).not.toMatch(/unsafe|data:|\*/)
    expect(await page.text()).not.toMatch(/<script>|<style|style=|onclick=/)
    for (const path of ['Me', 'two-factor/status', 'v1/me']) {
      const { headers } = await alex.get(path)
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
    }
  })

  test('give a browser its session in a cookie that no script reads, and a script its token', async () => {
    const browser = await signIn(RIGHT, fromBrowser)
    expect(browser.body).toEqual({ signedIn: true, user: { login: ALEX, name: 'Alex Rivera', isAdmin: false } })
    const cookie = browser.headers.getSetCookie().find((text) => text.startsWith('session=')) ?? ''
    expect(cookie).toMatch(/; HttpOnly/)
    expect(cookie).toMatch(/; SameSite=Lax/)
    expect((await signIn()).body).toHaveProperty('sessionToken')
  })

  test('say no more of an unknown login than of a wrong password', async () => {
    const unknown = await signIn({ login: 'nobody@acme.example', password: PASSWORD })
    const wrong = await signIn({ login: ALEX, password: 'x' })
    expect([unknown.status, unknown.body]).toEqual([wrong.status, wrong.body])
  })

  test('tie a challenge to the client that gave the password', async () => {
    const { body: offer } = await alex.post('two-factor/begin-setup', { proof: { password: PASSWORD } })
    const phone = virtualAuthenticator(String(offer['uri']), { now: rig.clock.now })
    await alex.post('two-factor/confirm-setup', { code: phone.code() })
    rig.clock.advance({ seconds: 30 })

    const [mine, theirs] = [script(rig.dashboard.url), script(rig.dashboard.url)]
    const [{ body }] = await Promise.all([mine.post('SignIn', RIGHT), theirs.post('SignIn', RIGHT)])
    const attempt = { challengeToken: body['challengeToken'], code: phone.code() }
    expect((await theirs.post('Verify2FACode', attempt)).body).toMatchObject({ reason: 'challenge-expired' })
    const withoutCookie = script(rig.dashboard.url)
    expect((await withoutCookie.post('Verify2FACode', attempt)).body).toMatchObject({
      reason: 'sign-in-cookie-missing',
    })
    expect((await mine.post('Verify2FACode', attempt)).body).toMatchObject({ signedIn: true })
  })
})

test('behind a proxy with https, cookies are Secure and no other host can plant one, and its origin is the one', async () => {
  const publicOrigin = 'https://dashboard.example.com'
  const proxied = await startRig(publicOrigin)
  try {
    const sam = script(proxied.dashboard.url)
    expect((await sam.post('SignIn', RIGHT)).status).toBe(403)
    const session = await sam.post('SignIn', RIGHT, { Origin: publicOrigin })
    expect(session.headers.getSetCookie()[0]).toMatch(/^__Host-session=.*; Secure/)
    const required = { login: 'sam@acme.example', password: PASSWORD }
    const challenge = await sam.post('SignIn', required, { Origin: publicOrigin })
    expect(challenge.headers.getSetCookie()[0]).toMatch(/^__Host-countersign-sign-in=.*; Secure/)
  } finally {
    await proxied.end()
  }
})
