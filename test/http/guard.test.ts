import type { HandlerOptions } from 'countersign/http'
import { createHandler } from 'countersign/http'
import { describe, expect, it } from 'vitest'
import { createWorld, faultOf, untyped } from '../world.ts'
import { expectProblem, type Sent } from './browser.ts'
import { CHANGES, READS, rightRequests, secretsIn } from './right-requests.ts'
import { createSite, detailsOf, expectNoSecrets, ORIGIN, type SiteOptions, withoutTrace } from './site.ts'

/** A member with a right body for each route. */
async function prepared(options: SiteOptions = {}) {
  const site = createSite(options)
  const member = await site.member()
  const bodies = await rightRequests(site, member)
  return { site, ...member, bodies }
}

describe.each(CHANGES)('%s', (path) => {
  it.each(['', '/'])('is done for a page of this origin, with %j at its end', async (end) => {
    const { browser, bodies } = await prepared()
    expect((await browser.post(`${path}${end}`, bodies[path])).status).toBe(200)
  })

  it('does nothing for any other', async () => {
    const { site, browser, bodies } = await prepared()
    const refused: [Sent, number, string][] = [
      ...[
        { Origin: 'https://evil.example' },
        { Origin: 'null' },
        { Origin: null },
        { Origin: '' },
        { Origin: `${ORIGIN}.evil.example` },
        { Origin: `${ORIGIN}:8443` },
        { Origin: ORIGIN.replace('https', 'http') },
        { Origin: `${ORIGIN}/` },
        { Origin: `${ORIGIN}, https://evil.example` },
        { Origin: null, 'Sec-Fetch-Site': 'cross-site' },
        { Origin: null, 'Sec-Fetch-Site': 'same-site' },
        { Origin: null, 'Sec-Fetch-Site': 'none' },
        { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' },
        { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'same-site' },
        { Origin: null, 'Sec-Fetch-Site': 'same-origin, cross-site' },
      ].map((headers): [Sent, number, string] => [{ headers }, 403, 'cross-site']),
      ...[
        null,
        '',
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=application/json',
        'text/plain; application/json',
        'application/json, text/plain',
        'application/jsonp',
        'application/problem+json',
        'application/ json',
        'text/json',
      ].map((type): [Sent, number, string] => [{ headers: { 'Content-Type': type } }, 415, 'not-json']),
      ...['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'].map((method): [Sent, number, string] => [
        { method },
        405,
        'method-not-allowed',
      ]),
      [{ method: 'GET' }, 405, 'method-not-allowed'],
    ]
    const body = JSON.stringify(bodies[path])
    for (const [sent, status, reason] of refused) {
      const bodiless = sent.method === 'GET'
      const answer = await withoutTrace(site, () => browser.send(path, { ...sent, ...(bodiless ? {} : { body }) }))
      expectProblem(answer, status, reason)
      if (status === 405) expect(answer.headers.get('allow')).toBe('POST')
      expectNoSecrets(site, [answer.text, [...answer.headers]], secretsIn(bodies))
    }
    expect((await browser.send(path, { body })).status).toBe(200)
  })
})

it.each(CHANGES.filter((path) => path !== 'complete-challenge'))(
  '%s does nothing for somebody who is not signed in',
  async (path) => {
    const { site, browser, bodies } = await prepared()
    browser.jar.set('session', 'of-nobody')
    expectProblem(await withoutTrace(site, () => browser.post(path, bodies[path])), 401, 'signed-out')
    browser.jar.delete('session')
    // And is told nothing of what would have been wrong.
    expectProblem(await withoutTrace(site, () => browser.post(path, { wrong: 1 })), 401, 'signed-out')
  },
)

describe('what is shown', () => {
  it.each(READS)('%s accepts only GET', async (path) => {
    const { site, browser } = await prepared()
    expect((await browser.get(path)).status).toBe(200)
    for (const method of ['POST', 'PUT', 'DELETE', 'HEAD']) {
      const answer = await withoutTrace(site, () => browser.send(path, { method }))
      expectProblem(answer, 405, 'method-not-allowed')
      expect(answer.headers.get('allow')).toBe('GET')
    }
  })

  it('is shown to nobody who is not signed in', async () => {
    const { site } = await prepared()
    expectProblem(await site.browser().get('status'), 401, 'signed-out')
    expectProblem(await site.browser().get('access-tokens'), 401, 'signed-out')
  })

  it('is not shown to anybody whose session is unknown', async () => {
    const authenticate: HandlerOptions['authenticate'] = () => untyped(undefined)
    const site = createSite({ handler: { authenticate } })
    expectProblem(await withoutTrace(site, () => site.browser().get('status')), 401, 'signed-out')
  })
})

describe('the path', () => {
  it.each([
    '/two-factor',
    '/two-factor/',
    '/two-factor/status//',
    '/two-factor/statu/',
    '/two-factor//status',
    '//two-factor/status',
    '/Two-Factor/status',
    '/two-factor/STATUS',
    '/two-factor/%73tatus',
    '/two-factor%2Fstatus',
    '/two-factor/status%00',
    '/two-factor/status;x=1',
    '/two-factor/../status',
    '/two-factor/%2e%2e/status',
    '/other/status',
    '/two-factor/constructor',
    '/two-factor/__proto__',
    '/status',
    '/',
  ])('%s is none of the handler’s', async (path) => {
    const { site, browser } = await prepared()
    expectProblem(await withoutTrace(site, () => browser.get(path)), 404, 'not-found')
    expectProblem(await withoutTrace(site, () => browser.post(path)), 404, 'not-found')
  })

  it('may end with a slash, as frameworks that add one send it', async () => {
    const { browser, bodies } = await prepared()
    expect((await browser.get('status/?x=1')).body).toMatchObject({ enabled: true })
    expect((await browser.get('openapi.json/')).status).toBe(200)
    expect((await browser.post('complete-challenge/', bodies['complete-challenge'])).status).toBe(200)
    expectProblem(await browser.send('status/', { method: 'OPTIONS' }), 405, 'method-not-allowed')
    const site = createSite({ handler: { basePath: '/api/2fa' } })
    const member = await site.member()
    expect((await member.browser.get('/api/2fa/status/')).status).toBe(200)
  })

  it('is found whatever the query, and can be another', async () => {
    const site = createSite({ handler: { basePath: '/api/v1/2fa' } })
    const { browser } = await site.member()
    expect((await browser.get('/api/v1/2fa/status?x=/../..')).status).toBe(200)
    expectProblem(await browser.get('/two-factor/status'), 404, 'not-found')
    const atTheTop = createSite({ handler: { basePath: '' } })
    expect((await (await atTheTop.member()).browser.get('/status')).status).toBe(200)
  })
})

describe('the sign-in of the host', () => {
  it('is done for a page of this origin, and for no other: nobody is signed in by another site', async () => {
    const { browser } = await prepared()
    expect((await browser.signIn(detailsOf('ann'), {})).status).toBe(200)
    for (const Origin of ['https://evil.example', 'null', null]) {
      const answer = await browser.signIn(detailsOf('ann'), { Origin, 'Sec-Fetch-Site': 'cross-site' })
      expectProblem(answer, 403, 'cross-site')
      expect(answer.headers.getSetCookie()).toEqual([])
    }
  })
})

describe('behind a proxy', () => {
  const arrivesAt = 'http://10.0.0.7:3000'

  it('the page’s origin is no longer the request’s, and the browser’s own verdict counts', async () => {
    const { site, browser } = await prepared({ arrivesAt })
    expectProblem(await withoutTrace(site, () => browser.post('disable')), 403, 'cross-site')
    const headers = { 'Sec-Fetch-Site': 'same-origin' }
    expect((await browser.send('revoke-trusted-devices', { headers, body: '{}' })).status).toBe(200)
  })

  it('the allowed origins count, and no other', async () => {
    const allowedOrigins = [ORIGIN, 'https://admin.example.com']
    const { site, browser } = await prepared({ arrivesAt, handler: { allowedOrigins } })
    const from = (headers: Record<string, string | null>) =>
      browser.send('revoke-trusted-devices', { headers, body: '{}' })
    for (const Origin of allowedOrigins)
      expect((await from({ Origin, 'Sec-Fetch-Site': 'same-site' })).status).toBe(200)
    for (const Origin of [arrivesAt, 'null', 'https://evil.example', null]) {
      for (const site of ['cross-site', 'same-site', 'none', null]) {
        expectProblem(await from({ Origin, 'Sec-Fetch-Site': site }), 403, 'cross-site')
      }
    }
    // A page that names an origin is held to it.
    expectProblem(await from({ Origin: 'https://evil.example', 'Sec-Fetch-Site': 'same-origin' }), 403, 'cross-site')
    expect(site.faults).toEqual([])
  })
})

describe('the options', () => {
  const { twoFactor } = createWorld()
  const right: HandlerOptions = { twoFactor, authenticate: () => null, openSession: () => ({}) }

  it.each([
    ['options', null],
    ['twoFactor', { twoFactor: {} }],
    ['tokens', { tokens: {} }],
    ['authenticate', { authenticate: undefined }],
    ['openSession', { openSession: 'x' }],
    ['basePath', { basePath: 'two-factor' }],
    ['basePath', { basePath: '/two-factor/' }],
    ['basePath', { basePath: '/a b' }],
    ['basePath', { basePath: '/../a' }],
    ['allowedOrigins', { allowedOrigins: [] }],
    ['allowedOrigins', { allowedOrigins: 'https://app.example.com' }],
    ['context', { context: 1 }],
    ['deviceName', { deviceName: 'x' }],
    ['onVerified', { onVerified: {} }],
    ['onSetupConfirmed', { onSetupConfirmed: true }],
    ['onError', { onError: true }],
    ['cookiePrefix', { cookiePrefix: 'a;b' }],
    ['cookiePrefix', { cookiePrefix: '' }],
    ['secureCookies', { secureCookies: 'yes' }],
    ['sameSite', { sameSite: 'None' }],
    ['sameSite', { sameSite: 'none', secureCookies: false }],
    ['onWarning', { onWarning: 'console' }],
    ['now', { now: 5 }],
  ])('%s is checked: %j', async (name, wrong) => {
    const { code, message } = await faultOf(() =>
      createHandler(untyped(wrong === null ? null : { ...right, ...wrong })),
    )
    expect(code).toBe('invalid_option')
    expect(message).toMatch(new RegExp(`^${name} must be`))
  })

  it.each([
    ['*', 'not a pattern'],
    ['https://*.example.com', 'not a pattern'],
    ['https://.example.com', 'not a pattern'],
    ['https://?.example.com', 'not a pattern'],
    ['https://{app,admin}.example.com', 'not a pattern'],
    ['https://(app|admin).example.com', 'not a pattern'],
    ['^https://app\\.example\\.com$', 'not a pattern'],
    ['capacitor://*', 'not a pattern'],
    ['null', "'null'"],
    ['app.example.com', 'with its scheme'],
    ['localhost:3000', 'with its scheme'],
    ['https://app.example.com/', 'without a trailing slash'],
    ['capacitor://localhost/', 'without a trailing slash'],
    ['https://app.example.com/login', 'without a path'],
    ['tauri://localhost/index.html', 'without a path'],
    ['https://app.example.com?x', 'without a path'],
    ['https://App.example.com', 'lower case'],
    ['https://app.example.com:443', 'no default port'],
    ['https://ann:secret@app.example.com', 'no user'],
    ['capacitor://ann@localhost', 'no user'],
    ['file://', 'an origin as browsers send it'],
    ['', 'with its scheme'],
    [5, 'an origin as browsers send it'],
  ])('allowedOrigins names the origin %j and what is wrong with it', async (wrong, what) => {
    const allowedOrigins = ['https://app.example.com', wrong]
    const { code, message } = await faultOf(() => createHandler(untyped({ ...right, allowedOrigins })))
    expect(code).toBe('invalid_option')
    expect(message).toMatch(/^allowedOrigins\[1\] must be /)
    expect(message).toContain(what)
    expect(message).not.toContain('secret')
  })

  it.each([
    'https://app.example.com:8443',
    'http://localhost:5173',
    'http://[::1]:3000',
    'https://xn--bcher-kva.example',
    'capacitor://localhost',
    'ionic://localhost',
    'tauri://localhost',
    'http://tauri.localhost',
    'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
    'moz-extension://0b2f4c1e-6d0b-4a0e-9d43-1f7a3d1b7a55',
    'com.example.app://callback',
    'app://.',
  ])('allowedOrigins accepts %s, whose pages can then make changes', async (origin) => {
    const { site, browser } = await prepared({ origin, arrivesAt: ORIGIN, handler: { allowedOrigins: [origin] } })
    expect((await browser.post('revoke-trusted-devices')).status).toBe(200)
    const answer = await browser.send('revoke-trusted-devices', { headers: { Origin: ORIGIN }, body: '{}' })
    expectProblem(answer, 403, 'cross-site')
    expect(site.faults).toEqual([])
  })
})
