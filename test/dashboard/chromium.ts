import { type Browser, chromium, type Page } from 'playwright-core'
import { findProgram, needs } from '../needs.ts'

/** Its path; null if there is none. */
export const chromiumPath: string | null =
  process.env['CHROMIUM'] ?? findProgram('chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome')
const FLAGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

/** True where there is no browser, and its tests are to be skipped. */
export const noChromium: boolean = needs(
  'Chromium',
  chromiumPath !== null,
  'apt-get install chromium, or CHROMIUM=its path',
)

export function launchChromium(): Promise<Browser> {
  if (chromiumPath === null) throw new Error('Chromium is not there')
  return chromium.launch({ executablePath: chromiumPath, args: FLAGS })
}

/** Closes the page and all that belongs to its visitor. A request that a test holds up or answers then ends quietly. */
export async function leave(page: Page): Promise<void> {
  const context = page.context()
  await Promise.all(context.pages().map((each) => each.unrouteAll({ behavior: 'ignoreErrors' })))
  await context.close()
}

/** Stops the clock of a page on which `page.clock` is installed: a second's wait must not end while nobody looks. */
export async function stopClock(page: Page): Promise<void> {
  await page.clock.pauseAt(await page.evaluate(() => Date.now() + 1000))
}
