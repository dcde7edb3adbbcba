/** The end-to-end tests of docs/testing.md, run by Playwright's own runner against an application of their own. */
import { execFile } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generateKey } from 'countersign'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, noChromium } from '../dashboard/chromium.ts'
import { needs } from '../needs.ts'
import { placeScripts, scriptsOf } from '../page-scripts.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const RUNNER = join(ROOT, 'test/end-to-end/node_modules/@playwright/test')
const isMissing =
  noChromium ||
  needs('dist', existsSync(join(ROOT, 'dist/elements/index.js')), 'npm run build') ||
  needs('@playwright/test', existsSync(RUNNER), 'npm ci --prefix test/end-to-end')

/** What the machine adds: where its browser is, and time for a busy one. */
const LOCAL = `
import config from './playwright.config.js'
export default {
  ...config,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 20_000 },
  use: { ...config.use, launchOptions: { executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] } },
}
`

describe.skipIf(isMissing)('the Playwright tests of docs/testing.md', () => {
  let scripts: ReturnType<typeof placeScripts>
  beforeAll(() => {
    scripts = placeScripts({
      pages: ['testing.md'],
      files: ['test/end-to-end/app/app.js', 'test/end-to-end/app/server.js', 'examples/express/page'],
      packages: [
        'test/end-to-end/node_modules/@playwright/test',
        'node_modules/@libsql/client',
        'node_modules/@simplewebauthn/server',
      ],
    })
    writeFileSync(join(scripts.folder, 'local.config.js'), LOCAL)
    writeFileSync(join(scripts.folder, 'mails.jsonl'), '')
  })
  afterAll(() => scripts.remove())

  test('all of them pass, in several workers at once', async () => {
    const { code, said } = await runPlaywright(scripts.folder)
    expect(said).toContain('6 passed')
    expect(code).toBe(0)
  }, 240_000)

  test('the page names every file that they consist of', () => {
    expect([...scriptsOf('testing.md').keys()].filter((name) => /\.(spec|setup)\.js$/.test(name))).toEqual([
      'sign-in.spec.js',
      'sign-in.setup.js',
      'settings.spec.js',
      'passkey.spec.js',
    ])
  })
})

async function runPlaywright(folder: string): Promise<{ code: number; said: string }> {
  const env = {
    ...process.env,
    CI: '1',
    CHROMIUM: chromiumPath ?? '',
    COUNTERSIGN_KEYS: generateKey(),
    DATABASE: `file:${join(folder, 'app.db')}`,
    MAIL_SINK: join(folder, 'mails.jsonl'),
    PORT: String(await freePort()),
  }
  const args = [join(RUNNER, 'cli.js'), 'test', '--config', 'local.config.js', '--reporter', 'line']
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, said: stdout + stderr })
    })
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
