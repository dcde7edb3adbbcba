import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTwoFactor, generateKey, memoryStore, type UserStore } from 'countersign'
import { createHandler, type HandlerOptions } from 'countersign/http'
import { toNodeHandler } from 'countersign/http/node'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { examineCookies } from '../../src/cli/address.ts'
import type { CliConfig } from '../../src/cli/config.ts'
import { examine } from '../../src/cli/doctor.ts'
import { hasProgram, needs } from '../needs.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-doctor-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const key = generateKey()
const store = memoryStore()
const twoFactor = createTwoFactor({ issuer: 'Acme', store, keys: key })

const good = (): CliConfig => ({
  twoFactor,
  store,
  keys: key,
  scratchStore: () => memoryStore(),
  check: async () => ({ warnings: [] }),
  databaseNowMs: () => Date.now(),
})

/** What is wrong, by the name of the check. */
async function wrong(change: Partial<CliConfig>, url?: string, page?: string): Promise<Record<string, string>> {
  const findings = await examine({ ...good(), ...change }, folder, url, page)
  const bad = findings.filter(({ todo }) => todo !== null)
  return Object.fromEntries(bad.map(({ check, found, todo }) => [check, `${found} ${todo}`]))
}

describe('doctor', () => {
  test('finds nothing where nothing is wrong', async () => {
    expect(await wrong({})).toEqual({})
  })

  test('says what it could not look at', async () => {
    const findings = await examine({ twoFactor, store, keys: key }, folder, undefined)
    expect(findings.filter(({ found }) => found.startsWith('not checked'))).toHaveLength(4)
  })

  test('finds keys that are missing or malformed, without showing them', async () => {
    expect(await wrong({ keys: '' })).toEqual({ keys: expect.stringContaining('npx countersign key') })
    const malformed = await wrong({ keys: 'k1:secretsecret' })
    expect(malformed['keys']).toContain('must be 32 bytes')
    expect(malformed['keys']).not.toContain('secretsecret')
  })

  test('finds an .env that others can read', async () => {
    writeFileSync(join(folder, '.env'), 'COUNTERSIGN_KEYS=x\n', { mode: 0o644 })
    expect(await wrong({})).toEqual({ '.env': expect.stringContaining('chmod 600 .env') })
  })

  test.skipIf(needs('git', hasProgram('git'), 'apt-get install git'))('finds an .env that git would take', async () => {
    writeFileSync(join(folder, '.env'), 'COUNTERSIGN_KEYS=x\n', { mode: 0o600 })
    expect(await wrong({})).toEqual({})
    execFileSync('git', ['init', '--quiet'], { cwd: folder })
    expect(await wrong({})).toEqual({ '.env': expect.stringContaining('Add .env to .gitignore') })
    writeFileSync(join(folder, '.gitignore'), '.env\n')
    expect(await wrong({})).toEqual({})
  })

  test("finds a clock that is not the database's", async () => {
    const found = await wrong({ databaseNowMs: () => Date.now() + 60_000 })
    expect(found).toEqual({ clock: expect.stringMatching(/^the database's clock is (60000|59999|60001) ms/) })
  })

  test('passes on what the check of a server warns of, and what it refuses', async () => {
    const check = 'eviction and persistence'
    expect(await wrong({ check: async () => ({ warnings: ['No snapshots.'] }) })).toEqual({
      [check]: expect.stringContaining('No snapshots.'),
    })
    const refuse = async () => Promise.reject(new Error('maxmemory-policy is allkeys-lru'))
    expect(await wrong({ check: refuse })).toEqual({ [check]: expect.stringContaining('allkeys-lru') })
  })

  test('finds a store that breaks the contract', async () => {
    const inner = memoryStore()
    const lying: UserStore = { load: inner.load, save: async (...args) => (await inner.save(...args)) || true }
    const found = await wrong({ scratchStore: () => lying })
    expect(found).toEqual({ store: expect.stringMatching(/of \d+ cases fail.*Do not use this store/s) })
  })

  test('finds a store that cannot list its users', async () => {
    const { load, save } = store
    expect(await wrong({ store: { load, save } })).toEqual({
      'listing users': expect.stringContaining('has no userIds'),
    })
  })

  test('finds another version of a dependency than this needs', async () => {
    const installed = join(folder, 'node_modules/@noble/ciphers')
    mkdirSync(installed, { recursive: true })
    writeFileSync(join(installed, 'package.json'), '{"name":"@noble/ciphers","version":"1.3.0"}')
    expect(await wrong({})).toEqual({ versions: expect.stringContaining('npm install @noble/ciphers@') })
  })

  describe('with --url', () => {
    const handlerFor = (options: Partial<HandlerOptions> = {}) =>
      toNodeHandler(
        createHandler({
          twoFactor,
          authenticate: async () => null,
          openSession: async () => ({}),
          basePath: '/two-factor',
          onWarning: () => {},
          ...options,
        }),
      )
    /** As a browser in the network calls it: by an address that is not this machine's own name. */
    const onNetwork = (url: string) => url.replace('127.0.0.1', '127.0.0.2')

    test('finds nothing at a handler that is mounted well', async () => {
      await serving(handlerFor(), async (url) => {
        expect(await wrong({}, url)).toEqual({})
        const findings = await examine(good(), folder, url)
        const found = findings.filter(({ check }) => check === 'cookies').map((one) => one.found)
        expect(found).toEqual([expect.stringMatching(/^countersign-sign-in with SameSite=Lax comes back from http/)])
      })
    })

    test('finds an origin that is not allowed', async () => {
      await serving(handlerFor({ allowedOrigins: ['https://other.example'] }), async (url) => {
        expect(await wrong({}, url)).toEqual({ origins: expect.stringContaining('Add it to `allowedOrigins`') })
      })
    })

    test('finds that no handler is there', async () => {
      const nothing: RequestListener = (_, response) => response.end('hello')
      await serving(nothing, async (url) => {
        expect(await wrong({}, url)).toEqual({ origins: expect.stringContaining('Mount the handler') })
      })
      const elsewhere: RequestListener = (_, response) => response.writeHead(302, { location: '/login' }).end()
      await serving(elsewhere, async (url) => {
        expect((await wrong({}, url))['origins']).toContain('answered with 302 to /login')
      })
    })

    test('finds an address where nobody answers, and what is no URL', async () => {
      expect(await wrong({}, 'http://127.0.0.1:1/')).toEqual({ origins: expect.stringContaining('no answer') })
      expect(await wrong({}, 'app')).toEqual({ origins: expect.stringContaining('--url is not an http or https URL') })
      expect(await wrong({}, 'https://a.example/', 'app')).toEqual({ origins: expect.stringContaining('--page is no') })
    })

    test('finds Secure cookies on HTTP in a network, until the handler is told to set others', async () => {
      await serving(handlerFor(), async (url) => {
        expect(await wrong({}, onNetwork(url))).toEqual({
          cookies: expect.stringMatching(
            /^http:.* is not HTTPS: browsers drop __Host-countersign-sign-in.*secureCookies: false/s,
          ),
        })
      })
      await serving(handlerFor({ secureCookies: false }), async (url) => {
        expect(await wrong({}, onNetwork(url))).toEqual({})
      })
    })

    test('finds a page on another site, until cookies are SameSite=None', async () => {
      const page = 'https://pages.example'
      await serving(handlerFor({ allowedOrigins: [page] }), async (url) => {
        expect(await wrong({}, url, page)).toEqual({
          cookies: expect.stringMatching(/https:\/\/pages.example is another site.*Serve both over HTTPS/s),
        })
        expect(await wrong({ cookies: { sameSite: 'none' } }, url, page)).toEqual({})
      })
    })

    test('finds a proxy that drops cookies, or a cookiePrefix that the config does not know', async () => {
      const handler = handlerFor()
      const dropping: RequestListener = (request, response) => {
        request.rawHeaders.forEach((name, at) => {
          if (name.toLowerCase() === 'cookie') request.rawHeaders[at] = 'x-dropped'
        })
        delete request.headers.cookie
        return handler(request, response)
      }
      await serving(dropping, async (url) => {
        expect(await wrong({}, url)).toEqual({ cookies: expect.stringContaining('proxy passes on Cookie') })
      })
      await serving(handlerFor({ cookiePrefix: 'acme' }), async (url) => {
        expect(await wrong({}, url)).toEqual({ cookies: expect.stringContaining('cookiePrefix') })
        expect(await wrong({ cookies: { cookiePrefix: 'acme' } }, url)).toEqual({})
      })
    })

    test.each([
      ['https://app.example', 'https://api.app.example', null],
      ['https://www.acme.co.uk', 'https://api.acme.co.uk', null],
      ['https://acme.co.uk', 'https://other.co.uk', 'Serve both under one domain'],
      ['https://app.example', 'https://app2.example', "`sameSite: 'none'`"],
      ['http://app.example', 'https://api.app.example', 'Serve both over HTTPS'],
      ['http://localhost:5173', 'http://localhost:3000', null],
      ['http://localhost:5173', 'http://127.0.0.1:3000', 'Open both under the same name'],
      ['https://app.example', 'http://api.app.example', 'Serve http://api.app.example over HTTPS'],
      ['http://192.168.1.5', 'http://192.168.1.6', 'Serve both under one domain'],
    ])('judges a page at %s that calls %s', (page, url, todo) => {
      const found = examineCookies(good(), new URL(url), new URL(page), { prefix: null })
      const todos = found.map((one) => one.todo).filter((one) => one !== null)
      if (todo === null) expect(todos).toEqual([])
      else expect(todos.join(' ')).toContain(todo)
    })

    test('finds cookies on HTTPS that are not Secure', () => {
      const url = new URL('https://app.example')
      expect(examineCookies(good(), url, url, { prefix: '' })).toEqual([
        { check: 'cookies', found: expect.stringContaining('not Secure'), todo: 'Remove `secureCookies: false`.' },
      ])
    })
  })
})

async function serving(listener: RequestListener, work: (url: string) => Promise<void>): Promise<void> {
  const server: Server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  try {
    await work(`http://127.0.0.1:${port}/two-factor`)
  } finally {
    server.close()
  }
}
