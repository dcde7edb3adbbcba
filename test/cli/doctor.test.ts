import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTwoFactor, generateKey, memoryStore, type UserStore } from 'countersign'
import { createHandler } from 'countersign/http'
import { toNodeHandler } from 'countersign/http/node'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
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
async function wrong(change: Partial<CliConfig>, url?: string): Promise<Record<string, string>> {
  const findings = await examine({ ...good(), ...change }, folder, url)
  const bad = findings.filter(({ todo }) => todo !== null)
  return Object.fromEntries(bad.map(({ check, found, todo }) => [check, `${found} ${todo}`]))
}

describe('doctor', () => {
  test('finds nothing where nothing is wrong', async () => {
    expect(await wrong({})).toEqual({})
  })

  test('says what it could not look at', async () => {
    const findings = await examine({ twoFactor, store, keys: key }, folder, undefined)
    expect(findings.filter(({ found }) => found.startsWith('not looked at'))).toHaveLength(4)
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
    const check = 'origins and cookies'
    const openSession = async () => ({})
    const handlerFor = (allowedOrigins?: string[]) =>
      toNodeHandler(
        createHandler({
          twoFactor,
          authenticate: async () => null,
          openSession,
          allowedOrigins,
          basePath: '/two-factor',
        }),
      )

    test('finds nothing at a handler that is mounted well', async () => {
      await serving(handlerFor(), async (url) => expect(await wrong({}, url)).toEqual({}))
    })

    test('finds an origin that is not allowed', async () => {
      await serving(handlerFor(['https://other.example']), async (url) => {
        expect(await wrong({}, url)).toEqual({ [check]: expect.stringContaining('Add it to `allowedOrigins`') })
      })
    })

    test('finds that no handler is there', async () => {
      const nothing: RequestListener = (_, response) => response.end('hello')
      await serving(nothing, async (url) => {
        expect(await wrong({}, url)).toEqual({ [check]: expect.stringContaining('Mount the handler') })
      })
    })

    test('finds plain HTTP, an address where nobody answers, and what is no URL', async () => {
      expect(await wrong({}, 'http://app.example/two-factor')).toEqual({
        [check]: expect.stringContaining('not HTTPS'),
      })
      expect(await wrong({}, 'http://127.0.0.1:1/')).toEqual({ [check]: expect.stringContaining('no answer') })
      expect(await wrong({}, 'app')).toEqual({ [check]: expect.stringContaining('no URL') })
    })
  })
})

async function serving(listener: RequestListener, work: (url: string) => Promise<void>): Promise<void> {
  const server: Server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  try {
    await work(`http://127.0.0.1:${port}/two-factor`)
  } finally {
    server.close()
  }
}
