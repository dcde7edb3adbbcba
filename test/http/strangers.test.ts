import { virtualAuthenticator } from 'countersign/testing'
import { describe, expect, it } from 'vitest'
import { addPhone, PASSWORD, untyped } from '../world.ts'
import { type Browser, expectProblem, textOf } from './browser.ts'
import { createSite, detailsOf, expectNoSecrets, ORIGIN, withoutTrace } from './site.ts'

const proof = { password: PASSWORD }

async function twoMembers() {
  const site = createSite()
  return { site, ann: await site.member('ann'), bob: await site.member('bob') }
}

const begin = async (browser: Browser, userId = 'ann') =>
  textOf(await browser.signIn(detailsOf(userId)), 'challengeToken')

function cookieName(browser: Browser, part: string): string {
  const name = [...browser.jar.keys()].find((name) => name.includes(part))
  if (name === undefined) throw new Error(`There is no cookie ${part}.`)
  return name
}

describe('what is another user’s', () => {
  it('cannot be renamed, removed, replaced or revoked by its id', async () => {
    const { site, ann, bob } = await twoMembers()
    const { twoFactor } = site.world
    await addPhone(site.world, 'ann')
    await addPhone(site.world, 'bob')
    const challengeToken = await begin(ann.browser)
    await ann.browser.post('complete-challenge', { challengeToken, code: ann.phone.next(), trustDevice: true })
    await site.tokens.admin.issue('ann', { name: 'Script', by: 'test', note: 'test' })
    const { authenticators, trustedDevices } = await twoFactor.status('ann')
    const [token] = await site.tokens.list('ann')
    const id = authenticators[0]?.id
    const code = bob.phone.code()

    const attempts: [string, object][] = [
      ['rename-authenticator', { id, name: 'Mine' }],
      ['remove-authenticator', { id, proof: { code } }],
      ['begin-setup', { replaces: id, proof: { code } }],
      ['revoke-trusted-devices', { id: trustedDevices[0]?.id }],
      ['rename-access-token', { id: token?.id, name: 'Mine' }],
      ['revoke-access-token', { id: token?.id }],
    ]
    for (const [path, body] of attempts) {
      const answer = await withoutTrace(site, () => bob.browser.post(path, body))
      expectProblem(answer, 404, 'not-found')
    }
    // Nor was the proof spent on it.
    expect((await bob.browser.post('verify', { code })).status).toBe(200)
  })

  it.each(['', 'x', '__proto__', 'all', '\u0000', '\ud800', 'x'.repeat(64)])(
    'nor can an id that does not exist: %j',
    async (id) => {
      const { site, ann } = await twoMembers()
      for (const [path, rest] of [
        ['rename-authenticator', { name: 'x' }],
        ['remove-authenticator', { proof }],
        ['revoke-trusted-devices', {}],
        ['rename-access-token', { name: 'x' }],
        ['revoke-access-token', {}],
      ] as const) {
        expectProblem(await withoutTrace(site, () => ann.browser.post(path, { id, ...rest })), 404, 'not-found')
      }
    },
  )

  it('is no code of mine', async () => {
    const { site, ann, bob } = await twoMembers()
    const challengeToken = await begin(bob.browser, 'bob')
    for (const code of [ann.phone.code(), ann.recoveryCodes[0]]) {
      expectProblem(await bob.browser.post('complete-challenge', { challengeToken, code }), 422, 'wrong-code')
    }
    expect(site.opened).toEqual([])
  })
})

describe('a challenge', () => {
  it('is of no use in another browser, and still good in its own', async () => {
    const { site, ann, bob } = await twoMembers()
    const own = site.browser()
    const challengeToken = await begin(own)
    const code = ann.phone.next()
    const thieves = [site.browser(), bob.browser, ann.browser]
    await begin(bob.browser, 'bob')
    await begin(ann.browser)
    for (const thief of thieves) {
      for (const trustDevice of [true, false]) {
        const answer = await withoutTrace(site, () =>
          thief.post('complete-challenge', { challengeToken, code, trustDevice }),
        )
        if (thief.jar.size === 0) expectProblem(answer, 400, 'sign-in-cookie-missing')
        else expectProblem(answer, 410, 'challenge-expired')
        expectNoSecrets(site, [answer.text, [...answer.headers]], [challengeToken, code])
        expect(answer.headers.getSetCookie()).toEqual([])
      }
    }
    expect((await own.post('complete-challenge', { challengeToken, code })).status).toBe(200)
    expect(site.opened).toMatchObject([{ userId: 'ann' }])
  })

  it('is of no use after five minutes, nor a second time', async () => {
    const { site, ann } = await twoMembers()
    const browser = site.browser()
    const late = await begin(browser)
    site.world.clock.advance({ seconds: 300 })
    const code = ann.phone.next()
    const complete = (challengeToken: string, code: string) =>
      browser.post('complete-challenge', { challengeToken, code })
    expectProblem(await withoutTrace(site, () => complete(late, code)), 410, 'challenge-expired')

    const challengeToken = await begin(browser)
    const cookie = [...browser.jar].find(([name]) => name.endsWith('sign-in'))
    expect((await complete(challengeToken, code)).status).toBe(200)
    site.world.clock.advance({ seconds: 30 })
    const next = ann.phone.next()
    // The browser let go of its cookie: who kept it finds the challenge used.
    expectProblem(await withoutTrace(site, () => complete(challengeToken, next)), 400, 'sign-in-cookie-missing')
    browser.jar.set(...(cookie ?? ['', '']))
    expectProblem(await withoutTrace(site, () => complete(challengeToken, next)), 410, 'challenge-used')
    expect(site.opened).toHaveLength(1)
  })

  it('is completed once by fifty attempts at once with one code', async () => {
    const { site, ann } = await twoMembers()
    const browser = site.browser()
    const challengeToken = await begin(browser)
    const cookies = new Map(browser.jar)
    const code = ann.phone.next()
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => {
        const tab = site.browser()
        for (const [name, value] of cookies) tab.jar.set(name, value)
        return tab.post('complete-challenge', { challengeToken, code })
      }),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const answer of answers.filter(({ status }) => status !== 200)) expectProblem(answer, 410, 'challenge-used')
    expect(site.opened).toHaveLength(1)
    expect(site.faults).toEqual([])
  })

  it('fifty of them are not completed by one code, but one is', async () => {
    const { site, ann } = await twoMembers()
    const code = ann.phone.next()
    const tabs = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const browser = site.browser()
        return { browser, challengeToken: await begin(browser) }
      }),
    )
    const answers = await Promise.all(
      tabs.map(({ browser, challengeToken }) => browser.post('complete-challenge', { challengeToken, code })),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(site.opened).toHaveLength(1)
  })

  it('for a code begins no setup, and one for a setup takes no code', async () => {
    const { site, ann } = await twoMembers()
    const browser = site.browser()
    const challengeToken = await begin(browser)
    const answer = await withoutTrace(site, () => browser.post('begin-required-setup', { challengeToken }))
    expectProblem(answer, 410, 'challenge-expired')

    const strict = createSite({ twoFactor: { isRequired: () => true } })
    const newcomer = strict.browser()
    const setupToken = await begin(newcomer)
    expectProblem(
      await withoutTrace(strict, () =>
        newcomer.post('complete-challenge', { challengeToken: setupToken, code: ann.phone.code() }),
      ),
      409,
      'setup-expired',
    )
  })
})

describe('a cookie', () => {
  it('of another user’s device makes no device known, and none trusted', async () => {
    const { site, ann, bob } = await twoMembers()
    const challengeToken = await begin(ann.browser)
    await ann.browser.post('complete-challenge', { challengeToken, code: ann.phone.next(), trustDevice: true })
    const stolen = ann.browser.jar.get(cookieName(ann.browser, 'device')) ?? ''

    // Bob puts Ann's token where his own belongs.
    const bobs = await begin(bob.browser, 'bob')
    await bob.browser.post('complete-challenge', { challengeToken: bobs, code: bob.phone.next() })
    bob.browser.jar.set(cookieName(bob.browser, 'device'), stolen)
    expect((await bob.browser.signIn(detailsOf('bob'))).body).toMatchObject({ signedIn: false })
    await bob.browser.post('verify', { code: '000000' })
    expect(site.events.at(-1)).toMatchObject({ type: 'code.wrong', userId: 'bob', knownDevice: false })
  })

  it('that is broken, empty, foreign or as large as possible counts as missing', async () => {
    const { site, ann } = await twoMembers()
    await ann.browser.post('verify', { code: ann.phone.next() })
    const name = cookieName(ann.browser, 'device')
    const good = ann.browser.jar.get(name) ?? ''
    for (const wrong of [
      '',
      'x',
      good.slice(0, -1),
      `"${good}"`,
      `${good}x`,
      '%00',
      'x'.repeat(100_000),
      '='.repeat(99),
    ]) {
      ann.browser.jar.set(name, wrong)
      expect((await ann.browser.signIn(detailsOf('ann'))).body).toMatchObject({ signedIn: false })
      expectProblem(await ann.browser.post('verify', { code: 'x' }), 422, 'wrong-code')
    }
    expect(site.faults).toEqual([])
  })

  it('that occurs twice opens nothing that one of the two does not', async () => {
    const { site, ann } = await twoMembers()
    const browser = site.browser()
    const challengeToken = await begin(browser)
    const name = cookieName(browser, 'sign-in')
    const own = browser.jar.get(name)
    const attacker = site.browser()
    await begin(attacker)
    const planted = attacker.jar.get(name)
    const send = (cookie: string, code: string) =>
      browser.send('complete-challenge', {
        headers: { Cookie: cookie },
        body: JSON.stringify({ challengeToken, code }),
      })
    const code = ann.phone.next()
    // The one that the browser names first counts: neither is tried after the other.
    const answer = await withoutTrace(site, () => send(`${name}=${planted}; ${name}=${own}`, code))
    expectProblem(answer, 410, 'challenge-expired')
    expect((await send(`${name}=${own}; ${name}=${planted}`, code)).status).toBe(200)
  })

  it('without its prefix, from a host beside this one, is not looked at', async () => {
    const { site, ann } = await twoMembers()
    const attacker = site.browser()
    const challengeToken = await begin(attacker)
    const name = cookieName(attacker, 'sign-in')
    const browser = site.browser()
    browser.jar.set(name.replace('__Host-', ''), attacker.jar.get(name) ?? '')
    const body = { challengeToken, code: ann.phone.code() }
    const answer = await withoutTrace(site, () => browser.post('complete-challenge', body))
    expectProblem(answer, 400, 'sign-in-cookie-missing')
  })

  const encoded = (text: string) => btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

  it.each([
    ['another name', `AAAA.${encoded('mallory@example.com')}`],
    ['no name', 'AAAA.'],
    ['white space for a name', `AAAA.${encoded(' \t ')}`],
    ['a name that is too long', `AAAA.${encoded('x'.repeat(700))}`],
    ['a name of control characters', `AAAA.${encoded('\u0000\r\n')}`],
    ['a name that is no UTF-8', `AAAA.${encoded('\xff\xfe')}`],
    ['a name that is no base64url', 'AAAA.!!!!'],
    ['nothing', ''],
    ['much', 'x'.repeat(50_000)],
    ['many dots', '.'.repeat(1000)],
  ])('for the sign-in that is made up, with %s, begins no setup', async (_, value) => {
    const site = createSite({ twoFactor: { isRequired: () => true } })
    const browser = site.browser()
    const challengeToken = await begin(browser)
    const name = cookieName(browser, 'sign-in')
    const own = browser.jar.get(name) ?? ''
    browser.jar.set(name, value)
    const refused = await withoutTrace(site, () => browser.post('begin-required-setup', { challengeToken }))
    if (value === '') expectProblem(refused, 400, 'sign-in-cookie-missing')
    else expectProblem(refused, 410, 'challenge-expired')
    browser.jar.delete(name)
    const without = await withoutTrace(site, () => browser.post('begin-required-setup', { challengeToken }))
    expectProblem(without, 400, 'sign-in-cookie-missing')
    browser.jar.set(name, own)
    expect((await browser.post('begin-required-setup', { challengeToken })).status).toBe(200)
  })

  it('for the sign-in whose name was changed begins no setup under that name', async () => {
    const site = createSite({ twoFactor: { isRequired: () => true } })
    const browser = site.browser()
    const challengeToken = await begin(browser)
    const name = cookieName(browser, 'sign-in')
    const [random] = (browser.jar.get(name) ?? '').split('.')
    browser.jar.set(name, `${random}.${encoded('mallory@example.com')}`)
    const answer = await withoutTrace(site, () => browser.post('begin-required-setup', { challengeToken }))
    expectProblem(answer, 410, 'challenge-expired')
  })

  it('is read by no script, goes to no other site, and holds nothing that opens anything elsewhere', async () => {
    const { site, ann } = await twoMembers()
    const browser = site.browser()
    const asked = await browser.signIn(detailsOf('ann'))
    const body = { challengeToken: textOf(asked, 'challengeToken'), code: ann.phone.next() }
    const done = await browser.post('complete-challenge', body)
    const cookies = [...asked.headers.getSetCookie(), ...done.headers.getSetCookie()].filter((one) =>
      one.startsWith('__'),
    )
    expect(cookies).toHaveLength(3)
    for (const cookie of cookies) expect(cookie).toMatch(/; HttpOnly; SameSite=Lax; Secure$/)
    expectNoSecrets(site, [...asked.headers, ...done.headers], [body.challengeToken, body.code, ann.phone.secret])
    expect(cookies[1]).toMatch(/; Max-Age=34560000; /)
  })
})

describe('names', () => {
  const nasty = 'ann\r\nSet-Cookie: evil=1\r\n\r\n<script>"; Path=/; evil'

  it('of accounts and users split no header, and come back unchanged', async () => {
    const userId = nasty
    const site = createSite({ twoFactor: { isRequired: () => true } })
    const browser = site.browser()
    const asked = await browser.signIn({ userId, accountName: nasty })
    const challengeToken = textOf(asked, 'challengeToken')
    const offer = await browser.post('begin-required-setup', { challengeToken })
    expect(offer.body['accountName']).toBe(nasty.replaceAll(':', '-'))
    expect(textOf(offer, 'qr')).not.toContain('<script>')
    const phone = virtualAuthenticator(textOf(offer, 'uri'), { now: site.world.clock.now })
    const done = await browser.post('complete-challenge', { challengeToken, code: phone.next(), trustDevice: true })
    expect(done.status).toBe(200)
    for (const { headers } of [asked, offer, done]) {
      for (const [, value] of headers) expect(value).toMatch(/^[\x20-\x7e]*$/)
      for (const cookie of headers.getSetCookie()) expect(cookie).not.toContain('evil')
    }
    expect(browser.jar.has('evil')).toBe(false)
    expect((await browser.signIn({ userId, accountName: nasty })).body).toEqual({ signedIn: true })
  })

  it.each(['\u0000', 'x'.repeat(255), '\u{1F511}'.repeat(127), '__proto__', '../..', '%00', ';=,'])(
    'a user id can be %j',
    async (userId) => {
      const site = createSite()
      const { phone } = await site.member(userId)
      const browser = site.browser()
      const challengeToken = await begin(browser, userId)
      const body = { challengeToken, code: phone.next(), trustDevice: true }
      expect((await browser.post('complete-challenge', body)).status).toBe(200)
      expect((await browser.signIn(detailsOf(userId))).body).toEqual({ signedIn: true })
    },
  )

  it.each([undefined, null, '', ' ', '\ud800', 'x'.repeat(256), '\u5c71'.repeat(5000)])(
    'of an account can be %j: nobody is kept from signing in or setting up',
    async (name) => {
      const accountName = untyped<string>(name)
      const site = createSite()
      expect((await site.browser().signIn({ userId: 'ann', accountName })).body).toEqual({ signedIn: true })
      const { phone, browser } = await site.member('bob')
      site.sessions.set('of-bob', { userId: 'bob', accountName })
      const shown = textOf(await browser.get('status'), 'accountName')
      expect(shown).toMatch(/^(bob|\ufffd|x+…|\u5c71+…)$/)
      const offer = await browser.post('begin-setup', { proof })
      expect(textOf(offer, 'qr')).toContain('<svg')
      const challengeToken = textOf(await browser.signIn({ userId: 'bob', accountName }), 'challengeToken')
      expect((await browser.post('complete-challenge', { challengeToken, code: phone.next() })).status).toBe(200)

      const strict = createSite({ twoFactor: { isRequired: () => true } })
      const newcomer = strict.browser()
      const setupToken = textOf(await newcomer.signIn({ userId: 'bob', accountName }), 'challengeToken')
      const required = await newcomer.post('begin-required-setup', { challengeToken: setupToken })
      expect(textOf(required, 'accountName')).toMatch(/^(bob|\ufffd|x+…|\u5c71+…)$/)
      expect([...site.faults, ...strict.faults]).toEqual([])
    },
  )

  it('of browsers are cut to size, whatever they are', async () => {
    const { site, ann } = await twoMembers()
    const names = [
      '',
      'x'.repeat(100_000),
      '\u00ff'.repeat(500),
      'Mozilla/5.0 <script>alert(1)</script>',
      'Version/ '.repeat(9000),
    ]
    for (const agent of names) {
      site.world.clock.advance({ seconds: 30 })
      const browser = site.browser()
      const challengeToken = await begin(browser)
      const body = JSON.stringify({ challengeToken, code: ann.phone.next(), trustDevice: true })
      const answer = await browser.send('complete-challenge', { headers: { 'User-Agent': agent }, body })
      expect(answer.status).toBe(200)
    }
    const { trustedDevices } = await site.world.twoFactor.status('ann')
    expect(new Set(trustedDevices.map(({ name }) => name))).toEqual(new Set(['Unknown browser']))
  })

  it('of devices that the host gives are cut to size too', async () => {
    const site = createSite({ handler: { deviceName: () => `\u0000${'é'.repeat(9999)}` } })
    const { phone } = await site.member()
    const browser = site.browser()
    const challengeToken = await begin(browser)
    await browser.post('complete-challenge', { challengeToken, code: phone.next(), trustDevice: true })
    const { trustedDevices } = await site.world.twoFactor.status('ann')
    expect(trustedDevices.map(({ name }) => name)).toEqual(['é'.repeat(32)])
  })
})

it('a sign-in of one origin’s page is not the handler’s to refuse, but its answer is kept by no cache', async () => {
  const { site } = await twoMembers()
  const request = new Request(`${ORIGIN}/sign-in`, { method: 'POST' })
  const response = await site.handler.signIn(request, detailsOf('ann'))
  expect(response.headers.get('cache-control')).toBe('no-store')
})
