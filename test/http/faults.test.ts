import { memoryStore, type UserStore } from 'countersign'
import type { HandlerOptions } from 'countersign/http'
import { virtualAuthenticator } from 'countersign/testing'
import { describe, expect, it } from 'vitest'
import { PASSWORD, untyped } from '../world.ts'
import { type Answer, type Browser, expectProblem, textOf } from './browser.ts'
import { createSite, detailsOf, expectNoSecrets } from './site.ts'

const proof = { password: PASSWORD }

/** Of a fault the client hears nothing else. */
function expectBareFault(answer: Answer): void {
  expectProblem(answer, 500, 'server-error')
  expect(answer.body).toEqual({
    type: 'urn:countersign:problem:server-error',
    title: 'Something went wrong here.',
    status: 500,
    reason: 'server-error',
    retryAfterSeconds: null,
  })
  expect(answer.headers.getSetCookie()).toEqual([])
}

async function signIn(browser: Browser, code: string): Promise<Answer> {
  const challengeToken = textOf(await browser.signIn(detailsOf('ann', { to: '/inbox' })), 'challengeToken')
  return browser.post('complete-challenge', { challengeToken, code })
}

describe('a store that breaks', () => {
  function breakable(): { store: UserStore; break(error: unknown): void } {
    const inner = memoryStore()
    let broken: { error: unknown } | null = null
    const call = <T>(work: () => T): T => {
      if (broken !== null) throw broken.error
      return work()
    }
    return {
      store: {
        load: async (userId) => call(() => inner.load(userId)),
        save: async (userId, change) => call(() => inner.save(userId, change)),
      },
      break(error) {
        broken = { error }
      },
    }
  }

  it('is told to the host, and to the client as a bare 500', async () => {
    const { store, ...database } = breakable()
    const site = createSite({ twoFactor: { store } })
    const { browser, phone } = await site.member()
    const challengeToken = textOf(await browser.signIn(detailsOf('ann')), 'challengeToken')
    const fault = new Error('connection to 10.0.0.3:5432 refused')
    database.break(fault)
    const code = phone.next()
    const answers = [
      await browser.get('status'),
      await browser.post('complete-challenge', { challengeToken, code }),
      await browser.post('verify', { code }),
      await browser.post('disable', { proof }),
      await browser.signIn(detailsOf('ann')),
    ]
    for (const answer of answers) expectBareFault(answer)
    expect(site.faults).toEqual(answers.map(() => fault))
    expectNoSecrets(site, [], [challengeToken, code, phone.secret])
  })

  it('is thrown if the host does not listen', async () => {
    const { store, ...database } = breakable()
    const site = createSite({ twoFactor: { store }, throwsFaults: true })
    const { browser } = await site.member()
    database.break(new Error('down'))
    await expect(browser.get('status')).rejects.toThrow('down')
    await expect(browser.signIn(detailsOf('ann'))).rejects.toThrow('down')
  })

  it('is also a fault if it throws something other than an error', async () => {
    const { store, ...database } = breakable()
    const site = createSite({ twoFactor: { store } })
    const { browser } = await site.member()
    database.break(undefined)
    expectBareFault(await browser.get('status'))
    expect(site.faults).toEqual([undefined])
  })
})

describe('a hook that breaks', () => {
  const boom = () => {
    throw new Error('boom')
  }
  const boomLater = async () => boom()

  it.each<[string, Partial<HandlerOptions>]>([
    ['authenticate', { authenticate: boom }],
    ['authenticate, later', { authenticate: boomLater }],
    ['authenticate, with a person of no id', { authenticate: () => untyped({}) }],
    ['authenticate, with true', { authenticate: () => untyped(true) }],
    ['context', { context: boom }],
    ['onVerified', { onVerified: boomLater }],
    ['onVerified, with nonsense', { onVerified: () => untyped('yes') }],
  ])('%s is told to the host, and to the client as a bare 500', async (_, handler) => {
    const site = createSite({ handler })
    const { browser, phone } = await site.member()
    expectBareFault(await browser.post('verify', { code: phone.next() }))
    expect(site.faults).toHaveLength(1)
    expect(site.faults[0]).toBeInstanceOf(Error)
  })

  it('onSetupConfirmed, when two-factor authentication is on already', async () => {
    const site = createSite({ handler: { onSetupConfirmed: boomLater } })
    const browser = site.browser()
    await browser.signIn(detailsOf('ann'))
    const offer = await browser.post('begin-setup', { proof: { password: PASSWORD } })
    const phone = virtualAuthenticator(textOf(offer, 'uri'), { now: site.world.clock.now })
    expectBareFault(await browser.post('confirm-setup', { code: phone.next() }))
    expect(site.faults).toHaveLength(1)
    const status = await site.world.twoFactor.status('ann')
    expect(status).toMatchObject({ enabled: true, recoveryCodes: { savedAtMs: null } })
  })

  it('deviceName, before the code is spent', async () => {
    const site = createSite({ handler: { deviceName: boom } })
    const { phone } = await site.member()
    const before = await site.dump()
    expectBareFault(await signIn(site.browser(), phone.next()))
    expect(await site.dump()).toBe(before)
  })

  it('verifyPassword and isRequired of the engine', async () => {
    const site = createSite({ twoFactor: { verifyPassword: boomLater, isRequired: boomLater } })
    const { browser } = await site.member()
    for (const path of ['begin-setup', 'disable']) expectBareFault(await browser.post(path, { proof }))
    expectBareFault(await browser.get('status'))
    expectNoSecrets(site, [], [])
  })

  it('onError itself rejects the request', async () => {
    const site = createSite({ handler: { authenticate: boom, onError: () => Promise.reject(new Error('no log')) } })
    await expect(site.browser().get('status')).rejects.toThrow('no log')
  })

  it('is a time of sign-in that is not a time', async () => {
    const site = createSite()
    const { browser, userId } = await site.member()
    for (const signedInAtMs of [Number.NaN, '2026', new Date(0), null, -1]) {
      site.sessions.set('of-ann', { userId, accountName: 'ann', signedInAtMs: untyped(signedInAtMs) })
      expectBareFault(await browser.post('disable'))
    }
    expect((await browser.get('status')).body).toMatchObject({ enabled: true })
  })
})

describe('a session that cannot be opened', () => {
  it('leaves the code and the challenge used, and the person signs in again with the next code', async () => {
    let isBroken = true
    const site = createSite({
      handler: {
        openSession: async () => {
          if (isBroken) throw new Error('the sessions are down')
          return { 'Set-Cookie': 'session=x' }
        },
      },
    })
    const { phone, recoveryCodes } = await site.member()
    const browser = site.browser()
    const challengeToken = textOf(await browser.signIn(detailsOf('ann')), 'challengeToken')
    const body = { challengeToken, code: phone.code() }
    expectBareFault(await browser.post('complete-challenge', body))
    expect(site.faults).toMatchObject([{ message: 'the sessions are down' }])
    expectNoSecrets(site, [], [challengeToken, body.code, phone.secret, ...recoveryCodes])

    isBroken = false
    // The answer that would have taken the cookie away never came, so the browser learns what became of it.
    expectProblem(await browser.post('complete-challenge', body), 410, 'challenge-used')
    expectProblem(await signIn(browser, body.code), 422, 'code-used')
    site.world.clock.advance({ seconds: 30 })
    expect((await signIn(browser, phone.code())).status).toBe(200)
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', 'session=x'],
    ['a number', 5],
    ['true', true],
    ['a header that cannot be', { 'Set-Cookie': 'session=top-secret\r\nX: y' }],
    ['a name that cannot be', { 'Set Cookie': 'top-secret' }],
    ['pairs that are none', [['Set-Cookie']]],
  ])('is a fault if the hook returns %s', async (_, host) => {
    const site = createSite({ handler: { openSession: () => untyped(host) } })
    const { phone } = await site.member()
    expectBareFault(await signIn(site.browser(), phone.next()))
    expectBareFault(await site.browser().signIn(detailsOf('bob')))
    expect(site.faults).toMatchObject([{ code: 'hook_invalid' }, { code: 'hook_invalid' }])
    expectNoSecrets(site, [], ['top-secret'])
  })

  it.each(['<html>', '[1]', '5', 'null', '"x"', '{'])('is a fault if the answer is %s', async (text) => {
    const site = createSite({ handler: { openSession: () => new Response(text) } })
    const { phone } = await site.member()
    expectBareFault(await signIn(site.browser(), phone.next()))
    expect(site.faults).toMatchObject([{ code: 'hook_invalid' }])
  })
})

describe('what openSession can return', () => {
  const headers: [string, string][] = [
    ['Set-Cookie', 'session=s; Path=/'],
    ['Set-Cookie', 'theme=dark; Path=/'],
    ['X-Trace', 't-1'],
  ]
  const forms: [string, () => HeadersInit | Response][] = [
    ['pairs', () => headers],
    ['Headers', () => new Headers(headers)],
    ['an empty Response', () => new Response(null, { headers, status: 204 })],
    ['a Response of no length', () => new Response('', { headers })],
    ['a Response of JSON', () => Response.json({}, { headers, status: 201 })],
  ]

  it.each(forms)('%s: cookies and headers reach the browser', async (_, openSession) => {
    const site = createSite({ handler: { openSession } })
    const { phone } = await site.member()
    const browser = site.browser()
    const answer = await signIn(browser, phone.next())
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(answer.headers.get('x-trace')).toBe('t-1')
    expect(answer.body).toEqual({ signedIn: true, method: 'totp', recoveryCodesLeft: 10, deviceTrusted: false })
    expect([...browser.jar.keys()].sort()).toEqual([expect.stringContaining('device'), 'session', 'theme'])

    const other = site.browser()
    expect((await other.signIn(detailsOf('bob'))).body).toEqual({ signedIn: true })
    expect([...other.jar.keys()].sort()).toEqual(['session', 'theme'])
  })

  it('JSON is added, and the handler’s own fields win', async () => {
    const openSession = () =>
      new Response('{"to":"/inbox","signedIn":false,"method":"none","__proto__":{"x":1}}', {
        headers: { 'Content-Type': 'application/json', 'Content-Length': '70' },
      })
    const site = createSite({ handler: { openSession } })
    const { phone } = await site.member()
    const answer = await signIn(site.browser(), phone.next())
    expect(answer.body).toMatchObject({ to: '/inbox', signedIn: true, method: 'totp', recoveryCodesLeft: 10 })
    expect(answer.headers.get('content-length')).toBeNull()
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false)
    expect((await site.browser().signIn(detailsOf('bob'))).body).toMatchObject({ to: '/inbox', signedIn: true })
  })

  it('a refusal is passed on as it is, and opens no session', async () => {
    const openSession = () =>
      Response.json(
        { reason: 'banned' },
        { status: 403, headers: { 'Set-Cookie': 'seen=1', 'Cache-Control': 'public' } },
      )
    const site = createSite({ handler: { openSession } })
    const { phone } = await site.member()
    const browser = site.browser()
    const answer = await signIn(browser, phone.next())
    expect([answer.status, answer.body]).toEqual([403, { reason: 'banned' }])
    expect([...browser.jar.keys()].sort()).toEqual([expect.stringContaining('device'), 'seen'])
    expect((await site.browser().signIn(detailsOf('bob'))).status).toBe(403)
  })

  it('a redirection is passed on too', async () => {
    const openSession = () => Response.redirect('https://app.example.com/inbox', 303)
    const site = createSite({ handler: { openSession } })
    const answer = await site.browser().signIn(detailsOf('ann'))
    expect([answer.status, answer.headers.get('location')]).toEqual([303, 'https://app.example.com/inbox'])
  })

  it('onVerified can add the same, or nothing', async () => {
    for (const [given, added] of [
      [undefined, {}],
      [{ 'X-Trace': 't' }, {}],
      [Response.json({ until: 5 }), { until: 5 }],
    ] as const) {
      const site = createSite({ handler: { onVerified: () => given } })
      const { browser, phone } = await site.member()
      const answer = await browser.post('verify', { code: phone.next() })
      expect(answer.body).toEqual({ method: 'totp', recoveryCodesLeft: 10, ...added })
    }
  })
})

it('what the browser sent is not passed to the engine’s hooks', async () => {
  const site = createSite()
  const { browser, phone, recoveryCodes } = await site.member()
  const [recoveryCode = ''] = recoveryCodes
  const challengeToken = textOf(await browser.signIn(detailsOf('ann')), 'challengeToken')
  await browser.post('complete-challenge', { challengeToken, code: recoveryCode, trustDevice: true })
  await browser.post('verify', { code: '123456' })
  await browser.post('disable', { proof: { password: 'a wrong password' } })
  const issued = await browser.post('issue-access-token', { proof, name: 'Script' })
  const code = phone.next()
  await browser.post('regenerate-recovery-codes', { proof: { code } })
  const secrets = [...recoveryCodes, challengeToken, code, '123456', 'a wrong password', textOf(issued, 'token')]
  expect(site.events.length).toBeGreaterThan(4)
  expectNoSecrets(
    site,
    [],
    [...secrets, phone.secret, ...browser.jar.values()].filter((text) => text !== 'of-ann'),
  )
})
