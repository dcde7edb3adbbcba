import { fileURLToPath } from 'node:url'
import { createHandler } from 'countersign/http'
import ts from 'typescript'
import { beforeAll, describe, expect, it } from 'vitest'
import { nobodys } from '../passkeys/world.ts'
import { untyped } from '../world.ts'
import { createBrowser, textOf } from './browser.ts'
import { rightRequests, WAYS_IN } from './right-requests.ts'
import { createSite, detailsOf, ORIGIN } from './site.ts'

/** Why an option of the engine cannot be given over HTTP. */
const NOT_PASSED_ON: Readonly<Record<string, string>> = {
  'beginSetup issuer': 'a brand is not for the browser to choose',
  'beginRequiredSetup issuer': 'a brand is not for the browser to choose',
  ...Object.fromEntries(
    ['beginStepUp', 'verify', 'beginSetup', 'viewRecoveryCodes', 'removeAuthenticator', 'disable', 'issue'].map(
      (name) => [`${name} binding`, 'the session of the host binds it'],
    ),
  ),
}

/** What has no route: the host calls it. */
const NOT_OVER_HTTP = ['verifyProof', 'passwordChanged', 'verify (tokens)', 'erase (tokens)']

/** The names of the options of each operation of an interface, as its types say. */
function optionsOf(path: string, interfaceName: string): Map<string, string[]> {
  const file = fileURLToPath(new URL(path, import.meta.url))
  const program = ts.createProgram([file], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowImportingTsExtensions: true,
    strict: true,
    types: [],
  })
  const checker = program.getTypeChecker()
  const found = new Map<string, string[]>()
  program.getSourceFile(file)?.forEachChild((node) => {
    if (!ts.isInterfaceDeclaration(node) || node.name.text !== interfaceName) return
    for (const member of node.members) {
      const last = ts.isMethodSignature(member) ? member.parameters[1] : undefined
      if (last === undefined || member.name === undefined) continue
      const type = checker.getNonNullableType(checker.getTypeAtLocation(last))
      const parts = type.isUnion() ? type.types : [type]
      const names = parts.flatMap((part) => checker.getPropertiesOfType(part).map(({ name }) => name))
      found.set(member.name.getText(), [...new Set(names)])
    }
  })
  return found
}

/** The same operations, which also note what they are given. */
function recorded<Operations extends object>(operations: Operations, given: Map<string, Set<string>>): Operations {
  return new Proxy(operations, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (subject: unknown, options?: object) => {
        given.set(String(name), new Set([...(given.get(String(name)) ?? []), ...Object.keys(options ?? {})]))
        return value(subject, options)
      }
    },
  })
}

describe('every option of every operation', { timeout: 60_000 }, () => {
  const engine = optionsOf('../../src/two-factor/api.ts', 'TwoFactor')
  const tokens = optionsOf('../../src/tokens/api.ts', 'AccessTokens')
  const given = { engine: new Map<string, Set<string>>(), tokens: new Map<string, Set<string>>() }

  beforeAll(async () => {
    const site = createSite({ twoFactor: { isRequired: (userId) => userId === 'sam' } })
    const member = await site.member()
    const authenticate = () => ({ userId: 'ann', accountName: 'Ann' })
    const handler = createHandler({
      twoFactor: recorded(site.world.twoFactor, given.engine),
      tokens: recorded(site.tokens, given.tokens),
      authenticate,
      openSession: () => ({}),
      now: site.world.clock.now,
    })
    const browser = createBrowser(handler, { origin: ORIGIN, arrivesAt: ORIGIN, isDocumented: false })
    const bodies = await rightRequests(site, member)
    for (const [name, value] of member.browser.jar) browser.jar.set(name, value)
    for (const [path, body] of Object.entries(bodies)) await browser.post(path, body)
    await browser.post('verify', { token: 'x', passkey: nobodys })
    await browser.post('confirm-setup', { passkey: nobodys })
    await browser.post('revoke-trusted-devices', { id: 'none' })
    const sam = await browser.signIn(detailsOf('sam'))
    const challengeToken = textOf(sam, 'challengeToken')
    for (const path of WAYS_IN) await browser.post(path, { challengeToken })
    await browser.post('complete-challenge', { challengeToken, passkey: nobodys })
  }, 60_000)

  it('is known', () => {
    expect(engine.get('challenge')).toEqual(expect.arrayContaining(['device', 'binding', 'state', 'context']))
    expect(engine.size).toBeGreaterThan(12)
    expect(tokens.get('issue')).toEqual(expect.arrayContaining(['name', 'scopes', 'expiresAtMs', 'proof']))
  })

  const all = [
    ...[...engine].map(([name, options]) => ({ name, label: name, options, by: given.engine })),
    ...[...tokens].map(([name, options]) => ({ name, label: `${name} (tokens)`, options, by: given.tokens })),
  ]

  it.each(all.filter(({ label }) => !NOT_OVER_HTTP.includes(label)))(
    'of $label is passed on by the handler, or cannot be given over HTTP for a reason',
    ({ name, options, by }) => {
      const passedOn = by.get(name) ?? new Set()
      const forgotten = options.filter((option) => !passedOn.has(option) && !(`${name} ${option}` in NOT_PASSED_ON))
      expect(forgotten).toEqual([])
    },
  )

  it('that is not passed on is still one', () => {
    const known = [...engine, ...tokens].flatMap(([name, options]) => options.map((option) => `${name} ${option}`))
    expect(known).toEqual(expect.arrayContaining(Object.keys(NOT_PASSED_ON)))
  })
})

describe('what the sign-in route of the host passes on', () => {
  it('expectEnabled: a missing record is a fault, and nobody is signed in', async () => {
    const site = createSite()
    const answer = await site.browser().signIn({ ...detailsOf('ann'), expectEnabled: true })
    expect(answer.status).toBe(500)
    expect(site.faults).toMatchObject([{ code: 'record_missing' }])
    expect(site.opened).toEqual([])
    await site.member('bob')
    const { body } = await site.browser().signIn({ ...detailsOf('bob'), expectEnabled: true })
    expect(body).toMatchObject({ signedIn: false, action: 'verify' })
  })

  it('is all that it takes: a misspelt field is a fault that names the right one', async () => {
    const site = createSite()
    for (const [wrong, hint] of [
      [{ ...detailsOf('ann'), expectEnable: true }, "Did you mean 'expectEnabled'?"],
      [{ ...detailsOf('ann'), device: 'x' }, "handler.signIn has no option 'device'"],
      [null, 'options must be an object'],
      ['ann', 'options must be an object'],
    ]) {
      const answer = await site.browser().signIn(untyped(wrong))
      expect(answer.status).toBe(500)
      expect(site.faults.pop()).toMatchObject({
        code: 'invalid_option',
        message: expect.stringContaining(String(hint)),
      })
    }
    expect(site.opened).toEqual([])
  })
})
