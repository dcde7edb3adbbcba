import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
    const { args, example } = command()
    const cases = fileURLToPath(new URL('deno-store-cases.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(String(deno), [...args, cases, pathToFileURL(example).href], {
      env: { ...process.env, ...env, DATABASE: ':memory:', PORT: '0' },
    })
    expect(stdout.match(/^failed: .*/gm)).toBeNull()
    expect(stdout).toMatch(/^\d\d passed$/m)
  }, 60_000)

  test('is shorter than 60 lines, its store included', () => {
    const source = readFileSync(join(exampleFolder('deno').folder, 'server.ts'), 'utf8')
    expect(source.trimEnd().split('\n').length).toBeLessThan(60)
  })

  function start(): Promise<Backend> {
    const { args, example } = command()
    return startBackend(String(deno), [...args, '--check', example], env)
  }

  /** As in the README. */
  function command() {
    const { folder: example, isPacked } = exampleFolder('deno')
    const from = isPacked ? [] : [`--import-map=${importMap()}`]
    const args = ['run', '-NERW', '--unstable-kv', '--node-modules-dir=manual', '--no-lock', ...from]
    return { args, example: join(example, 'server.ts') }
  }

  /** Public names to src, as in the other tests. */
  function importMap(): string {
    const path = join(folder, 'import-map.json')
    writeFileSync(path, JSON.stringify({ imports: { countersign: new URL('index.ts', SRC).href } }))
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
