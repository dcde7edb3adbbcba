import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { generateKey } from 'countersign'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findProgram, needs } from '../needs.ts'
import { type Backend, exampleFolder, startBackend } from './backend.ts'
import { readAnswer, type Visitor, walk } from './walk.ts'

const SRC = new URL('../../src/', import.meta.url)
const INSTALLED = fileURLToPath(new URL('../package/node_modules/deno/deno', import.meta.url))
const deno = existsSync(INSTALLED) ? INSTALLED : findProgram('deno')

describe.skipIf(needs('Deno', deno !== null, 'npm ci --prefix test/package'))('examples/deno', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-deno-'))
  const env = { DATABASE: join(folder, 'kv.db'), COUNTERSIGN_KEYS: generateKey(), NO_COLOR: '1' }
  let backend: Backend

  beforeAll(async () => {
    backend = await start()
  }, 60_000)
  afterAll(async () => {
    await backend.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('set-up, sign-in, recovery, and no code twice', async () => {
    await walk(() => app(backend.url))
  }, 60_000)

  test('a second start finds what is in its store', async () => {
    await backend.stop()
    backend = await start()
    expect(
      await app(backend.url).post('/api/SignIn', { login: 'ada', password: 'correct horse battery staple' }),
    ).toMatchObject({
      body: { challengeToken: expect.any(String) },
    })
  }, 60_000)

  test('its store does what a store must', async () => {
    const { options, example, isPacked } = command()
    let cases = fileURLToPath(new URL('deno-store-cases.ts', import.meta.url))
    if (isPacked) {
      // Next to the example, where the package is found.
      const beside = join(dirname(example), 'store-cases.ts')
      cpSync(cases, beside)
      cases = beside
    }
    const args = ['test', ...options, '--no-check', cases, '--', pathToFileURL(example).href]
    const { stdout } = await promisify(execFile)(String(deno), args, {
      env: { ...process.env, ...env, DATABASE: ':memory:', PORT: '0' },
    })
    expect(stdout).toMatch(/^ok \| [3-9]\d passed \| 0 failed /m)
  }, 60_000)

  test('is shorter than 60 lines, its store included', () => {
    const source = readFileSync(join(exampleFolder('deno').folder, 'server.ts'), 'utf8')
    expect(source.trimEnd().split('\n').length).toBeLessThan(60)
  })

  function start(): Promise<Backend> {
    const { options, example } = command()
    return startBackend(String(deno), ['run', ...options, '--check', example], env)
  }

  /** As in the README. */
  function command() {
    const { folder: example, isPacked } = exampleFolder('deno')
    const from = isPacked ? [] : [`--import-map=${importMap()}`]
    const options = ['-NERW', '--unstable-kv', '--node-modules-dir=manual', '--no-lock', ...from]
    return { options, isPacked, example: join(example, 'server.ts') }
  }

  function source(path: string): string {
    return new URL(path, SRC).href
  }

  /** Public names to src, as in the other tests. */
  function importMap(): string {
    const path = join(folder, 'import-map.json')
    const imports = { countersign: source('index.ts'), 'countersign/testing': source('testing/index.ts') }
    writeFileSync(path, JSON.stringify({ imports }))
    return path
  }
})

/** Keeps its session, and the token for its device. */
function app(url: string): Visitor {
  let session: unknown
  let device: unknown

  async function send(path: string, init: RequestInit) {
    const headers = { Authorization: `Bearer ${session}` }
    const answer = await readAnswer(await fetch(url + path, { ...init, headers }))
    session = answer.body['session'] ?? session
    const { device: given } = answer.body
    if (typeof given === 'object' && given !== null && 'token' in given) device = given.token
    return answer
  }

  return {
    get: (path) => send(path, {}),
    post: (path, body) => send(path, { method: 'POST', body: JSON.stringify({ device, ...body }) }),
    isSignedIn: () => session !== undefined,
  }
}
