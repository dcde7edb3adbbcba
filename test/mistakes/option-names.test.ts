import { createTwoFactor, memoryStore } from 'countersign'
import { createClient } from 'countersign/client'
import { createHandler } from 'countersign/http'
import { tokenStoreCases, virtualAuthenticator } from 'countersign/testing'
import { createAccessTokens, memoryTokenStore } from 'countersign/tokens'
import { expect, test } from 'vitest'
import { createWorld, faultOf, untyped } from '../world.ts'

const { twoFactor, keys } = createWorld()
const engine = { issuer: 'Acme', store: memoryStore(), keys, verifyPassword: () => true }
const tokens = { twoFactor, store: memoryTokenStore(), prefix: 'acme' }
const http = { twoFactor, authenticate: () => null, openSession: () => ({}) }
const URI = 'otpauth://totp/ann?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

const create = (more: object) => createTwoFactor(untyped({ ...engine, ...more }))
const handler = (more: object) => createHandler(untyped({ ...http, ...more }))
const accessTokens = (more: object) => createAccessTokens(untyped({ ...tokens, ...more }))

/** Each says what to write instead. */
const SLIPS: [string, () => unknown][] = [
  ["createTwoFactor has no option 'isrequired'. Did you mean 'isRequired'?", () => create({ isrequired: () => true })],
  ["createTwoFactor has no option 'required'. Did you mean 'isRequired'?", () => create({ required: () => true })],
  ["createTwoFactor has no option 'key'. Did you mean 'keys'?", () => create({ key: 'x' })],
  [
    "createTwoFactor has no option 'acceptedProof'. Did you mean 'acceptedProofs'?",
    () => create({ acceptedProof: [] }),
  ],
  ["createTwoFactor has no option 'onEvents'. Did you mean 'onEvent'?", () => create({ onEvents: () => {} })],
  [
    "createTwoFactor has no option 'isRequired '. Did you mean 'isRequired'?",
    () => create({ 'isRequired ': undefined }),
  ],
  [
    "createTwoFactor: totp has no option 'period'. Did you mean 'periodSeconds'?",
    () => create({ totp: { period: 60 } }),
  ],
  ["createTwoFactor: totp has no option 'digit'. Did you mean 'digits'?", () => create({ totp: { digit: 8 } })],
  [
    "createTwoFactor: recoveryCodes has no option 'hashed'. It has keep, count.",
    () => create({ recoveryCodes: { hashed: true } }),
  ],
  [
    "createHandler has no option 'origins'. Did you mean 'allowedOrigins'?",
    () => handler({ origins: ['https://app.example.com'] }),
  ],
  ["createHandler has no option 'secure'. Did you mean 'secureCookies'?", () => handler({ secure: true })],
  ["createHandler has no option 'basepath'. Did you mean 'basePath'?", () => handler({ basepath: '/2fa' })],
  ["createAccessTokens has no option 'scope'. Did you mean 'scopes'?", () => accessTokens({ scope: ['read'] })],
  [
    "createClient has no option 'header'. Did you mean 'headers'?",
    () => createClient('/two-factor', untyped({ header: {} })),
  ],
  ["virtualAuthenticator has no option 'clock'. It has now.", () => virtualAuthenticator(URI, untyped({ clock: 1 }))],
  [
    "tokenStoreCases has no option 'anotherConection'. Did you mean 'anotherConnection'?",
    () => tokenStoreCases(memoryTokenStore, untyped({ anotherConection: memoryTokenStore })),
  ],
]

test.each(SLIPS)('%s', async (message, act) => {
  const fault = await faultOf(act)
  expect([fault.code, fault.message]).toEqual(['invalid_option', message])
})

test('a long name is cut, and one like no other lists those that there are', async () => {
  const { message } = await faultOf(() => create({ ['x'.repeat(200)]: 1 }))
  expect(message).toMatch(/^createTwoFactor has no option 'x{40}…'\. It has issuer, store, keys, .+\.$/)
})
