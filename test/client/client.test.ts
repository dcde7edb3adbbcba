import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { createTwoFactor, generateKey, memoryStore } from 'countersign'
import { createClient, type TwoFactorClient } from 'countersign/client'
import { createHandler } from 'countersign/http'
import { testClock, virtualAuthenticator } from 'countersign/testing'
import { createAccessTokens, memoryTokenStore } from 'countersign/tokens'
import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest'

const PASSWORD = 'correct-horse-7'
const URL = 'https://app.example.com/two-factor'

/** The real handler; who is signed in, the request says in its Authorization header. */
function backend() {
  const clock = testClock(Date.UTC(2026, 0, 1))
  const twoFactor = createTwoFactor({
    issuer: 'Acme Cloud',
    store: memoryStore(),
    keys: generateKey(),
    verifyPassword: (_, password) => password === PASSWORD,
    now: clock.now,
  })
  const tokens = createAccessTokens({ twoFactor, store: memoryTokenStore(), prefix: 'acme', now: clock.now })
  const sent: Request[] = []
  const handler = createHandler({
    twoFactor,
    tokens,
    authenticate(request) {
      const [, userId] = /^Bearer (.+)/.exec(request.headers.get('Authorization') ?? '') ?? []
      return userId ? { userId, accountName: `${userId}@acme.example` } : null
    },
    openSession: () => Response.json({ next: '/home' }, { headers: { 'X-Session': 'opened' } }),
    now: clock.now,
  })
  const direct = async (url: string, init: RequestInit) => {
    const request = new Request(url, init)
    sent.push(request.clone())
    return handler(request)
  }
  return { clock, handler, twoFactor, sent, direct }
}

function clientOf(
  { direct }: ReturnType<typeof backend>,
  headers: HeadersInit = { Authorization: 'Bearer ann' },
): TwoFactorClient {
  const jar = new Map<string, string>()
  const fetch = async (url: string, init: RequestInit) => {
    const withCookies = new Headers(init.headers)
    const cookies = [withCookies.get('Cookie') ?? '', ...[...jar].map((pair) => pair.join('='))]
    withCookies.set('Cookie', cookies.filter((cookie) => cookie !== '').join('; '))
    const response = await direct(url, { ...init, headers: withCookies })
    for (const [, name = '', value = ''] of response.headers
      .getSetCookie()
      .map((set) => /^([^=]+)=([^;]*)/.exec(set) ?? []))
      jar.set(name, value)
    return response
  }
  return createClient(URL, { fetch, headers })
}

/** What a test needs of a success. */
function good<Answer extends { ok: boolean }>(answer: Answer): Extract<Answer, { ok: true }> {
  if (!isGood(answer)) throw new Error(`refused: ${JSON.stringify(answer)}`)
  return answer
}
const isGood = <Answer extends { ok: boolean }>(answer: Answer): answer is Extract<Answer, { ok: true }> => answer.ok

describe('a client', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  it('leads through the whole story of a person', async () => {
    const here = backend()
    const { clock } = here
    const client = clientOf(here)
    const proof = { password: PASSWORD }
    expect(good(await client.status())).toMatchObject({
      enabled: false,
      issuer: 'Acme Cloud',
      accountName: 'ann@acme.example',
    })

    const offer = good(await client.beginSetup({ proof, name: 'Phone' }))
    expect(good(await client.resumeSetup())).toEqual(offer)
    good(await client.cancelSetup({ setupId: offer.setupId }))
    expect(await client.resumeSetup()).toMatchObject({ reason: 'setup-expired' })
    const again = good(await client.beginSetup({ proof, name: 'Phone' }))
    const phone = virtualAuthenticator(again.uri, { now: clock.now })
    const { authenticatorId, recoveryCodes = [] } = good(await client.confirmSetup({ code: phone.next() }))
    expect(good(await client.viewRecoveryCodes({ proof })).recoveryCodes.map(({ code }) => code)).toEqual(recoveryCodes)
    expect(good(await client.renameAuthenticator({ id: authenticatorId, name: 'Old phone' }))).toEqual({ ok: true })
    expect(good(await client.status()).authenticators).toMatchObject([{ name: 'Old phone' }])
    expect(good(await client.verify({ code: phone.next() }))).toMatchObject({ method: 'totp', recoveryCodesLeft: 10 })
    expect(good(await client.regenerateRecoveryCodes({ proof })).recoveryCodes).toHaveLength(10)

    const issued = good(await client.issueAccessToken({ proof, name: 'Deploy', scopes: ['deploy'] }))
    const { id } = issued.accessToken
    expect(good(await client.accessTokens())).toMatchObject({
      accessTokens: [{ id, name: 'Deploy' }],
      prefix: 'acme',
      scopes: null,
    })
    good(await client.renameAccessToken({ id, name: 'CI' }))
    good(await client.revokeAccessToken({ id }))
    expect(good(await client.revokeAllAccessTokens())).toMatchObject({ revoked: 0 })

    expect(good(await client.revokeTrustedDevices())).toEqual({ ok: true, revoked: 0 })
    expect(await client.removeAuthenticator({ id: authenticatorId, proof })).toMatchObject({
      reason: 'last-authenticator',
    })
    good(await client.disable({ proof }))
    expect(good(await client.status()).enabled).toBe(false)
  })

  it('passes the second step of a sign-in, and gives what the host adds to the answer', async () => {
    const here = backend()
    const member = clientOf(here)
    const { uri, setupId } = good(await member.beginSetup({ proof: { password: PASSWORD } }))
    const phone = virtualAuthenticator(uri, { now: here.clock.now })
    good(await member.confirmSetup({ code: phone.next(), setupId }))
    const headers = { Origin: 'https://app.example.com' }
    const request = new Request('https://app.example.com/sign-in', { method: 'POST', headers })
    const signIn = await here.handler.signIn(request, { userId: 'ann', accountName: 'ann' })
    const { challengeToken } = await signIn.json()
    const cookie = signIn.headers
      .getSetCookie()
      .map((set) => set.split(';', 1)[0])
      .join('; ')
    const client = clientOf(here, { Cookie: cookie })
    expect(await client.completeChallenge({ challengeToken, code: '000000' })).toMatchObject({
      ok: false,
      reason: 'wrong-code',
    })
    expect(good(await client.completeChallenge({ challengeToken, code: phone.next() }))).toMatchObject({
      signedIn: true,
      method: 'totp',
      next: '/home',
    })
    expect(await client.beginRequiredSetup({ challengeToken })).toMatchObject({ reason: 'challenge-expired' })
  })

  it('gives refusals as values, with how long to wait', async () => {
    const here = backend()
    const client = clientOf(here)
    expect(await client.disable()).toEqual({ ok: false, reason: 'proof-required', retryAfterSeconds: null })
    const proof = { password: 'a guess' }
    for (let guess = 0; guess < 6; guess++) await client.beginSetup({ proof })
    expect(await client.beginSetup({ proof })).toEqual({ ok: false, reason: 'throttled', retryAfterSeconds: 1 })
    expect(await clientOf(here, {}).status()).toEqual({ ok: false, reason: 'signed-out', retryAfterSeconds: null })
  })

  it('says where it asks from, since scripts have no browser to say it', async () => {
    const here = backend()
    await clientOf(here).revokeTrustedDevices()
    expect(here.sent.map(({ url, method }) => `${method} ${url}`)).toEqual([`POST ${URL}/revoke-trusted-devices`])
    expect(here.sent[0]?.headers.get('Origin')).toBe('https://app.example.com')
    expect(here.sent[0]?.headers.get('Content-Type')).toBe('application/json')
  })

  it('sends cookies to another origin than the page’s, unless it is told otherwise', async () => {
    vi.stubGlobal('location', { origin: 'https://app.example.com' })
    const sent: (string | undefined)[] = []
    const fetch = async (_url: string, { credentials }: RequestInit) => {
      sent.push(credentials)
      return new Response(null, { status: 500 })
    }
    for (const address of ['https://api.example.com/two-factor', 'https://app.example.com:8443/two-factor']) {
      await createClient(address, { fetch }).status()
      await createClient(address, { fetch, credentials: 'omit' }).beginStepUp()
    }
    for (const address of [URL, '/two-factor']) await createClient(address, { fetch }).status()
    expect(sent).toEqual(['include', 'omit', 'include', 'omit', undefined, undefined])
  })

  it('is offline where the network fails, and never throws', async () => {
    const client = createClient('/two-factor', { fetch: () => Promise.reject(new TypeError('fetch failed')) })
    expect(await client.status()).toEqual({ ok: false, reason: 'offline', retryAfterSeconds: null })
  })

  describe('that waits for an answer', () => {
    const timedOut = { ok: false, reason: 'timed-out', retryAfterSeconds: null }
    const never = new Promise<never>(() => {})
    afterEach(() => {
      vi.useRealTimers()
    })

    it.each([
      [undefined, 30_000],
      [1500, 1500],
    ])('with timeoutMs %j gives up after %d ms, and ends the request', async (timeoutMs, waits) => {
      vi.useFakeTimers()
      const signals: (AbortSignal | null | undefined)[] = []
      const fetch = (_: string, { signal }: RequestInit) => {
        signals.push(signal)
        return new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
      }
      let answer: unknown
      void createClient('/two-factor', { fetch, timeoutMs })
        .disable()
        .then((given) => {
          answer = given
        })
      await vi.advanceTimersByTimeAsync(waits - 1)
      expect([answer, signals[0]?.aborted]).toEqual([undefined, false])
      await vi.advanceTimersByTimeAsync(1)
      expect([answer, signals[0]?.aborted]).toEqual([timedOut, true])
    })

    it.each([
      ['its fetch heeds no signal', () => never],
      ['the body never ends', async () => new Response(new ReadableStream(), { status: 200 })],
    ])('gives up where %s', async (_, fetch) => {
      vi.useFakeTimers()
      const answer = createClient('/two-factor', { fetch }).status()
      await vi.advanceTimersByTimeAsync(30_000)
      expect(await answer).toEqual(timedOut)
    })

    it('leaves no timer behind, whatever the answer is', async () => {
      vi.useFakeTimers()
      for (const fetch of [
        async () => Response.json({}),
        async () => new Response(null, { status: 502 }),
        () => Promise.reject(new TypeError('fetch failed')),
      ]) {
        await createClient('/two-factor', { fetch }).status()
        expect(vi.getTimerCount()).toBe(0)
      }
    })

    it.each([0, -1, 1.5, Number.NaN, 2 ** 31, '30'])('refuses %j as timeoutMs', (timeoutMs) => {
      expect(() => createClient('/two-factor', { timeoutMs: timeoutMs as number })).toThrow(
        'timeoutMs must be an integer from 1 to 2147483647',
      )
    })
  })

  it.each([
    ['a page in place of the API', new Response('<!doctype html>', { headers: { 'Content-Type': 'text/html' } })],
    ['a proxy that gave up', new Response('Bad gateway', { status: 502 })],
    ["somebody else's JSON error", Response.json({ error: 'no', reason: 'wrong-code' }, { status: 422 })],
    ['a success that is no object', Response.json(null)],
    ['nothing', new Response(null, { status: 204 })],
  ])('calls it a server error where there is %s', async (_, response) => {
    const client = createClient('/two-factor', { fetch: async () => response })
    expect(await client.status()).toEqual({ ok: false, reason: 'server-error', retryAfterSeconds: null })
  })

  it('has only the reasons of each operation in its types', () => {
    type Verified = Awaited<ReturnType<TwoFactorClient['verify']>>
    type Reason = Extract<Verified, { ok: false }>['reason']
    expectTypeOf<'wrong-code' | 'throttled' | 'offline' | 'signed-out'>().toExtend<Reason>()
    expectTypeOf<'two-factor-required'>().not.toExtend<Reason>()
    expectTypeOf<TwoFactorClient['disable']>().toBeCallableWith()
    // @ts-expect-error a code is asked for
    const missing: Parameters<TwoFactorClient['verify']> = []
    expect(missing).toEqual([])
  })

  it('asks over a real port from a script', async () => {
    const { handler } = backend()
    const server = createServer(getRequestListener(handler))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    const client = createClient(`http://127.0.0.1:${port}/two-factor/`, { headers: { Authorization: 'Bearer ann' } })
    expect(good(await client.status()).enabled).toBe(false)
    expect(good(await client.beginSetup({ proof: { password: PASSWORD } })).secret).toMatch(/^[A-Z2-7]{32}$/)
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    expect(await client.status()).toMatchObject({ reason: 'offline' })
  })
})
