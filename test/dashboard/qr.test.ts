import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasProgram, needs } from '../needs.ts'
import { ALEX } from './accounts.ts'
import { launchChromium, noChromium } from './chromium.ts'
import { type Rig, startRig } from './rig.ts'
import { type Visitor, visit } from './visitor.ts'

const run = promisify(execFile)
const noZbarimg = needs('zbarimg', hasProgram('zbarimg'), 'apt-get install zbar-tools')
const noOathtool = needs('oathtool', hasProgram('oathtool'), 'apt-get install oathtool')

describe
  .skipIf(noChromium)
  .sequential('the picture and the secret, to other people’s programs', { timeout: 120_000 }, () => {
    let rig: Rig
    let browser: Browser
    let alex: Visitor
    let folder: string

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'dashboard-qr-'))
      rig = await startRig()
      browser = await launchChromium()
      alex = await visit(browser, rig.dashboard)
      await alex.signIn(ALEX)
      await alex.press('Set Up Two-Factor Authentication')
      await alex.confirm('Continue')
      await alex.page.locator('.qr').waitFor()
    }, 120_000)
    afterAll(async () => {
      await browser?.close()
      await rig?.end()
      await rm(folder, { recursive: true, force: true })
    })

    const secret = async () => (await alex.page.locator('.secret').textContent())?.replaceAll(' ', '') ?? ''

    test.skipIf(noZbarimg).each([
      { colorScheme: 'light', width: 1280, height: 800 },
      { colorScheme: 'dark', width: 1280, height: 800 },
      { colorScheme: 'dark', width: 390, height: 844 },
    ] as const)('zbarimg reads the whole screen: $colorScheme, $width wide', async ({ colorScheme, ...size }) => {
      await alex.page.emulateMedia({ colorScheme })
      await alex.page.setViewportSize(size)
      const path = join(folder, `${colorScheme}-${size.width}.png`)
      await alex.page.screenshot({ path })
      const { stdout } = await run('zbarimg', ['--quiet', '--raw', path])
      expect(stdout.trim()).toBe(
        `otpauth://totp/Acme%20Cloud:alex%40acme.example?secret=${await secret()}&issuer=Acme%20Cloud`,
      )
    })

    test.skipIf(noOathtool)('oathtool makes the code that the page takes, from the secret as typed', async () => {
      const at = new Date(rig.clock.now()).toISOString().replace('T', ' ').slice(0, 19)
      const { stdout } = await run('oathtool', ['--totp', '--base32', await secret(), '--now', `${at} UTC`])
      await alex.field('Enter the code from the app').fill(stdout.trim())
      await alex.sees('Save Your Recovery Codes')
    })
  })
