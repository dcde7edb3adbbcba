import { type Browser, chromium, type Page } from 'playwright-core'
import { findProgram, needs } from '../needs.ts'

const program =
  process.env['CHROMIUM'] ?? findProgram('chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome')
const FLAGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

/** True where there is no browser, and its tests are to be skipped. */
export const noChromium: boolean = needs('Chromium', program !== null, 'apt-get install chromium, or CHROMIUM=its path')

export function launchChromium(): Promise<Browser> {
  if (program === null) throw new Error('Chromium is not there')
  return chromium.launch({ executablePath: program, args: FLAGS })
}

/** Stops the clock of a page on which `page.clock` is installed: a second's wait must not end while nobody looks. */
export async function stopClock(page: Page): Promise<void> {
  await page.clock.pauseAt(await page.evaluate(() => Date.now() + 1000))
}
