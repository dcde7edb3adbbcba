import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ar } from '../../src/elements/texts/ar.ts'
import { de } from '../../src/elements/texts/de.ts'
import { launchChromium, noChromium } from '../dashboard/chromium.ts'
import { violations } from './accessibility.ts'
import { startBackend } from './server.ts'
import { visitStates } from './states.ts'
import { type Manner, visit } from './visitor.ts'

type ColorScheme = 'light' | 'dark'

/** Where pictures of each state go, for people to look at. Without it none are taken. */
const pictures = process.env['SCREENSHOTS']

describe.skipIf(noChromium)('every state of the elements', { timeout: 240_000 }, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  }, 60_000)
  afterAll(() => browser?.close())

  const walks: [string, readonly ColorScheme[], Manner][] = [
    ['in English', ['light', 'dark'], {}],
    ['in English on a phone', ['light'], { width: 390, height: 664, isPhone: true }],
    ['in German', ['light'], { lang: 'de', texts: de }],
    ['in Arabic on a phone', ['dark'], { lang: 'ar', texts: ar, width: 360, height: 780, isPhone: true }],
  ]
  test.each(walks)(
    '%s: axe finds nothing, and the browser has nothing to complain of [CS-PAGE-01]',
    async (name, schemes, manner) => {
      const backend = await startBackend()
      const visitor = await visit(browser, backend, manner)
      const { page } = visitor
      const found: string[] = []
      let count = 0
      await visitStates(visitor, async (state) => {
        count += 1
        for (const colorScheme of schemes) {
          await page.emulateMedia({ colorScheme })
          found.push(...(await violations(page)).map((violation) => `${state}, ${colorScheme}: ${violation}`))
          if (pictures) await picture(name, `${String(count).padStart(2, '0')} ${state}`, colorScheme)
        }
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        if (overflow > 0) found.push(`${state}: ${overflow}px wider than the screen`)
      })
      expect(found).toEqual([])
      expect(visitor.faults).toEqual([])
      expect(count).toBe(43)
      await page.context().close()
      await backend.end()

      async function picture(walk: string, state: string, colorScheme: string): Promise<void> {
        const folder = join(pictures ?? '', walk.replaceAll(' ', '-'))
        mkdirSync(folder, { recursive: true })
        const fullPage = (await page.getByRole('dialog').count()) === 0
        await page.screenshot({ fullPage, path: join(folder, `${state.replaceAll(/[ ,]+/g, '-')}-${colorScheme}.png`) })
      }
    },
  )
})
