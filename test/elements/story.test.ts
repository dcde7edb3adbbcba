import { readFile } from 'node:fs/promises'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium, noChromium, stopClock } from '../dashboard/chromium.ts'
import { ANN, type Backend, SAM, startBackend } from './server.ts'
import { keepCodes, type Phone, readQr, scan, shownCodes, type Visitor, visit } from './visitor.ts'

/** One person's way through the elements; each part goes on where the one before ended. */
const REVOKE = 'Revoke Chrome on Linux'

describe.skipIf(noChromium).sequential('the story of ann, told by the elements', { timeout: 60_000 }, () => {
  let browser: Browser
  let backend: Backend
  let ann: Visitor
  let phone: Phone
  let recoveryCodes: string[]
  const secrets: string[] = []

  beforeAll(async () => {
    browser = await launchChromium()
    backend = await startBackend()
    ann = await visit(browser, backend, { colorScheme: 'dark' })
    await ann.open()
    await ann.signIn()
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await backend?.end()
  })

  const clipboard = () => ann.page.evaluate(() => navigator.clipboard.readText())
  async function signInAgain(): Promise<void> {
    await ann.signOut()
    await ann.page.reload()
    await ann.signIn()
  }

  test('she sets it up: password, picture and typed data, first code [CS-PAGE-03]', async () => {
    await ann.press('Set Up Two-Factor Authentication')
    expect(await ann.field('Password').getAttribute('autocomplete')).toBe('current-password')
    expect(await ann.page.locator('dialog [autocomplete=username]').inputValue()).toBe(ANN)
    await ann.confirm('Continue')
    await ann.sees('Scan the QR Code')

    const uri = await readQr(ann.page)
    const { searchParams } = new URL(uri)
    const secret = searchParams.get('secret') ?? ''
    secrets.push(secret)
    const typed = await ann.page.locator('.facts').textContent()
    expect(typed).toContain('Acme Cloud')
    expect(typed).toContain(ANN)
    expect(typed?.replaceAll(/[\u2068\u2069]/g, '')).toContain('Time-based, 6 digits, 30 seconds')
    expect((await ann.page.locator('.secret').textContent())?.match(/\S+/g)).toEqual(secret.match(/.{4}/g))
    await ann.press('Copy')
    expect(await clipboard()).toBe(secret)

    const code = ann.field('Enter the code from the app')
    expect(await code.getAttribute('autocomplete')).toBe('one-time-code')
    expect(await code.getAttribute('inputmode')).toBe('numeric')
    await code.fill('000000')
    expect(await ann.problem()).toBe('That code isn’t right. Enter the one your app shows now.')
    const described = await code.getAttribute('aria-describedby')
    expect(described?.split(' ')).toEqual(['code-problem', 'code-hint'])
    expect(await code.getAttribute('aria-invalid')).toBe('true')

    phone = await scan(ann)
    const shown = phone.code()
    await ann.page.evaluate((text) => navigator.clipboard.writeText(text), `${shown.slice(0, 3)} ${shown.slice(3)}`)
    await code.press('ControlOrMeta+V')
    await ann.sees('Save Your Recovery Codes')
  })

  test('she keeps the recovery codes before going on: download, copy, print, or her word', async () => {
    recoveryCodes = await shownCodes(ann.page)
    secrets.push(...recoveryCodes)
    const done = ann.button('Done')
    const saved = ann.field('I’ve saved the data')
    expect(await done.isDisabled()).toBe(true)
    await ann.button('Copy').focus()
    for (const key of ['Escape', 'Escape', 'Escape']) await ann.page.keyboard.press(key)
    expect(await done.isVisible()).toBe(true)
    expect(await ann.button('Copy').evaluate((button) => button.matches(':focus'))).toBe(true)

    const [download] = await Promise.all([ann.page.waitForEvent('download'), ann.press('Download')])
    expect(download.suggestedFilename()).toBe('acme-cloud-recovery-codes.txt')
    const file = await readFile(await download.path(), 'utf8')
    expect(file).toMatch(/^Acme Cloud recovery codes\r\nAccount: ann@acme\.example\r\nDate: \d{4}-\d\d-\d\d\r\n/)
    expect(file.split('\r\n').filter((line) => recoveryCodes.includes(line))).toEqual(recoveryCodes)
    expect(await saved.isChecked()).toBe(true)

    await saved.uncheck()
    expect(await done.isDisabled()).toBe(true)
    await ann.press('Copy')
    expect(await clipboard()).toBe(recoveryCodes.join('\n'))
    expect(await saved.isChecked()).toBe(true)

    const printed: string[] = []
    await ann.page.exposeFunction('printed', (text: string) => printed.push(text))
    await ann.page.evaluate(() => {
      // The print dialog is the browser's: what is looked at is what it would be given.
      const { contentWindow } = Object.getOwnPropertyDescriptors(HTMLIFrameElement.prototype)
      Object.defineProperty(HTMLIFrameElement.prototype, 'contentWindow', {
        get(this: HTMLIFrameElement) {
          const page = contentWindow.get?.call(this)
          if (page)
            page.print = () => {
              const { body } = page.document
              Reflect.get(globalThis, 'printed')(`translate: ${body.translate}\n${body.innerText}`)
              page.dispatchEvent(new Event('afterprint'))
            }
          return page
        },
      })
    })
    await ann.press('Print')
    await expect.poll(() => printed.length).toBe(1)
    expect(printed[0]).toMatch(/Account: ann@acme\.example\nDate: [\d-]+\nSign in at: http:\/\/127\.0\.0\.1:\d+\n/)
    expect(printed[0]?.match(/☐ .*/g)).toEqual(recoveryCodes.map((code) => `☐ ${code}`))
    expect(printed[0]).toMatch(/^translate: false\n/)
    expect(await ann.page.locator('iframe').count()).toBe(0)

    await done.click()
    await ann.button('View Recovery Codes').waitFor()
    expect(await ann.heard()).toEqual(['two-factor-changed {"change":"enabled"}'])
  })

  test('she signs in with a code, and is not asked again on this device [CS-PAGE-09]', async () => {
    backend.clock.advance({ seconds: 30 })
    await signInAgain()
    const code = ann.field('Code from the app')
    expect(await code.getAttribute('autocomplete')).toBe('one-time-code')
    expect(await code.getAttribute('inputmode')).toBe('numeric')
    expect(await ann.page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.id)).toBe('code')
    await ann.field('Don’t ask again on this device for 30 days').check()
    await code.fill(phone.code())
    await ann.button(REVOKE).waitFor()
    expect(await ann.heard()).toEqual([
      'two-factor-signed-in {"signedIn":true,"method":"totp","recoveryCodesLeft":10,"deviceTrusted":true}',
    ])
    await signInAgain()
    await ann.press(REVOKE)
    await ann.page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await ann.sees('None. Every sign-in asks for a second step.')
    expect(await ann.heard()).toEqual(['two-factor-changed {"change":"trusted-devices-revoked"}'])
  })

  test('she signs in with a recovery code in the same field, which is then marked as used', async () => {
    const [used = '', ...others] = recoveryCodes
    await signInAgain()
    await ann.press('Use a recovery code')
    const code = ann.field('Recovery code')
    expect(await ann.field('Don’t ask again on this device for 30 days').count()).toBe(0)
    expect(await code.getAttribute('inputmode')).toBe(null)
    expect(await code.evaluate((input) => input.matches(':focus'))).toBe(true)
    await code.fill(used.toLowerCase().replaceAll('-', ' '))
    await ann.press('Verify')
    await ann.press('View Recovery Codes')
    await ann.confirm('View Codes', 'not the password')
    expect(await ann.problem()).toBe('That’s not your password. Check it and try again.')
    await ann.confirm('View Codes')
    await ann.page.locator('.used').waitFor()
    expect(await ann.page.locator('.used code').allInnerTexts()).toEqual([used])
    expect(await shownCodes(ann.page)).toEqual([used, ...others])
    await ann.press('Copy')
    expect(await clipboard()).toBe(others.join('\n'))
  })

  test('she generates new recovery codes', async () => {
    await ann.press('Generate New Recovery Codes')
    await ann.sees('Your current recovery codes stop working immediately.')
    expect(await ann.field('Password').count()).toBe(0)
    await ann.press('Generate')
    const fresh = await keepCodes(ann)
    expect(fresh.filter((code) => recoveryCodes.includes(code))).toEqual([])
    recoveryCodes = fresh
    secrets.push(...fresh)
    await ann.page.getByText(/^.?10.? of .?10.? left$/).waitFor()
  })

  test('she adds a tablet, renames it, removes it', async () => {
    await ann.press('Add Another')
    await ann.field('Name').fill('Tablet')
    await ann.confirm('Continue')
    await ann.field('Enter the code from the app').fill((await scan(ann)).code())
    await ann.press('Rename Tablet')
    expect(await ann.field('Name').inputValue()).toBe('Tablet')
    await ann.field('Name').fill('')
    await ann.press('Save')
    expect(await ann.problem()).toBe('Fill this in.')
    await ann.field('Name').fill('Old <b>tablet</b>')
    await ann.press('Save')
    await ann.press('Remove Old <b>tablet</b>')
    await ann.confirm('Remove')
    await ann.button('Remove Old <b>tablet</b>').waitFor({ state: 'detached' })
    // What had the focus is gone: the heading has it.
    await expect
      .poll(() => ann.page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.tagName))
      .toBe('H2')
    expect((await ann.heard()).slice(-3)).toEqual([
      'two-factor-changed {"change":"authenticator-added"}',
      'two-factor-changed {"change":"authenticator-renamed"}',
      'two-factor-changed {"change":"authenticator-removed"}',
    ])
  })

  test('she moves to a new phone, which takes the place of the old one', async () => {
    const { authenticators: before } = await backend.twoFactor.status(ANN)
    await ann.press('Move to a New Phone')
    await ann.confirm('Continue')
    phone = await scan(ann)
    await ann.field('Enter the code from the app').fill(phone.code())
    await ann.sees('The new authenticator replaced the old one.')
    const { authenticators } = await backend.twoFactor.status(ANN)
    expect(authenticators).toMatchObject([{ name: 'Phone' }])
    expect(authenticators[0]?.id).not.toBe(before[0]?.id)
  })

  test('waits are counted down, hold up no other kind of code, and can be started over [CS-PAGE-05]', async () => {
    await ann.signOut()
    await ann.page.context().clearCookies()
    await ann.page.clock.install()
    await ann.page.reload()
    await ann.signIn()
    await stopClock(ann.page)
    const waiting = ann.button(/^Try again in \d+ seconds?$/)
    for (let guess = 0; guess < 7 && !(await waiting.isVisible()); guess++) {
      await ann.field('Code from the app').fill(`00000${guess}`)
      await ann.page.locator('form[aria-busy=false]').waitFor()
    }
    expect(await waiting.isDisabled()).toBe(true)
    await ann.press('Use a recovery code')
    expect(await ann.button('Verify').isDisabled()).toBe(false)
    await ann.page.clock.fastForward(600)
    const announced = () => ann.page.getByRole('status').allInnerTexts()
    expect(await announced()).not.toContain('You can try again now.')
    await ann.press('Use the code from the app')
    expect(await waiting.isDisabled()).toBe(true)
    await ann.page.clock.fastForward(3000)
    await ann.button('Verify').waitFor()
    expect(await announced()).toContain('You can try again now.')
    await ann.page.clock.resume()

    backend.clock.advance({ seconds: 301 })
    await ann.field('Code from the app').fill(phone.code())
    await ann.sees('That took too long. Sign in again.')
    await ann.press('Start Over')
    expect(await ann.heard()).toEqual(['two-factor-start-over {"reason":"challenge-expired"}'])
    await ann.signIn()
    await ann.field('Code from the app').fill(phone.code())
    await ann.sees('Signing in takes a second step.')
  })

  test('she makes an access token for a script: shown once, and told to nobody', async () => {
    await ann.press('New Token')
    await ann.field('Name').fill('Backups')
    await ann.field('Password').fill('correct-horse-7')
    await ann.press('Create')
    expect(await ann.problem()).toBe('Choose at least one.')
    await ann.field('servers:read').check()
    expect(await ann.field('Expires').locator('option').allInnerTexts()).toEqual([
      '7 days',
      '30 days',
      '90 days',
      '365 days',
      'Never',
    ])
    await ann.press('Create')
    const shown = ann.page.locator('.shown-token code')
    const token = (await shown.textContent())?.trim() ?? ''
    secrets.push(token)
    await ann.press('Copy')
    expect(await clipboard()).toBe(token)
    expect(await backend.tokens.verify(token, { scope: 'servers:read' })).toMatchObject({ ok: true, userId: ANN })
    await ann.press('Done')
    expect(await ann.page.content()).not.toContain(token)

    await ann.press('Rename Backups')
    await ann.field('Name').fill('Nightly')
    await ann.press('Save')
    await ann.press('Revoke Nightly')
    await ann.page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await ann.sees('You have none.')
    expect(await backend.tokens.verify(token)).toMatchObject({ ok: false })
    expect((await ann.heard()).slice(-3)).toEqual([
      'access-tokens-changed {"change":"issued"}',
      'access-tokens-changed {"change":"renamed"}',
      'access-tokens-changed {"change":"revoked"}',
    ])
  })

  test('she reads what has changed, and disables it', async () => {
    const changes = await ann.page.locator('.changes li').allInnerTexts()
    expect(changes[0]).toContain('An authenticator was removed')
    await ann.press('Disable Two-Factor Authentication')
    await ann.confirm('Disable')
    await ann.button('Set Up Two-Factor Authentication').waitFor()
    expect((await ann.heard()).at(-1)).toBe('two-factor-changed {"change":"disabled"}')
  })

  test('the page hears that nobody is signed in any more', async () => {
    await ann.press('Set Up Two-Factor Authentication')
    await ann.signOut()
    await ann.confirm('Continue')
    expect(await ann.problem()).toBe('You are signed out. Sign in again.')
    expect((await ann.heard()).at(-1)).toBe('two-factor-signed-out {}')
  })

  test('sam, who must have it, is led through the setup before the page hears that he is in', async () => {
    const sam = await visit(browser, backend)
    await sam.open()
    await sam.signIn(SAM)
    await sam.press('Continue')
    const code = sam.field('Enter the code from the app')
    await code.fill((await scan(sam)).code())
    await sam.sees('Save Your Recovery Codes')
    expect(await sam.heard()).toEqual([])
    secrets.push(...(await keepCodes(sam)))
    await sam.sees('Your organization requires it, so it can’t be disabled.')
    expect(await sam.button(/^Disable/).count()).toBe(0)
    expect(await sam.heard()).toHaveLength(1)
    expect((await sam.heard())[0]).toMatch(/^two-factor-signed-in .*"method":"totp"/)
    const told = [...(await ann.heard()), ...(await sam.heard())].join()
    expect(secrets.filter((secret) => told.includes(secret))).toEqual([])
    expect(sam.faults).toEqual([])
  })

  test('the browser had nothing to complain of', () => {
    expect(ann.faults).toEqual([])
  })
})
