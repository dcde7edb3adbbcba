import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ar } from '../../src/elements/texts/ar.ts'
import { de } from '../../src/elements/texts/de.ts'
import { launchChromium, leave, noChromium } from '../dashboard/chromium.ts'
import { violations } from './accessibility.ts'
import { layoutFaults, plainControls } from './controls.ts'
import { visitPasskeyStates } from './passkey-states.ts'
import { type BackendOptions, startBackend } from './server.ts'
import { type Look, visitStates } from './states.ts'
import { type Manner, type Visitor, visit } from './visitor.ts'

type ColorScheme = 'light' | 'dark'
type Size = { width: number; height: number }

/** Where pictures of each state go, for people to look at. Without it none are taken. */
const pictures = process.env['SCREENSHOTS']

describe.skipIf(noChromium)('every state of the elements', { timeout: 1_200_000 }, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  }, 60_000)
  afterAll(() => browser?.close())

  const PORTRAIT = { width: 390, height: 664 }
  const LANDSCAPE = { width: 844, height: 390 }
  /** The room that is left of 1280×900 at a zoom of 200 %. */
  const ZOOMED = { width: 640, height: 450 }
  const DESKTOP = { width: 1280, height: 900 }

  interface Walk {
    name: string
    schemes: readonly ColorScheme[]
    manner: Manner
    /** In which sizes of the page no control may be covered or cut. The first is the one to walk in. */
    sizes: readonly [Size, ...Size[]]
  }
  const WALKS: Walk[] = [
    { name: 'in English', schemes: ['light', 'dark'], manner: {}, sizes: [DESKTOP, ZOOMED] },
    { name: 'in English on a phone', schemes: ['light'], manner: { isPhone: true }, sizes: [PORTRAIT, LANDSCAPE] },
    {
      name: 'in German',
      schemes: ['light'],
      manner: { lang: 'de', texts: de },
      sizes: [DESKTOP, PORTRAIT, LANDSCAPE, ZOOMED],
    },
    {
      name: 'in Arabic on a phone',
      schemes: ['dark'],
      manner: { lang: 'ar', texts: ar, isPhone: true },
      sizes: [PORTRAIT, LANDSCAPE, ZOOMED],
    },
  ]
  const TOURS: [string, number, (visitor: Visitor, look: Look) => Promise<void>, BackendOptions][] = [
    ['with an app', 43, visitStates, {}],
    ['with passkeys', 25, visitPasskeyStates, { passkeys: true }],
  ]
  const walks = TOURS.flatMap((tour) => WALKS.map((walk) => [walk.name, tour[0], walk, tour] as const))

  test.each(walks)(
    '%s, %s: axe finds nothing, no control is covered or cut, forced colors leave all controls visible, and the browser has nothing to complain of [CS-PAGE-01]',
    async (_name, _tour, { name, schemes, manner, sizes }, [tour, states, visitAll, options]) => {
      const backend = await startBackend(options)
      const visitor = await visit(browser, backend, { ...manner, ...sizes[0] })
      const { page } = visitor
      const found: string[] = []
      let count = 0
      await visitAll(visitor, async (state) => {
        count += 1
        const note = (form: string, faults: string[]) =>
          found.push(...faults.map((fault) => `${state}, ${form}: ${fault}`))
        const shoot = (form: string) => picture(`${tour} ${name}`, `${String(count).padStart(2, '0')} ${state}`, form)
        for (const colorScheme of schemes) {
          await page.emulateMedia({ colorScheme })
          note(colorScheme, await violations(page))
          await shoot(colorScheme)
        }
        await page.emulateMedia({ forcedColors: 'active' })
        note('forced colors', await plainControls(page))
        await shoot('forced colors')
        await page.emulateMedia({ forcedColors: 'none' })
        for (const size of sizes) {
          await page.setViewportSize(size)
          const form = `${size.width}×${size.height}`
          note(form, await layoutFaults(page))
          note(form, await tooWide())
          if (size !== sizes[0]) await shoot(form)
        }
        await page.setViewportSize(sizes[0])
        if (sizes[0] !== DESKTOP) return
        await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'))
        note('letters of 200 %', await layoutFaults(page))
        note('letters of 200 %', await tooWide())
        await shoot('letters of 200 %')
        await page.evaluate(() => document.documentElement.style.removeProperty('font-size'))
      })
      expect(found).toEqual([])
      expect(visitor.faults).toEqual([])
      expect(count).toBe(states)
      await leave(page)
      await backend.end()

      function tooWide(): Promise<string[]> {
        return page.evaluate(() => {
          const wider = document.documentElement.scrollWidth - innerWidth
          return wider > 0 ? [`${wider}px wider than the screen`] : []
        })
      }

      async function picture(walk: string, state: string, form: string): Promise<void> {
        if (!pictures) return
        const folder = join(pictures, walk.replaceAll(' ', '-'))
        mkdirSync(folder, { recursive: true })
        const fullPage = (await page.getByRole('dialog').count()) === 0
        const path = join(folder, `${`${state} ${form}`.replaceAll(/[ ,%]+/g, '-')}.png`)
        await page.screenshot({ fullPage, path })
      }
    },
  )
})
