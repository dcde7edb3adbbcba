import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defineElements } from '../../src/elements/index.ts'
import { launchChromium, leave, noChromium } from '../dashboard/chromium.ts'
import { type Backend, startBackend } from './server.ts'
import { type Visitor, visit } from './visitor.ts'

// That nothing is registered there is asked of the built package.
test('on a server nothing fails', () => {
  expect(() => defineElements({ texts: { done: 'Ready' } })).not.toThrow()
})

describe.skipIf(noChromium).sequential('what a page sets on the elements', { timeout: 60_000 }, () => {
  let browser: Browser
  let backend: Backend
  let ann: Visitor
  beforeAll(async () => {
    browser = await launchChromium()
    backend = await startBackend()
    ann = await visit(browser, backend)
    await ann.open()
    await ann.signIn()
    await ann.sees('Off')
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await backend?.end()
  })

  const surface = () =>
    ann.page.locator('two-factor-settings .card').evaluate((card) => getComputedStyle(card).backgroundColor)

  test('words of its own, in place of the ones that were defined', async () => {
    await ann.page.locator('two-factor-settings').evaluate((settings) => {
      Object.assign(settings, { texts: { twoFactor: 'Second Factor' } })
    })
    await ann.page.getByRole('heading', { name: 'Second Factor Off' }).waitFor()
    await ann.sees('Adds a second step when you sign in')
  })

  test('also what was set before the element was defined', async () => {
    const fresh = await visit(browser, backend)
    await fresh.page.addInitScript(() => {
      // Not in the page yet: defined once it is.
      const early = document.createElement('two-factor-settings')
      early.texts = { loadAgain: 'Once more' }
      early.setAttribute('base-url', '/nowhere')
      addEventListener('load', () => document.body.append(early))
    })
    await fresh.open()
    await fresh.button('Once more').waitFor()
    await leave(fresh.page)
  })

  test('an API on another origin, to which it then sends cookies', async () => {
    const asked = await ann.page.evaluate(async () => {
      const { fetch } = globalThis
      const requests: string[] = []
      const answered = new Promise<void>((resolve) => {
        globalThis.fetch = async (address, init) => {
          requests.push(`${String(address)} ${init?.credentials}`)
          if (requests.length === 3) resolve()
          return new Response(null, { status: 500 })
        }
      })
      const elements = ['https://api.acme.example/two-factor', `${location.origin}/two-factor`, '/two-factor'].map(
        (address) => {
          const settings = document.createElement('two-factor-settings')
          settings.setAttribute('base-url', address)
          return settings
        },
      )
      document.body.append(...elements)
      await answered
      globalThis.fetch = fetch
      for (const one of elements) one.remove()
      return requests
    })
    expect(asked).toEqual([
      'https://api.acme.example/two-factor/status include',
      `${backend.url}/two-factor/status undefined`,
      '/two-factor/status undefined',
    ])
  })

  test('light or dark, against the page', async () => {
    expect(await surface()).toBe('rgb(255, 255, 255)')
    await ann.page.locator('two-factor-settings').evaluate((settings) => settings.setAttribute('theme', 'dark'))
    expect(await surface()).toBe('rgb(22, 26, 34)')
    await ann.page.locator('two-factor-settings').evaluate((settings) => settings.removeAttribute('theme'))
  })

  test('a client of its own, which is asked in place of the one for its base-url', async () => {
    await ann.page.locator('two-factor-settings').evaluate((settings) => {
      const refused = async () => ({ ok: false, reason: 'offline', retryAfterSeconds: null })
      Object.assign(settings, { client: { status: refused } })
    })
    await expect.poll(() => ann.page.locator('two-factor-settings [aria-busy=true]').count()).toBe(0)
    await ann.page.evaluate(() => {
      const fresh = document.createElement('two-factor-settings')
      fresh.baseUrl = '/somewhere-else'
      document.querySelector('two-factor-settings')?.replaceWith(fresh)
    })
    expect(await ann.problem()).toBe('Something went wrong on our side. Try again.')
    await ann.page
      .locator('two-factor-settings')
      .evaluate((settings) => settings.setAttribute('base-url', '/two-factor'))
    await ann.sees('Adds a second step when you sign in')
  })

  test('a challenge that is not the answer of handler.signIn throws an error that says so', async () => {
    const fresh = await visit(browser, backend)
    await fresh.open()
    const [thrown] = await Promise.all([
      fresh.page.waitForEvent('pageerror'),
      fresh.page.evaluate(() => {
        const step = document.createElement('two-factor-challenge')
        Object.assign(step, { challenge: { reason: 'wrong-password' } })
        document.body.append(step)
      }),
    ])
    expect(thrown.message).toBe('challenge must be the answer of handler.signIn')
    await leave(fresh.page)
  })

  test('recovery codes to look at, without the box', async () => {
    await ann.page.evaluate(() => {
      const list = document.createElement('recovery-codes')
      list.viewOnly = true
      list.codes = [{ code: 'AAAA-BBBB', usedAtMs: 0 }, 'CCCC-DDDD']
      document.querySelector('main')?.replaceChildren(list)
    })
    const used = ann.page.locator('.used')
    expect(await used.textContent()).toContain('AAAA-BBBB')
    expect(await used.textContent()).toContain('used Jan 1, 1970')
    await ann.page.locator('recovery-codes').evaluate((list) => Object.assign(list, { lang: 'de' }))
    await expect.poll(() => used.textContent()).toContain('used 01.01.1970')
    expect(await ann.field('I’ve saved the data').count()).toBe(0)
    await ann.page.locator('recovery-codes').evaluate((list) => Object.assign(list, { viewOnly: false }))
    await ann.field('I’ve saved the data').check()
    await ann.press('Done')
    expect((await ann.heard()).at(-1)).toBe('recovery-codes-saved {}')
    expect(ann.faults).toEqual([])
  })
})
