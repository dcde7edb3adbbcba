import { Validator } from '@seriousme/openapi-schema-validator'
import type { PasskeyCreationOptions } from 'countersign'
import { virtualAuthenticator, virtualPasskey } from 'countersign/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nobodys, SITE, sameAgain, verifier } from '../passkeys/world.ts'
import { addPhone, PASSWORD, wrongCode } from '../world.ts'
import { type Answer, type Browser, expectProblem, type Sent, textOf } from './browser.ts'
import { allOperations, type OpenApi, type Operation, operationsOf } from './document.ts'
import { CHANGES, rightRequests, WAYS_IN } from './right-requests.ts'
import { createSite, detailsOf, type Member, type Site } from './site.ts'

const proof = { password: PASSWORD }
const operations = await allOperations()
const byId = (id: string): Operation => {
  const found = operations.find((operation) => operation.id === id)
  if (found === undefined) throw new Error(`The document has no operation ${id}.`)
  return found
}

/** As a client that knows the document alone makes it. */
async function call(browser: Browser, operation: Operation, body: unknown, sent: Sent = {}): Promise<Answer> {
  const { method, path, takes } = operation
  const answer = await browser.send(path, {
    method,
    ...(takes === null ? {} : { body: JSON.stringify(body) }),
    ...sent,
    headers: { 'Content-Type': takes, ...sent.headers },
  })
  operation.check(answer.status, answer.headers.get('content-type'), answer.body)
  if (answer.status >= 400) expectProblem(answer, answer.status, textOf(answer, 'reason'))
  return answer
}

const optionsOf = ({ body }: Answer): PasskeyCreationOptions => body['options'] as PasskeyCreationOptions

const objectOf = (body: unknown): object => (typeof body === 'object' && body !== null ? body : {})

const documentOf = async (site: Site): Promise<OpenApi> => {
  const { text } = await site.browser().send('openapi.json', { method: 'GET' })
  return JSON.parse(text)
}

describe('the document', () => {
  it('is valid OpenAPI 3.1', async () => {
    for (const options of [{}, { hasTokens: false }, { handler: { allowedOrigins: ['https://a.example'] } }]) {
      const document = await documentOf(createSite(options))
      const { valid, errors } = await new Validator().validate({ ...document })
      expect(errors ?? []).toEqual([])
      expect(valid).toBe(true)
      expect(document.openapi).toBe('3.1.0')
    }
  })

  it('lists the routes that exist, and no others', async () => {
    for (const options of [{}, { hasTokens: false }, { handler: { basePath: '/api/2fa' } }]) {
      const site = createSite(options)
      const { browser } = await site.member()
      const document = await documentOf(options.handler === undefined ? site : createSite())
      const base = options.handler?.basePath ?? '/two-factor'
      const every = [...CHANGES, ...WAYS_IN, 'status', 'access-tokens', 'nothing', '', 'openapi', 'sign-in']
      for (const name of every) {
        const answer = await browser.send(`${base}/${name}`, { method: 'PUT' })
        const listed = operationsOf(document).find(({ path }) => path === `/two-factor/${name}`)
        expect([name, answer.status]).toEqual([name, listed === undefined ? 404 : 405])
        expectProblem(answer, answer.status, listed === undefined ? 'not-found' : 'method-not-allowed')
        if (listed !== undefined) expect(answer.headers.get('allow')).toBe(listed.method)
      }
      expect(operationsOf(document)).toHaveLength(options.hasTokens === false ? 18 : 23)
    }
  })

  it('gives every operation the name that the client has for it', () => {
    for (const { id, path } of operations)
      expect(path).toBe(`/two-factor/${id.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`)
  })

  it('says which operations are for whom', async () => {
    const { paths } = await documentOf(createSite())
    for (const { id, path, method, reasons } of operations) {
      const security = paths[path]?.[method.toLowerCase()]?.security
      expect([id, security]).toEqual([id, reasons.includes('signed-out') ? [{ session: [] }] : []])
    }
    const open = operations.filter(({ reasons }) => !reasons.includes('signed-out')).map(({ id }) => id)
    expect(open).toEqual(['completeChallenge', 'beginRequiredSetup', 'resumeRequiredSetup'])
  })

  it('says nothing of this installation but its name', async () => {
    const site = createSite()
    const text = JSON.stringify(await documentOf(site))
    expect(text).not.toMatch(new RegExp([site.world.keys, PASSWORD, 'ann'].join('|')))
  })
})

/** A body that is right for this operation, and the person who may send it. */
async function ready(operation: Operation): Promise<{ site: Site; browser: Browser; body: unknown }> {
  if (operation.id === 'beginRequiredSetup' || operation.id === 'resumeRequiredSetup') {
    const site = createSite({ twoFactor: { isRequired: () => true } })
    const browser = site.browser()
    const challengeToken = textOf(await browser.signIn(detailsOf('ann')), 'challengeToken')
    if (operation.id === 'beginRequiredSetup') return { site, browser, body: { challengeToken, name: 'Phone' } }
    await browser.post('begin-required-setup', { challengeToken })
    return { site, browser, body: { challengeToken } }
  }
  const site = createSite()
  const member = await site.member()
  const bodies: Record<string, unknown> = await rightRequests(site, member)
  const body = bodies[operation.path.replace('/two-factor/', '')]
  if (operation.takes !== null && body === undefined) throw new Error(`No test knows how to call ${operation.id}.`)
  return { site, browser: member.browser, body }
}

describe.each(operations)('$id, as the document has it', (operation) => {
  it('is called, and answers what it says', async () => {
    const { site, browser, body } = await ready(operation)
    if (operation.takes !== null) expect(operation.isRight(body)).toBe(true)
    const answer = await call(browser, operation, body)
    expect(answer.status).toBe(200)
    expect(site.faults).toEqual([])
  })

  it('refuses as it says [CS-HTTP-01]', async () => {
    const { site, browser, body } = await ready(operation)
    const stranger = site.browser()
    const expected = new Set<string>()
    const refused = async (from: Browser, reason: string, sent: Sent, given: unknown = body) => {
      expect((await call(from, operation, given, sent)).body).toMatchObject({ reason })
      expected.add(reason)
    }
    if (operation.takes !== null) {
      await refused(browser, 'cross-site', { headers: { Origin: 'https://evil.example' } })
      await refused(browser, 'not-json', { headers: { 'Content-Type': 'text/plain' } })
      await refused(browser, 'body-too-large', { body: ' '.repeat(20_000) })
      const wrong = { ...objectOf(body), unknown: 1 }
      expect(operation.isRight(wrong)).toBe(false)
      await refused(browser, 'invalid-request', {}, wrong)
      expect(operation.isRight([])).toBe(false)
      await refused(browser, 'invalid-request', {}, [])
    }
    if (operation.reasons.includes('signed-out')) await refused(stranger, 'signed-out', {})
    const outside = ['cross-site', 'not-json', 'body-too-large', 'invalid-request', 'signed-out']
    expect([...expected].sort()).toEqual(operation.reasons.filter((reason) => outside.includes(reason)).sort())
  })
})

describe('each reason of each operation', () => {
  type Produce = (site: Site, member: Member) => Promise<[browser: Browser, body: unknown]>

  const begin = async (browser: Browser) => textOf(await browser.signIn(detailsOf('ann')), 'challengeToken')
  const pass = (site: Site) => site.world.clock.advance({ seconds: 3600 })

  /** From here on every code is refused, unlooked at. */
  async function fail(site: Site, { browser, phone }: Member, reason: 'throttled' | 'locked'): Promise<void> {
    for (let tries = 0; tries < 30; tries += 1) {
      const answer = await browser.post('verify', { code: wrongCode(site.world, phone) })
      if (textOf(answer, 'reason') === reason) return
      if (reason === 'locked') pass(site)
    }
    throw new Error(`It was never ${reason}.`)
  }

  /** What can happen to a code, put where the operation takes it. */
  const codes = (put: (browser: Browser, code: string) => Promise<unknown>): Record<string, Produce> => ({
    'wrong-code': async (site, { browser, phone }) => [browser, await put(browser, wrongCode(site.world, phone))],
    'code-used': async (site, { browser, phone }) => {
      const code = phone.next()
      await site.world.twoFactor.verify('ann', { code })
      return [browser, await put(browser, code)]
    },
    throttled: async (site, member) => {
      await fail(site, member, 'throttled')
      return [member.browser, await put(member.browser, wrongCode(site.world, member.phone))]
    },
    locked: async (site, member) => {
      await fail(site, member, 'locked')
      return [member.browser, await put(member.browser, wrongCode(site.world, member.phone))]
    },
  })
  const proofs = (rest: object = {}): Record<string, Produce> => ({
    ...codes(async (_, code) => ({ ...rest, proof: { code } })),
    'wrong-passkey': async (_, { browser }) => [browser, { ...rest, proof: { passkey: nobodys, token: 'x' } }],
    'wrong-password': async (_, { browser }) => [browser, { ...rest, proof: { password: 'wrong' } }],
    'proof-required': async (_, { browser }) => [browser, rest],
  })
  const off: Produce = async (site, { browser }) => {
    await site.world.twoFactor.admin.reset('ann', { by: 'test', note: 'test' })
    return [browser, { proof }]
  }
  const offWith =
    (body: object): Produce =>
    async (site, member) => [(await off(site, member))[0], body]
  const just =
    (body: unknown): Produce =>
    async (_, { browser }) => [browser, body]
  const full: Produce = async (site, { browser }) => {
    for (let phones = 1; phones < 5; phones += 1) await addPhone(site.world, 'ann')
    return [browser, { proof }]
  }
  const expired: Produce = async (_, { browser }) => {
    await begin(browser)
    return [browser, { challengeToken: 'x', code: '123456' }]
  }
  const deadChallenge: Record<string, Produce> = {
    'sign-in-cookie-missing': async (site, { browser }) => [site.browser(), { challengeToken: await begin(browser) }],
    'challenge-expired': async (_, { browser }) => [browser, { challengeToken: await begin(browser) }],
    'challenge-used': async () => {
      const site = createSite({ twoFactor: { isRequired: () => true } })
      const browser = site.browser()
      const challengeToken = await begin(browser)
      const cookies = [...browser.jar]
      const offer = await browser.post('begin-required-setup', { challengeToken })
      const phone = virtualAuthenticator(textOf(offer, 'uri'), { now: site.world.clock.now })
      await browser.post('complete-challenge', { challengeToken, code: phone.next() })
      for (const [name, value] of cookies) browser.jar.set(name, value)
      return [browser, { challengeToken }]
    },
  }
  const withId = (id: string): Record<string, Produce> =>
    Object.fromEntries(
      Object.entries(proofs()).map(([reason, produce]) => [
        reason,
        async (site: Site, member: Member) => {
          await addPhone(site.world, 'ann')
          const [authenticator] = (await site.world.twoFactor.status('ann')).authenticators
          const [browser, body] = await produce(site, member)
          return [browser, { ...objectOf(body), [id]: authenticator?.id }]
        },
      ]),
    )

  /** The same person begins in another browser. */
  const supersede: Produce = async (site, { browser }) => {
    await browser.post('begin-setup', { proof })
    await site.world.twoFactor.beginSetup('ann', { proof, accountName: 'ann' })
    return [browser, {}]
  }
  const deadSetup: Record<string, Produce> = {
    'setup-expired': just({}),
    'setup-superseded': supersede,
  }

  const producers: Record<string, Record<string, Produce>> = {
    completeChallenge: {
      ...codes(async (browser, code) => ({ challengeToken: await begin(browser), code })),
      'wrong-passkey': async (_, { browser }) => [browser, { challengeToken: await begin(browser), passkey: nobodys }],
      'challenge-expired': expired,
      'sign-in-cookie-missing': async (site, { browser, phone }) => [
        site.browser(),
        { challengeToken: await begin(browser), code: phone.next() },
      ],
      'challenge-used': async (_, { browser, phone }) => {
        const body = { challengeToken: await begin(browser), code: phone.next() }
        const cookies = [...browser.jar]
        await browser.post('complete-challenge', body)
        for (const [name, value] of cookies) browser.jar.set(name, value)
        return [browser, body]
      },
      'setup-expired': async () => {
        const site = createSite({ twoFactor: { isRequired: () => true } })
        const browser = site.browser()
        return [browser, { challengeToken: await begin(browser), code: '123456' }]
      },
      'setup-superseded': async () => {
        const site = createSite({ twoFactor: { isRequired: () => true } })
        const browser = site.browser()
        const challengeToken = await begin(browser)
        const offer = await browser.post('begin-required-setup', { challengeToken })
        await browser.post('begin-required-setup', { challengeToken })
        return [browser, { challengeToken, code: '123456', setupId: textOf(offer, 'setupId') }]
      },
    },
    beginRequiredSetup: {
      ...deadChallenge,
      'invalid-name': async (_, { browser }) => [browser, { challengeToken: await begin(browser), name: 'a\nb' }],
    },
    resumeRequiredSetup: {
      ...deadChallenge,
      'setup-expired': async () => {
        const browser = createSite({ twoFactor: { isRequired: () => true } }).browser()
        return [browser, { challengeToken: await begin(browser) }]
      },
      'setup-superseded': async () => {
        const site = createSite({ twoFactor: { isRequired: () => true } })
        const browser = site.browser()
        const challengeToken = await begin(browser)
        await browser.post('begin-required-setup', { challengeToken })
        const other = site.browser()
        await other.post('begin-required-setup', { challengeToken: await begin(other) })
        return [browser, { challengeToken }]
      },
    },
    verify: {
      ...codes(async (_, code) => ({ code })),
      'wrong-passkey': just({ passkey: nobodys, token: 'x' }),
      'not-enabled': offWith({ code: '123456' }),
    },
    beginSetup: {
      ...proofs(),
      'limit-reached': full,
      'not-found': just({ proof, replaces: 'x' }),
      'invalid-name': just({ proof, name: 'a\nb' }),
    },
    resumeSetup: deadSetup,
    cancelSetup: deadSetup,
    confirmSetup: {
      'setup-expired': just({ code: '123456' }),
      'setup-superseded': async (site, member) => {
        const [browser] = await supersede(site, member)
        return [browser, { code: '123456' }]
      },
      'wrong-code': async (_, { browser }) => {
        await browser.post('begin-setup', { proof })
        return [browser, { code: 'x' }]
      },
      'wrong-passkey': async (_, { browser }) => {
        await browser.post('begin-setup', { proof })
        return [browser, { passkey: nobodys }]
      },
      'already-registered': async () => {
        const { browser } = await createSite({ twoFactor: { passkeys: verifier() } }).member()
        const offer = async () => optionsOf(await browser.post('begin-setup', { proof, type: 'passkey' }))
        const passkey = await virtualPasskey(SITE).create(await offer())
        await browser.post('confirm-setup', { passkey })
        return [browser, { passkey: sameAgain(passkey, await offer()) }]
      },
      'limit-reached': async (site, { browser }) => {
        for (let phones = 1; phones < 4; phones += 1) await addPhone(site.world, 'ann')
        const { authenticators } = await site.world.twoFactor.status('ann')
        await addPhone(site.world, 'ann')
        await browser.post('begin-setup', { proof, replaces: authenticators[0]?.id })
        await site.world.twoFactor.removeAuthenticator('ann', { id: authenticators[0]?.id ?? '', proof })
        const record = await site.world.store.record('ann')
        const [one] = record?.authenticators ?? []
        await site.world.store.plant('ann', {
          ...record,
          authenticators: [...(record?.authenticators ?? []), { ...one, id: 'one-more' }],
        })
        return [browser, { code: '123456' }]
      },
    },
    beginStepUp: { 'not-enabled': offWith({}) },
    viewRecoveryCodes: {
      ...proofs(),
      'not-enabled': off,
      'not-viewable': async () => {
        const site = createSite({ twoFactor: { recoveryCodes: { keep: 'hashed' } } })
        return [(await site.member()).browser, { proof }]
      },
    },
    regenerateRecoveryCodes: { ...proofs(), 'not-enabled': off },
    markRecoveryCodesSaved: {
      'not-enabled': offWith({ createdAtMs: 0 }),
      'not-found': just({ createdAtMs: 0 }),
    },
    renameAuthenticator: {
      'not-enabled': offWith({ id: 'x', name: 'x' }),
      'not-found': just({ id: 'x', name: 'x' }),
      'invalid-name': just({ id: 'x', name: '\n' }),
    },
    removeAuthenticator: {
      ...withId('id'),
      'not-enabled': offWith({ id: 'x', proof }),
      'not-found': just({ id: 'x', proof }),
      'last-authenticator': async (site, { browser }) => {
        const [authenticator] = (await site.world.twoFactor.status('ann')).authenticators
        return [browser, { id: authenticator?.id, proof }]
      },
    },
    revokeTrustedDevices: { 'not-enabled': offWith({}), 'not-found': just({ id: 'x' }) },
    disable: {
      ...proofs(),
      'not-enabled': off,
      'two-factor-required': async () => {
        const site = createSite({ twoFactor: { isRequired: () => true } })
        return [(await site.member()).browser, { proof }]
      },
    },
    issueAccessToken: {
      ...proofs({ name: 'Script' }),
      'limit-reached': async (site, { browser }) => {
        const issue = () => site.tokens.admin.issue('ann', { name: 'Script', by: 'test', note: 'test' })
        while ((await issue()).ok);
        return [browser, { proof, name: 'Script' }]
      },
      'unknown-scope': async () => {
        const site = createSite({ scopes: ['read'] })
        return [(await site.member()).browser, { proof, name: 'Script', scopes: ['write'] }]
      },
      'already-expired': just({ proof, name: 'Script', expiresAtMs: 0 }),
      'invalid-name': just({ proof, name: ' ' }),
    },
    renameAccessToken: { 'not-found': just({ id: 'x', name: 'x' }), 'invalid-name': just({ id: 'x', name: '' }) },
    revokeAccessToken: { 'not-found': just({ id: 'x' }) },
  }

  const outside = new Set([
    'signed-out',
    'invalid-request',
    'cross-site',
    'body-too-slow',
    'body-too-large',
    'not-json',
  ])
  const cases = operations.flatMap(({ id, reasons }) =>
    reasons.filter((reason) => reason !== 'server-error' && !outside.has(reason)).map((reason) => ({ id, reason })),
  )

  it('can occur, and no test causes one that the document does not name', () => {
    const made = Object.entries(producers).flatMap(([id, reasons]) =>
      Object.keys(reasons).map((reason) => `${id} ${reason}`),
    )
    expect(made.sort()).toEqual(cases.map(({ id, reason }) => `${id} ${reason}`).sort())
  })

  it.each(cases)('$id: $reason [CS-HTTP-02]', async ({ id, reason }) => {
    const site = createSite()
    const member = await site.member()
    const produce = producers[id]?.[reason]
    if (produce === undefined) throw new Error(`No test knows how ${id} comes to refuse with ${reason}.`)
    const [browser, body] = await produce(site, member)
    const operation = byId(id)
    expect(operation.isRight(body)).toBe(true)
    const answer = await call(browser, operation, body)
    expect(answer.body).toMatchObject({ reason })
    const wait = answer.body['retryAfterSeconds']
    if (reason === 'throttled' || reason === 'locked') expect(wait).toBeGreaterThan(0)
    expect(answer.headers.get('retry-after')).toBe(typeof wait === 'number' ? String(wait) : null)
    expect(site.faults).toEqual([])
  })
})

describe('the schemas of the bodies', () => {
  it('say, as the handler does, that no scope occurs twice', async () => {
    const one = byId('issueAccessToken')
    const { browser, body } = await ready(one)
    const sent = { ...objectOf(body), scopes: ['read', 'read'] }
    expect((await call(browser, one, sent)).body).toMatchObject({ reason: 'invalid-request' })
    expect(one.isRight(sent)).toBe(false)
    expect(one.isRight({ ...sent, scopes: ['read'] })).toBe(true)
  })

  const text = fc.oneof(fc.string({ maxLength: 70 }), fc.constantFrom('', 'x'.repeat(64), 'x'.repeat(65), 'a\nb'))
  const values = fc.oneof(
    text,
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constantFrom(null, 8.64e15, 8.64e15 + 1, -1, 0.5),
    fc.array(text, { maxLength: 3 }),
    fc.record({ password: text }),
    fc.record({ code: text }),
    fc.record({ code: text, password: text }),
  )

  it.each(operations.filter(({ takes }) => takes !== null))(
    '$id takes what its schema takes, and no other',
    async (one) => {
      const { browser, body } = await ready(one)
      const fields = Object.keys({ proof, name: '', scopes: [], expiresAtMs: 0, ...objectOf(body) })
      const mutated = fc.dictionary(fc.constantFrom(...fields), values, { maxKeys: 3 })
      await fc.assert(
        fc.asyncProperty(mutated, fc.boolean(), async (change, isAlone) => {
          const sent: unknown = JSON.parse(JSON.stringify(isAlone ? change : { ...objectOf(body), ...change }))
          const answer = await call(browser, one, sent)
          const isRefused = answer.body['reason'] === 'invalid-request'
          // Of what JSON Schema has no word for, one can come up here: bytes of UTF-8.
          if (isRefused) expect(!one.isRight(sent) || answer.text.includes('<=64')).toBe(true)
          else expect(one.isRight(sent)).toBe(true)
        }),
        { numRuns: 100 },
      )
    },
  )
})
