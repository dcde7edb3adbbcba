import { reauthenticated } from 'countersign'
import type { HandlerOptions } from 'countersign/http'
import { describe, expect, test } from 'vitest'
import { textOf } from '../http/browser.ts'
import { createSite, detailsOf } from '../http/site.ts'
import { createWorld, enrolled, faultOf, PASSWORD, START, untyped } from '../world.ts'

const proof = { password: PASSWORD }

describe('a hook of the engine says yes or no', () => {
  test.each<[string, unknown, string]>([
    ['a user', { id: 7, passwordHash: 'secret' }, 'an object.'],
    ['nothing', undefined, 'undefined. Is a `return` missing?'],
    ['null', null, 'null.'],
    ['a count', 1, 'a number.'],
    ['a string', 'secret', 'a string.'],
    ['rows', [{ id: 7 }], 'an array.'],
    ['the check itself', () => true, 'a function.'],
  ])('%s is neither', async (_, answer, returned) => {
    const world = createWorld({ verifyPassword: untyped(async () => answer) })
    await enrolled(world)
    const wrongPassword = await faultOf(() => world.twoFactor.disable('ann', { proof }))
    expect([wrongPassword.code, wrongPassword.message]).toEqual([
      'hook_invalid',
      `verifyPassword must return true or false; it returned ${returned}`,
    ])
    expect((await world.twoFactor.status('ann')).throttle.passwords).toEqual({ state: 'open', untilMs: null })

    const compared = createWorld({ verifyImportedCode: untyped(async () => answer) })
    await compared.twoFactor.admin.importUser('ann', {
      authenticators: [{ secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' }],
      recoveryCodes: [{ hash: 'x', length: 8 }],
    })
    const wrongCode = await faultOf(() => compared.twoFactor.verify('ann', { code: 'abcd-efgh' }))
    expect([wrongCode.code, wrongCode.message]).toEqual([
      'hook_invalid',
      `verifyImportedCode must return true or false; it returned ${returned}`,
    ])

    const required = await faultOf(() => createWorld({ isRequired: untyped(() => answer) }).twoFactor.challenge('bob'))
    expect(required.code).toBe('hook_invalid')
    expect(required.message).toContain('isRequired must return')
    expect(required.message).toContain(`; it returned ${returned}`)
  })
})

describe('isRequired says yes, no, or from when', () => {
  const MUST = 'isRequired must return true, false or { fromMs } with a time in Unix milliseconds; it returned'
  test.each<[string, unknown]>([
    [`${MUST} an object. Its fromMs must be a finite number.`, { fromMs: Number.NaN }],
    [`${MUST} an object. Its fromMs must be a finite number.`, { fromMs: '2026-01-01' }],
    [`${MUST} undefined. Is a \`return\` missing?`, undefined],
    [`${MUST} null.`, null],
    [`${MUST} a string.`, 'yes'],
  ])('%s', async (message, answer) => {
    const world = createWorld({ isRequired: untyped(() => answer) })
    const fault = await faultOf(() => world.twoFactor.challenge('ann'))
    expect([fault.code, fault.message]).toEqual(['hook_invalid', message])
  })
})

const USER = 'authenticate must return { userId, accountName }, or null if nobody is signed in'
const SENT = "headers that can be sent, such as { 'Set-Cookie': … }, or a Response"

/** Hooks of the handler, and what its host is told when the hook returns that. */
const RETURNS: [string, Partial<HandlerOptions>, string][] = [
  ['true', { authenticate: () => untyped(true) }, `${USER}; it returned a boolean.`],
  ['the id alone', { authenticate: () => untyped('ann') }, `${USER}; it returned a string.`],
  [
    'a user of the database',
    { authenticate: () => untyped({ id: 7, email: 'a@b.example' }) },
    `${USER}; userId must be a string, not undefined; it returned an object. Pass String(user.id).`,
  ],
  [
    'a number as userId',
    { authenticate: () => untyped({ userId: 7, accountName: 'ann' }) },
    `${USER}; userId must be a string, not a number; it returned an object. Pass String(user.id).`,
  ],
  [
    'a number as accountName',
    { authenticate: () => untyped({ userId: 'ann', accountName: 7 }) },
    `${USER}; accountName must be a string, not a number; it returned an object. It is what the authenticator app shows: the login or email address.`,
  ],
  [
    'text',
    { onVerified: () => untyped('ok') },
    `onVerified must return ${SENT}; it returned a string. Return {} if there is nothing to set.`,
  ],
  [
    'a Response of HTML',
    { onVerified: () => new Response('<html>') },
    'onVerified must return headers, an empty Response, or Response.json({ … }), whose fields are added to the answer; it returned a Response. The body of its Response is not a JSON object.',
  ],
  [
    'a promise',
    { context: () => Promise.resolve({ ip: '::1' }) },
    'context must return a value for the events, not a promise; it returned a promise (is an await missing?). It is not awaited.',
  ],
]

test.each(RETURNS)('%s from a hook of the handler', async (_, handler, message) => {
  const site = createSite({ handler })
  const { browser, phone } = await site.member()
  expect((await browser.post('verify', { code: phone.next() })).status).toBe(500)
  expect(site.faults).toMatchObject([{ code: 'hook_invalid', message }])
})

test.each<[string, unknown, string]>([
  [
    'nothing',
    undefined,
    'openSession must return the headers that open the session, or a Response; it returned undefined. Return {} if the session is opened in another way.',
  ],
  ['true', true, `openSession must return ${SENT}; it returned a boolean. Return {} if there is nothing to set.`],
])('%s from openSession', async (_, returned, message) => {
  const site = createSite({ handler: { openSession: () => untyped(returned) } })
  expect((await site.browser().signIn(detailsOf('bob'))).status).toBe(500)
  expect(site.faults).toMatchObject([{ code: 'hook_invalid', message }])
})

test.each<[string, unknown, string]>([
  ['nothing', undefined, 'undefined. Is a `return` missing?'],
  ['a promise', Promise.resolve('Firefox'), 'a promise (is an await missing?).'],
])('%s from deviceName, before the code is spent', async (_, returned, shown) => {
  const site = createSite({ handler: { deviceName: () => untyped(returned) } })
  const { phone } = await site.member()
  const browser = site.browser()
  const challengeToken = textOf(await browser.signIn(detailsOf('ann')), 'challengeToken')
  const before = await site.dump()
  expect((await browser.post('complete-challenge', { challengeToken, code: phone.next() })).status).toBe(500)
  expect(site.faults).toMatchObject([{ message: `deviceName must return a string; it returned ${shown}` }])
  expect(await site.dump()).toBe(before)
})

test.each<[string, unknown, string]>([
  ['seconds', START / 1000, 'a number. Is it in seconds? Multiply by 1000.'],
  ['a Date', new Date(START), 'a Date. Pass its getTime().'],
])('%s as signedInAtMs, where it is the proof', async (_, signedInAtMs, shown) => {
  const site = createSite({ twoFactor: { acceptedProofs: ['reauthenticated'] } })
  const { browser, userId } = await site.member()
  site.sessions.set('of-ann', { userId, accountName: 'ann', signedInAtMs: untyped(signedInAtMs) })
  expect((await browser.post('disable', {})).status).toBe(500)
  expect(site.faults).toMatchObject([
    {
      code: 'hook_invalid',
      message: `authenticate must return a signedInAtMs in Unix milliseconds, or none; it returned ${shown}`,
    },
  ])
})

test('a look-up that finds nobody may return undefined', async () => {
  const site = createSite({ handler: { authenticate: () => untyped(undefined) } })
  expect((await site.browser().get('status')).status).toBe(401)
})

test.each<[string, unknown, string]>([
  ['seconds', 1_790_000_000, '1790000000. Is it in seconds? Multiply by 1000.'],
  ['seconds with a fraction', Date.UTC(2026, 0) / 1000 + 0.5, '1767225600.5. Is it in seconds? Multiply by 1000.'],
  ['a Date', new Date(START), 'a Date. Pass its getTime().'],
  ['nothing', undefined, 'undefined.'],
])('%s for reauthenticated', async (_, atMs, got) => {
  const { code, message } = await faultOf(() => reauthenticated(untyped(atMs)))
  expect([code, message]).toEqual(['invalid_option', `atMs must be a time in Unix milliseconds; got ${got}`])
})
