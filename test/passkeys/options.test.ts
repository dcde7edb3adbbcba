import { virtualPasskey } from 'countersign/testing'
import { describe, expect, it } from 'vitest'
import { passkeyVerifier } from '../../src/passkeys/verifier.ts'
import { faultOf, untyped } from '../world.ts'
import { challenge, registrationFor } from './ceremony.ts'
import { SITE, verifier } from './world.ts'

const given = (more: object) => verifier(untyped(more))
const label = (length: number) => 'a'.repeat(length)
const androidApp = `android:apk-key-hash:${'aZ0_-'.repeat(9).slice(0, 43)}`

const WRONG: [message: string, act: () => unknown][] = [
  ['options must be an object; got a string of 12 characters.', () => passkeyVerifier(untyped('acme.example'))],
  ["passkeyVerifier has no option 'origin'. Did you mean 'origins'?", () => given({ origin: SITE.origin })],
  [
    "webauthn must be the module @simplewebauthn/server: import * as webauthn from '@simplewebauthn/server'; got undefined.",
    () => given({ webauthn: undefined }),
  ],
  [
    "webauthn must be the module @simplewebauthn/server: import * as webauthn from '@simplewebauthn/server'; got an object. " +
      'It has no function verifyRegistrationResponse and no verifyAuthenticationResponse.',
    () => given({ webauthn: {} }),
  ],
  [
    "userVerification must be 'required', 'preferred' or 'discouraged'; got a string of 6 characters.",
    () => given({ userVerification: 'always' }),
  ],
  ['rpName must be text of 1 to 64 characters; got 7.', () => given({ rpName: 7 })],
  ['rpName must be text of 1 to 64 characters; got an empty string.', () => given({ rpName: '' })],
  ['rpName must be text of 1 to 64 characters; got a string of 2 characters.', () => given({ rpName: '  ' })],
  ['rpName must be text of 1 to 64 characters; got a string of 65 characters.', () => given({ rpName: label(65) })],
]

const DOMAIN = "rpId must be a domain such as 'acme.example', without scheme and port; got"
const WRONG_DOMAINS: [what: string, rpId: unknown, message: string][] = [
  ['nothing', undefined, `${DOMAIN} undefined.`],
  ['an empty string', '', `${DOMAIN} an empty string.`],
  ['a number', 7, `${DOMAIN} 7.`],
  ['a string with a space', 'acme example', `${DOMAIN} a string of 12 characters.`],
  ['longer than a domain can be', `${label(242)}.example.com`, `${DOMAIN} a string of 254 characters.`],
  ['an origin', 'https://acme.example', `${DOMAIN} a string of 20 characters.`],
  ['a host with a port', 'localhost:3000', `${DOMAIN} a string of 14 characters.`],
  ['a domain with a path', 'acme.example/[x]', `${DOMAIN} a string of 16 characters.`],
  ['a domain in upper case', 'Acme.example', `${DOMAIN} a string of 12 characters.`],
  ['a domain with a dot at its end', 'acme.example.', `${DOMAIN} a string of 13 characters.`],
  ['a domain with a dot at its beginning', '.acme.example', `${DOMAIN} a string of 13 characters.`],
  ['a domain with two dots in a row', 'acme..example', `${DOMAIN} a string of 13 characters.`],
  ['an IPv4 address', '127.0.0.1', `${DOMAIN} a string of 9 characters. An IP address cannot have passkeys.`],
  ['an IPv6 address', '[::1]', `${DOMAIN} a string of 5 characters. An IP address cannot have passkeys.`],
]

const LIST = "origins must be a list of origins such as ['https://acme.example']; got"
const ORIGIN = "origins[1] must be an origin as browsers send it, such as 'https://acme.example', without a path; got"
const WRONG_ORIGINS: [what: string, origin: unknown, message: string][] = [
  ['null', null, `${ORIGIN} null.`],
  ['a domain', 'acme.example', `${ORIGIN} a string of 12 characters.`],
  ['one with a path', 'https://acme.example/', `${ORIGIN} a string of 21 characters.`],
  ['one with the default port', 'https://acme.example:443', `${ORIGIN} a string of 24 characters.`],
  ['a WebSocket', 'wss://acme.example', `${ORIGIN} a string of 18 characters.`],
  ['longer than 512 characters', longOrigin(513), `${ORIGIN} a string of 513 characters.`],
  ['an Android app with a hash too short', androidApp.slice(0, -1), `${ORIGIN} a string of 63 characters.`],
  ['an Android app with a hash too long', `${androidApp}A`, `${ORIGIN} a string of 65 characters.`],
  ['an Android app after another character', `x${androidApp}`, `${ORIGIN} a string of 65 characters.`],
  [
    'of another domain',
    'https://other.example',
    'origins[1] must be an origin of acme.example or of a subdomain; got a string of 21 characters.',
  ],
  [
    'of a domain that only ends alike',
    'https://notacme.example',
    'origins[1] must be an origin of acme.example or of a subdomain; got a string of 23 characters.',
  ],
  [
    'over http',
    'http://app.acme.example',
    'origins[1] must be an https origin; got a string of 23 characters. Over http, browsers offer passkeys only on localhost.',
  ],
]

const ALGORITHMS = 'algorithms must be a list of -7 (ES256), -8 (EdDSA) and -257 (RS256); got'

/** An origin of a subdomain of acme.example, of this many characters. */
function longOrigin(length: number): string {
  return `https://${label(length - 'https://.acme.example'.length)}.acme.example`
}

async function expectRefused(act: () => unknown, message: string): Promise<void> {
  const fault = await faultOf(act)
  expect([fault.code, fault.message]).toEqual(['invalid_option', message])
}

describe('a wrong option is refused at construction, by name:', () => {
  it.each(WRONG)('%s', (message, act) => expectRefused(act, message))

  it.each(WRONG_DOMAINS)('as rpId, %s', (_what, rpId, message) => expectRefused(() => given({ rpId }), message))

  it.each(WRONG_ORIGINS)('as an origin, %s', (_what, origin, message) =>
    expectRefused(() => given({ origins: [SITE.origin, origin] }), message),
  )

  it.each([
    ['a string', SITE.origin, 'a string of 20 characters'],
    ['an empty list', [], 'an array'],
  ])('as origins, %s', (_what, origins, got) => expectRefused(() => given({ origins }), `${LIST} ${got}.`))

  it.each([
    ['a number', -7, '-7'],
    ['an empty list', [], 'an array'],
    ['a list with another algorithm', [-7, -35], 'an array'],
  ])('as algorithms, %s', (_what, algorithms, got) => {
    return expectRefused(() => given({ algorithms }), `${ALGORITHMS} ${got}.`)
  })
})

describe('a right option is accepted:', () => {
  it.each([
    ['a single name that ends in a digit', 'intranet2'],
    ['one that begins with a digit', '1acme.example'],
    ['localhost', 'localhost'],
    ['Punycode', 'xn--bcher-kva.example'],
    ['the longest', `${label(241)}.example.com`],
  ])('as rpId, %s', async (_what, rpId) => {
    const site = verifier({ rpId })
    expect(site.rpId).toBe(rpId)
    expect(await registered(site, { rpId, origin: `https://${rpId}` })).toBe('ok')
  })

  it.each([
    ['the domain itself', SITE.origin],
    ['a subdomain', 'https://app.acme.example'],
    ['with a port', 'https://acme.example:8443'],
    ['of 512 characters', longOrigin(512)],
    ['an Android app', androidApp],
  ])('as an origin, %s, which may then ask for passkeys', async (_what, origin) => {
    expect(await registered(verifier({ origins: [origin] }), { ...SITE, origin })).toBe('ok')
  })

  it.each(['http://localhost', 'http://localhost:3000', 'http://app.localhost:3000', 'https://localhost'])(
    'during development, %s',
    async (origin) => {
      const site = verifier({ rpId: 'localhost', origins: [origin] })
      expect(await registered(site, { rpId: 'localhost', origin })).toBe('ok')
    },
  )

  it('every origin of the list, and no other', async () => {
    const site = verifier({ origins: ['https://one.acme.example', 'https://two.acme.example'] })
    for (const origin of ['https://one.acme.example', 'https://two.acme.example']) {
      expect(await registered(site, { ...SITE, origin })).toBe('ok')
    }
    expect(await registered(site, SITE)).toBe('origin')
  })

  it('an rpName of 1 or of 64 characters, or none', () => {
    expect(['A', label(64), undefined].map((rpName) => verifier({ rpName }).rpName)).toEqual([
      'A',
      label(64),
      undefined,
    ])
  })

  it('any part of the algorithms, in the order of preference, each once', () => {
    expect(verifier({ algorithms: [-257, -7, -257] }).algorithms).toEqual([-257, -7])
    expect(verifier().algorithms).toEqual([-7, -8, -257])
  })

  it('each userVerification: only one of them requires it, and the default is preferred', async () => {
    expect(verifier().userVerification).toBe('preferred')
    const verdicts = (['required', 'preferred', 'discouraged'] as const).map((userVerification) =>
      registered(verifier({ userVerification }), { ...SITE, userVerified: false }),
    )
    expect(await Promise.all(verdicts)).toEqual(['user-verification', 'ok', 'ok'])
  })
})

/** `ok`, or why the registration of a new passkey was refused. */
async function registered(
  site: ReturnType<typeof verifier>,
  passkey: Parameters<typeof virtualPasskey>[0],
): Promise<string> {
  const response = await registrationFor(virtualPasskey(passkey))
  const verdict = await site.verifyRegistration({ response, challenge })
  return verdict.ok ? 'ok' : verdict.cause
}
