import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PASSWORD } from '../world.ts'
import { type Answer, type Browser, expectProblem, textOf } from './browser.ts'
import { CHANGES, rightRequests, WAYS_IN } from './right-requests.ts'
import { createSite, detailsOf, expectNoSecrets, withoutTrace } from './site.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

/** A body that arrives in these pieces, and says whether its reader gave up. */
function streamOf(pieces: Uint8Array[], { ends = true, fails = false } = {}) {
  let canceled = false
  const left = [...pieces]
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = left.shift()
        if (piece !== undefined) controller.enqueue(piece)
        else if (fails) controller.error(new Error('ECONNRESET'))
        else if (ends) controller.close()
        else return new Promise(() => {})
        return undefined
      },
      cancel() {
        canceled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { body, isCanceled: () => canceled, left }
}

async function prepared() {
  const site = createSite()
  const member = await site.member()
  const secrets = [...member.recoveryCodes, member.phone.secret]
  return { site, ...member, secrets }
}

describe('the size of a body', () => {
  const padded = (size: number) => `{"code":"123"}`.padEnd(size)

  it('is at most 16 KiB', async () => {
    const { site, browser } = await prepared()
    const send = (body: string) => withoutTrace(site, () => browser.send('verify', { body }))
    expectProblem(await send(padded(16_384)), 422, 'wrong-code')
    expectProblem(await send(padded(16_385)), 413, 'body-too-large')
  })

  it('is refused unread if the request declares more', async () => {
    const { site, browser } = await prepared()
    const sent = streamOf([bytes('{}')])
    const headers = { 'Content-Length': '16385' }
    const answer = await withoutTrace(site, () => browser.send('verify', { headers, body: sent.body }))
    expectProblem(answer, 413, 'body-too-large')
    expect(sent.left).toHaveLength(1)
  })

  it.each([
    ['nothing', null],
    ['less than comes', '5'],
    ['nonsense', 'many'],
    ['less than nothing', '-1'],
  ])('is counted if it declares %s, and reading stops there', async (_, length) => {
    const { site, browser } = await prepared()
    const kilobyte = new Uint8Array(1024).fill(32)
    const sent = streamOf(new Array<Uint8Array>(1000).fill(kilobyte))
    const headers = { 'Content-Length': length }
    const answer = await withoutTrace(site, () => browser.send('verify', { headers, body: sent.body }))
    expectProblem(answer, 413, 'body-too-large')
    expect(sent.isCanceled()).toBe(true)
    expect(sent.left.length).toBeGreaterThan(980)
  })

  it('may arrive in chunks, cut anywhere', async () => {
    const { browser, phone } = await prepared()
    const whole = bytes(JSON.stringify({ code: phone.next() }))
    const sent = streamOf([...whole].map((byte) => Uint8Array.of(byte)))
    expect((await browser.send('verify', { body: sent.body })).status).toBe(200)
  })
})

describe('a slow body', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('is waited for ten seconds in all', async () => {
    const { site, browser } = await prepared()
    const sent = streamOf([bytes('{"co')], { ends: false })
    let answer: Answer | undefined
    const waiting = withoutTrace(site, () => browser.send('verify', { body: sent.body })).then((come) => {
      answer = come
    })
    await vi.advanceTimersByTimeAsync(9_999)
    expect(answer).toBeUndefined()
    expect(sent.isCanceled()).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    await waiting
    if (answer === undefined) throw new Error('No answer came.')
    expectProblem(answer, 408, 'body-too-slow')
    expect(sent.isCanceled()).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('leaves no timer behind when it comes in time', async () => {
    const { browser } = await prepared()
    await browser.post('verify', { code: 'x' })
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a body that is not a JSON object', () => {
  it.each<[string, BodyInit | null]>([
    ['nothing', null],
    ['an empty body', ''],
    ['white space', ' \n'],
    ['half of it', '{"code":"123"'],
    ['two of them', '{"code":"1"}{"code":"2"}'],
    ['a trailing comma', '{"code":"1",}'],
    ['single quotes', "{'code':'1'}"],
    ['a comment', '{"code":"1"/**/}'],
    ['an array', '[]'],
    ['an array with a body in it', '[{"code":"1"}]'],
    ['null', 'null'],
    ['a number', '5'],
    ['text', '"code"'],
    ['what is not UTF-8', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)],
    ['UTF-8 cut off', bytes('{"code":"é"}').slice(0, 10)],
    ['overlong UTF-8', Uint8Array.of(...bytes('{"code":"'), 0xc0, 0xb1, ...bytes('"}'))],
    ['surrogates in UTF-8', Uint8Array.of(...bytes('{"code":"'), 0xed, 0xa0, 0x80, ...bytes('"}'))],
    ['UTF-16', new Uint8Array(new Uint16Array([...'{"code":"1"}'].map((c) => c.charCodeAt(0))).buffer)],
    ['a mark of byte order in the middle', '{"code":\uFEFF"1"}'],
    ['a control character in text', '{"code":"1\n2"}'],
    ['a NUL', '{"code":"1"}\0'],
    ['16 KiB of [', '['.repeat(16_384)],
    ['16 KiB of [ and ]', '['.repeat(8192) + ']'.repeat(8192)],
    ['16 KiB of objects in each other', `${'{"a":'.repeat(2700)}1${'}'.repeat(2700)}`],
    ['16 KiB of quotes', `{"code":"${'\\"'.repeat(8180)}"}`],
    ['16 KiB of backslashes', `{"code":"${'\\'.repeat(16_370)}"}`],
  ])('%s changes nothing', async (_, body) => {
    const { site, browser, secrets } = await prepared()
    for (const path of CHANGES) {
      const answer = await withoutTrace(site, () => browser.send(path, { body }))
      expectProblem(answer, 400, 'invalid-request')
      expectNoSecrets(site, answer.text, secrets)
    }
  })

  it('a byte order mark before it is ignored, as RFC 8259 §8.1 allows', async () => {
    const { browser, phone } = await prepared()
    const body = `\uFEFF${JSON.stringify({ code: phone.next() })}`
    expect((await browser.send('verify', { body })).status).toBe(200)
  })

  it('a sender that hangs up changes nothing', async () => {
    const { site, browser, phone } = await prepared()
    const whole = bytes(JSON.stringify({ code: phone.next() }))
    const { body } = streamOf([whole], { fails: true })
    expectProblem(await withoutTrace(site, () => browser.send('verify', { body })), 400, 'invalid-request')
  })

  it('a body that was already read counts as missing', async () => {
    const { site, browser } = await prepared()
    const request = new Request('https://app.example.com/two-factor/verify', {
      method: 'POST',
      body: '{"code":"1"}',
      headers: {
        Origin: 'https://app.example.com',
        'Content-Type': 'application/json',
        Cookie: `session=${browser.jar.get('session')}`,
      },
    })
    await request.text()
    const response = await withoutTrace(site, () => site.handler(request))
    expect(response.status).toBe(400)
  })
})

describe('fields', () => {
  it.each([
    ['twice', (code: string) => `{"code":"${code}","code":"${code}"}`],
    ['twice, once escaped', (code: string) => `{"code":"x","\\u0063ode":"${code}"}`],
    ['twice, escaped otherwise', (code: string) => `{"\\u0063\\u006Fde":"x","\\u0063\\u006fde":"${code}"}`],
    ['twice, with space around', (code: string) => `{"code" : "x" , "code"\n:\t"${code}"}`],
    ['twice, the first an object', (code: string) => `{"code":{"code":1},"code":"${code}"}`],
  ])('the same field %s is refused, whichever is right', async (_, bodyOf) => {
    const { site, browser, phone } = await prepared()
    const answer = await withoutTrace(site, () => browser.send('verify', { body: bodyOf(phone.code()) }))
    expectProblem(answer, 400, 'invalid-request')
    expect((await browser.post('verify', { code: phone.code() })).status).toBe(200)
  })

  it.each([
    `{"proof":{"password":"x","password":"${PASSWORD}"}}`,
    `{"proof":{"\\u0070assword":"x","password":"${PASSWORD}"}}`,
    `{"proof":{},"proof":{"password":"${PASSWORD}"}}`,
    `{"proof":{"password":"${PASSWORD}"},"name":"a","name":"b"}`,
  ])('nor twice inside of proof: %s', async (body) => {
    const { site, browser } = await prepared()
    const answer = await withoutTrace(site, () => browser.send('begin-setup', { body }))
    expectProblem(answer, 400, 'invalid-request')
  })

  it('with one name in different objects, or in text, are not duplicates', async () => {
    const { browser } = await prepared()
    const body = `{"proof":{"password":"${PASSWORD}"},"name":"\\"name\\":{\\"name\\":"}`
    expect((await browser.send('begin-setup', { body })).status).toBe(200)
  })

  it.each([
    '{"code":"CODE","extra":1}',
    '{"code":"CODE","timeMs":0}',
    '{"code":"CODE","__proto__":{"x":1}}',
    '{"code":"CODE","__proto__":null}',
    '{"code":"CODE","constructor":{"prototype":{"x":1}}}',
    '{"code":"CODE","toString":1}',
    '{"code":"CODE","hasOwnProperty":true}',
    '{"code":"CODE","":1}',
    '{"code":"CODE","Code":"CODE"}',
    '{"code":"CODE","code ":"CODE"}',
    '{"code":"CODE","userId":"bob"}',
    '{"code":"CODE","device":"x"}',
    '{"code":"CODE","proof":null}',
    '{"__proto__":{"code":"CODE"}}',
    '{"constructor":{"code":"CODE"}}',
  ])('that are unknown are refused: %s [CS-TOTP-11]', async (text) => {
    const { site, browser, phone } = await prepared()
    const body = text.replaceAll('CODE', phone.code())
    expectProblem(await withoutTrace(site, () => browser.send('verify', { body })), 400, 'invalid-request')
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false)
  })

  it('of another type are refused wherever they are', async () => {
    const { site, browser } = await prepared()
    const wrong = ['5', 'true', 'null', '{}', '[]', '["123456"]', '{"length":6}', '1e400', '-0', '9007199254740993']
    const fields: [string, string][] = [
      ['verify', 'code'],
      ['confirm-setup', 'code'],
      ['rename-authenticator', 'id'],
      ['begin-setup', 'name'],
      ['begin-setup', 'replaces'],
      ['revoke-trusted-devices', 'id'],
      ['disable', 'proof'],
    ]
    for (const [path, field] of fields) {
      for (const value of wrong) {
        const answer = await withoutTrace(site, () => browser.send(path, { body: `{"${field}":${value}}` }))
        expectProblem(answer, 400, 'invalid-request')
      }
    }
    for (const kind of ['password', 'code']) {
      for (const value of wrong) {
        const body = `{"proof":{"${kind}":${value}}}`
        expectProblem(await withoutTrace(site, () => browser.send('disable', { body })), 400, 'invalid-request')
      }
    }
    const trust = ['1', '"true"', 'null', '{}', '[]']
    for (const value of trust) {
      const body = `{"challengeToken":"x","code":"1","trustDevice":${value}}`
      expectProblem(
        await withoutTrace(site, () => browser.send('complete-challenge', { body })),
        400,
        'invalid-request',
      )
    }
  })

  it.each([[''], ['a'.repeat(65)], ['é'.repeat(33)], ['a\u0000b'], ['a\r\nSet-Cookie: x=1'], ['\ud800'], [' \u3000']])(
    'a name that a token cannot have is refused as one: %j',
    async (name) => {
      const { site, browser } = await prepared()
      const body = { proof: { password: PASSWORD }, name }
      const answer = await withoutTrace(site, () => browser.post('issue-access-token', body))
      expectProblem(answer, 422, 'invalid-name')
      expectNoSecrets(site, answer.text, [])
    },
  )

  it('a name of any length that a person typed is refused as one, wherever a name is accepted', async () => {
    const { site, browser } = await prepared()
    const name = 'a'.repeat(10_000)
    const given = { id: 'x', proof: { password: PASSWORD }, name }
    for (const [operation, fields] of [
      ['begin-setup', ['proof', 'name']],
      ['rename-authenticator', ['id', 'name']],
      ['issue-access-token', ['proof', 'name']],
      ['rename-access-token', ['id', 'name']],
    ] as const) {
      const body = Object.fromEntries(fields.map((field) => [field, given[field]]))
      expectProblem(await withoutTrace(site, () => browser.post(operation, body)), 422, 'invalid-name')
    }
  })

  it.each([
    [{ name: 'ok', expiresAtMs: 1e300 }],
    [{ name: 'ok', expiresAtMs: 9_007_199_254_740_991 }],
    [{ name: 'ok', expiresAtMs: 8_640_000_000_000_001 }],
    [{ name: 'ok', expiresAtMs: 1.5 }],
    [{ name: 'ok', expiresAtMs: -1 }],
    [{ name: 'ok', expiresAtMs: '2030-01-01' }],
    [{ name: 'ok', scopes: 'read' }],
    [{ name: 'ok', scopes: ['read', 'read'] }],
    [{ name: 'ok', scopes: ['Read'] }],
    [{ name: 'ok', scopes: ['a b'] }],
    [{ name: 'ok', scopes: [null] }],
    [{ name: 'ok', scopes: { 0: 'read', length: 1 } }],
    [{ name: 'ok', scopes: Array.from({ length: 21 }, (_, at) => `s${at}`) }],
    [{ name: 'ok', scopes: [`a${'b'.repeat(64)}`] }],
  ])('of a token that cannot be are refused: %j', async (fields) => {
    const { site, browser } = await prepared()
    const body = { proof: { password: PASSWORD }, ...fields }
    const answer = await withoutTrace(site, () => browser.post('issue-access-token', body))
    expectProblem(answer, 400, 'invalid-request')
    expectNoSecrets(site, answer.text, [])
  })

  it('at their limits are accepted', async () => {
    const { site, browser } = await prepared()
    const scopes = Array.from({ length: 20 }, (_, at) => `${at}`.padStart(64, 'a'))
    const body = { proof: { password: PASSWORD }, name: '🔑'.repeat(16), scopes, expiresAtMs: 8_640_000_000_000_000 }
    expect((await browser.post('issue-access-token', body)).status).toBe(200)
    expect(await site.tokens.list('ann')).toMatchObject([{ name: body.name, scopes, expiresAtMs: body.expiresAtMs }])
    expect(site.faults).toEqual([])
  })

  it('say what was asked for and where, and never what was given', async () => {
    const { browser } = await prepared()
    const answer = await browser.post('issue-access-token', {
      proof: { password: 5 },
      name: 'A',
      scopes: [`secret${'x'.repeat(300)}`],
      extra: 1,
    })
    expect(answer.body['errors']).toEqual([
      { path: 'proof', message: 'expected { password }, { code } or { passkey, token }' },
      { path: 'scopes.0', message: expect.stringMatching(/^expected /) },
      { path: 'extra', message: 'unknown field' },
    ])
    expect(answer.text).not.toContain('secret')
  })

  it('thousands of wrong ones get a short answer', async () => {
    const { browser } = await prepared()
    const answer = await browser.post('issue-access-token', { name: 'ok', scopes: new Array(4000).fill(1) })
    expectProblem(answer, 400, 'invalid-request')
    expect(answer.text.length).toBeLessThan(2000)
    const long = await browser.post('verify', { ['x'.repeat(10_000)]: 1 })
    expect(long.text.length).toBeLessThan(1000)
  })
})

describe('a forged proof', () => {
  const symbol = 'Symbol(countersign.reauthenticated)'
  const confirmed: [string, object][] = [
    ['begin-setup', {}],
    ['view-recovery-codes', {}],
    ['regenerate-recovery-codes', {}],
    ['remove-authenticator', { id: 'x' }],
    ['disable', {}],
    ['issue-access-token', { name: 'x' }],
  ]

  it.each<[string, unknown]>([
    ['nothing in it', {}],
    ['two kinds', { password: PASSWORD, code: '123456' }],
    ['a right kind and more', { password: PASSWORD, extra: 1 }],
    ['the symbol as text', { [symbol]: Date.now() }],
    ['the symbol’s key', { 'countersign.reauthenticated': Date.now() }],
    ['reauthenticated', { reauthenticated: Date.now() }],
    ['the word', 'reauthenticated'],
    ['an array', []],
    ['an array of one', [{ password: PASSWORD }]],
    ['an array of pairs', [['password', PASSWORD]]],
    ['true', true],
    ['null', null],
    ['a password in an array', { password: [PASSWORD] }],
    ['a password in an object', { password: { toString: PASSWORD } }],
    ['a code as a number', { code: 123456 }],
    ['a password of 1025 characters', { password: 'x'.repeat(1025) }],
  ])('with %s proves nothing', async (_, proof) => {
    const { site, browser, secrets } = await prepared()
    for (const [path, rest] of confirmed) {
      const answer = await withoutTrace(site, () => browser.post(path, { ...rest, proof }))
      expectProblem(answer, 400, 'invalid-request')
      expectNoSecrets(site, answer.text, secrets)
    }
    expect(site.world.passwordsChecked).toEqual([])
  })

  it('left out proves nothing', async () => {
    const { site, browser } = await prepared()
    const { authenticators } = await site.world.twoFactor.status('ann')
    for (const [path, rest] of confirmed) {
      const body = path === 'remove-authenticator' ? { id: authenticators[0]?.id } : rest
      const answer = await withoutTrace(site, () => browser.post(path, body))
      expectProblem(answer, 403, 'proof-required')
    }
  })
})

describe('any JSON at all', () => {
  const keys = ['challengeToken', 'code', 'trustDevice', 'name', 'id', 'proof', 'password', 'replaces', 'scopes']
  const field = fc.oneof(fc.constantFrom(...keys, '__proto__', 'constructor', 'expiresAtMs', ''), fc.string())
  const leaf = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('all', '000000', '', '\ud800', '\u0000', -0, 1e308, Number.MAX_SAFE_INTEGER, 8.64e15),
  )
  const bodies = fc.oneof(
    fc.dictionary(field, fc.oneof(leaf, fc.dictionary(field, leaf, { maxKeys: 3 }), fc.array(leaf, { maxLength: 3 }))),
    fc.jsonValue(),
  )
  /** What needs no proof and no code may be done by chance, where the body is a right one. */
  const unproven = new Set([
    'this-device',
    'begin-step-up',
    'resume-setup',
    'cancel-setup',
    'revoke-trusted-devices',
    'revoke-all-access-tokens',
  ])

  it.each([...CHANGES, ...WAYS_IN])('%s refuses, changes nothing, and never breaks', async (path) => {
    const { site, browser, phone } = await prepared()
    await rightRequests(site, { browser, userId: 'ann', phone, recoveryCodes: [] })
    const send = async (body: string) => {
      const answer = unproven.has(path)
        ? await browser.send(path, { body })
        : await withoutFailures(() => browser.send(path, { body }))
      expect(site.faults).toEqual([])
      expect([400, 403, 404, 409, 410, 413, 422, 429, ...(unproven.has(path) ? [200] : [])]).toContain(answer.status)
      if (answer.status !== 200) expectProblem(answer, answer.status, textOf(answer, 'reason'))
    }
    // A wrong code or password of the right shape is counted: all else must leave no trace.
    const withoutFailures = async (work: () => Promise<Answer>) => {
      const before = await site.dump()
      const answer = await work()
      const isGuess = ['wrong-code', 'wrong-password', 'setup-expired'].includes(textOf(answer, 'reason'))
      if (!isGuess) expect(await site.dump()).toBe(before)
      return answer
    }
    await fc.assert(
      fc.asyncProperty(bodies, (body) => send(JSON.stringify(body) ?? 'null')),
      { numRuns: 150 },
    )
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (body) => {
        const answer = await withoutTrace(site, () => browser.send(path, { body: new Uint8Array(body) }))
        expect([400, 403, 404, 410]).toContain(answer.status)
      }),
      { numRuns: 50 },
    )
  })
})

describe('a challenge token', () => {
  const complete = async (browser: Browser, challengeToken: unknown) =>
    browser.post('complete-challenge', { challengeToken, code: '123456' })

  it('that is none is expired, and one that is too long is an invalid request', async () => {
    const { site } = await prepared()
    const browser = site.browser()
    const token = textOf(await browser.signIn(detailsOf('ann')), 'challengeToken')
    for (const wrong of [
      '',
      'x',
      token.slice(1),
      `${token}x`,
      token.toUpperCase(),
      '\u0000',
      '\ud800',
      'x'.repeat(12_288),
    ])
      expectProblem(await withoutTrace(site, () => complete(browser, wrong)), 410, 'challenge-expired')
    expectProblem(await withoutTrace(site, () => complete(browser, 'x'.repeat(12_289))), 400, 'invalid-request')
  })

  it('with the longest user id, account name and state fits', async () => {
    const userId = '\u{1F511}'.repeat(127)
    const site = createSite()
    const { phone } = await site.member(userId)
    const browser = site.browser()
    const state = '\u0001'.repeat(1024)
    const accountName = '\u4e00'.repeat(255)
    const challengeToken = textOf(await browser.signIn({ userId, accountName, state }), 'challengeToken')
    const answer = await browser.post('complete-challenge', { challengeToken, code: phone.next(), trustDevice: true })
    expect(answer.status).toBe(200)
    expect(site.opened).toMatchObject([{ userId, state }])
  })
})
