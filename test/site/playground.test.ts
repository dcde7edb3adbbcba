import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
// @ts-expect-error: a script of the site, which has no types of its own.
import { buildPlayground } from '../../site/build-playground.mjs'
import { launchChromium, noChromium } from '../dashboard/chromium.ts'
import { needs } from '../needs.ts'

const notBuilt = needs('the build', existsSync(new URL('../../dist/index.js', import.meta.url)), 'npm run build')
const PAGE = `<!doctype html><title>Playground</title><div id="playground"></div>
<script type="module">
  import { start } from '/playground.js'
  start(document.getElementById('playground'), '/playground-app.html')
</script>`

describe.skipIf(noChromium || notBuilt)('the playground of the site', { timeout: 60_000 }, () => {
  let folder: string
  let server: Server
  let browser: Browser
  let page: Page
  const faults: string[] = []
  const asked: string[] = []
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'playground-'))
    await buildPlayground(folder)
    server = createServer((request, response) => {
      const path = request.url ?? '/'
      asked.push(path)
      if (path === '/') response.setHeader('Content-Type', 'text/html').end(PAGE)
      else if (path === '/favicon.ico') response.end()
      else
        serve(path).then(
          (body) => response.setHeader('Content-Type', typeOf(path)).end(body),
          (error) => response.destroy(error),
        )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    browser = await launchChromium()
    page = await browser.newPage({ viewport: { width: 1280, height: 1200 } })
    page.setDefaultTimeout(15_000)
    page.on('pageerror', ({ message }) => faults.push(message))
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    const address = server.address()
    await page.goto(`http://localhost:${typeof address === 'object' ? address?.port : ''}/`)
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    server?.closeAllConnections()
    server?.close()
    if (folder) await rm(folder, { recursive: true, force: true })
  })
  const serve = (path: string) => readFile(join(folder, path))
  const typeOf = (path: string) => (path.endsWith('.js') ? 'text/javascript' : 'text/html')
  const app = () => page.frameLocator('iframe')
  const press = (name: string) => app().getByRole('button', { name, exact: true }).click()
  const shownCode = async () => (await page.locator('output').textContent())?.replace(' ', '') ?? ''

  test('tells the whole story: setup by scanning, recovery codes, sign-in by either, and off again', async () => {
    await page.getByText('Set up two-factor authentication.').waitFor()
    await press('Set Up Two-Factor Authentication')
    await app().getByLabel('Password', { exact: true }).fill('correct horse')
    await press('Continue')
    await app().locator('svg.qr').waitFor()
    await page.getByRole('button', { name: 'Scan QR Code' }).click()
    await app()
      .getByLabel('Enter the code from the app')
      .fill(await shownCode())
    await app().locator('.code-list').waitFor()
    const [recoveryCode = '', ...others] = await app().locator('.code-list code').allInnerTexts()
    expect(others).toHaveLength(9)
    await app().getByLabel('I’ve saved the data').check()
    await press('Done')
    await page.getByText('It is on. Sign out, and sign in again').waitFor()

    await press('Sign Out')
    await press('Sign In')
    await page.getByText('Enter the code that the phone shows').waitFor()
    // The code of this half minute is used; the playground's clock is the real one, so the recovery code goes first.
    await press('Use a recovery code')
    await app().getByLabel('Recovery code', { exact: true }).fill(recoveryCode)
    await press('Verify')
    await app()
      .getByText(/9\W+of\W+10\W+left/)
      .waitFor()

    await press('Disable Two-Factor Authentication')
    await app().getByLabel('Password', { exact: true }).fill('correct horse')
    await press('Disable')
    await page.getByText('It is off again').waitFor()
    await press('Sign Out')
    await press('Sign In')
    await app().getByRole('button', { name: 'Set Up Two-Factor Authentication' }).waitFor()
  })

  test('asks no server for anything but its own files, and has nothing to complain of', () => {
    const files = asked.filter((path) => path !== '/favicon.ico')
    expect(new Set(files)).toEqual(new Set(['/', '/playground.js', '/playground-app.html', '/playground-app.js']))
    expect(faults).toEqual([])
  })
})
