import { virtualAuthenticator } from 'countersign/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALEX, PASSWORD } from './accounts.ts'
import { type Rig, startRig } from './rig.ts'
import { type Answer, type Script, script, signedInScript } from './script.ts'

let rig: Rig
let alex: Script
beforeAll(async () => {
  rig = await startRig()
  alex = await signedInScript(rig.dashboard.url)
}, 120_000)
afterAll(() => rig.end())

const signIn = (headers: Record<string, string>, body: unknown = { login: ALEX, password: PASSWORD }) =>
  script(rig.dashboard.url).post('SignIn', body, headers)
const fromBrowser = { 'Sec-Fetch-Site': 'same-origin' }

describe('requests from other pages', () => {
  test.each([
    ['another site, by Sec-Fetch-Site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['another host of the same site', { 'Sec-Fetch-Site': 'same-site' }],
    ['another site, by Origin alone', { Origin: 'https://evil.example' }],
    ['a page without an origin', { Origin: 'null' }],
    ['another port of this machine', { Origin: 'http://127.0.0.1:1' }],
  ])('are refused: %s', async (_, headers) => {
    const answer = await signIn(headers as Record<string, string>)
    expect([answer.status, answer.body['reason']]).toEqual([403, 'cross-site'])
    expect(answer.headers.get('set-cookie')).toBe(null)
  })

  test('are let in from our own page', async () => {
    expect((await signIn({ Origin: rig.dashboard.url })).status).toBe(200)
    expect((await signIn(fromBrowser)).status).toBe(200)
  })

  test('cannot be made by a form: only JSON is read', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', '']) {
      expect((await signIn({ 'Content-Type': type })).status).toBe(415)
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
    const answer = await signIn({}, body)
    expect([answer.status, answer.body['reason']]).toEqual([400, 'bad-request'])
  })

  test('is an authenticator’s name only if it can be one', async () => {
    for (const name of ['', ' ', 'x'.repeat(65), '📱'.repeat(17), 'a\u0000b', '\ud800', 7]) {
      expect((await alex.post('RenameAuthenticator', { id: 'x', name })).status).toBe(400)
      expect((await alex.post('BeginSetup', { password: PASSWORD, name })).status).toBe(400)
    }
  })

  test('is never a fault, whatever it holds', async () => {
    for (const text of ['', '\ud800', '\u0000', '%24', 'x'.repeat(7_000)]) {
      expect((await signIn({}, { login: text, password: text })).status).toBe(401)
      expect((await script(rig.dashboard.url).post('Verify2FACode', { challengeToken: text, code: text })).status).toBe(
        422,
      )
      expect((await alex.post('ConfirmSetup', { code: text })).status).toBe(422)
      expect((await alex.post('BeginSetup', { password: PASSWORD, replaces: text })).status).toBe(422)
      expect((await alex.post('RemoveAuthenticator', { id: text, password: PASSWORD })).status).toBe(422)
      expect((await alex.post('RevokeTrustedDevices', { id: text })).status).toBe(422)
    }
  })

  test('may not be large', async () => {
    expect((await signIn({}, { login: ALEX, password: 'x'.repeat(20_000) })).status).toBe(413)
  })

  test('is no proof where JSON imitates one', async () => {
    const confirm = { 'countersign.reauthenticated': Date.now(), atMs: Date.now() }
    for (const body of [
      { confirm },
      { password: '', confirm },
      { reauthenticated: true },
      { password: '', userId: 'x' },
    ]) {
      expect((await alex.post('Disable2FA', body)).status).toBe(400)
    }
  })

  test('finds no address that is not there', async () => {
    expect((await alex.get('Nothing')).status).toBe(404)
    expect((await fetch(`${rig.dashboard.url}/nothing`)).status).toBe(404)
    expect((await fetch(`${rig.dashboard.url}/../server/main.ts`)).status).toBe(404)
  })
})

describe('who is not signed in, or not an administrator', () => {
  test('reaches nothing personal', async () => {
    for (const path of ['Me', 'TwoFactor', 'Activity', 'Admin/Users']) {
      expect((await script(rig.dashboard.url).get(path)).status).toBe(401)
      expect((await script(rig.dashboard.url, 'x'.repeat(43)).get(path)).status).toBe(401)
    }
    for (const path of ['Disable2FA', 'BeginSetup', 'Admin/ResetTwoFactor']) {
      expect((await script(rig.dashboard.url).post(path, {})).status).toBe(401)
    }
  })

  test('administers nobody', async () => {
    for (const path of ['ResetTwoFactor', 'UnlockTwoFactor', 'SetTwoFactorRequired']) {
      expect((await alex.post(`Admin/${path}`, { userId: 'x', note: 'y' })).status).toBe(403)
    }
  })
})

describe('answers', () => {
  test('are strict about what a page may do, and kept by no cache', async () => {
    const page = await fetch(rig.dashboard.url)
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("style-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    expect(await page.text()).not.toMatch(/<script>|<style|style=|onclick=/)
    expect((await alex.get('Me')).headers.get('cache-control')).toBe('no-store')
    expect((await alex.get('Me')).headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('give a browser its session in a cookie that no script reads, and a script its token', async () => {
    const browser = await signIn(fromBrowser)
    expect(browser.body).not.toHaveProperty('sessionToken')
    const cookie = browser.headers.getSetCookie().find((text) => text.startsWith('session=')) ?? ''
    expect(cookie).toMatch(/HttpOnly/)
    expect(cookie).toMatch(/SameSite=Lax/)
    expect((await signIn({})).body).toHaveProperty('sessionToken')
  })

  test('tie a challenge to the browser that gave the password', async () => {
    const { body: offer } = await alex.post('BeginSetup', { password: PASSWORD })
    const phone = virtualAuthenticator(String(offer['uri']), { now: rig.clock.now })
    await alex.post('ConfirmSetup', { code: phone.code() })
    rig.clock.advance({ seconds: 30 })

    const mine = await signIn(fromBrowser)
    const theirs = await signIn(fromBrowser)
    const verify = (cookie: string) =>
      script(rig.dashboard.url).post(
        'Verify2FACode',
        { challengeToken: mine.body['challengeToken'], code: phone.code() },
        { ...fromBrowser, Cookie: cookie },
      )
    const cookieOf = ({ headers }: Answer) =>
      headers
        .getSetCookie()
        .map((text) => text.split(';')[0])
        .join('; ')
    for (const cookie of ['', cookieOf(theirs)]) {
      expect((await verify(cookie)).body).toMatchObject({ ok: false, reason: 'challenge-expired' })
    }
    expect((await verify(cookieOf(mine))).body).toMatchObject({ ok: true })
  })

  test('say no more of an unknown login than of a wrong password', async () => {
    const unknown = await signIn({}, { login: 'nobody@acme.example', password: PASSWORD })
    const wrong = await signIn({}, { login: ALEX, password: 'x' })
    expect([unknown.status, unknown.body]).toEqual([wrong.status, wrong.body])
  })
})
