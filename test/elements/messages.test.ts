import { enroll, virtualAuthenticator } from 'countersign/testing'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { launchChromium, leave, noChromium, stopClock } from '../dashboard/chromium.ts'
import { ANN, type Backend, type BackendOptions, startBackend } from './server.ts'
import { type Phone, type Visitor, visit } from './visitor.ts'

describe.skipIf(noChromium)('what the elements say', { timeout: 60_000 }, () => {
  let browser: Browser
  let backend: Backend
  let ann: Visitor
  let phone: Phone
  let recoveryCodes: string[]
  /** What was sent to the server. */
  let sent: string[]
  beforeAll(async () => {
    browser = await launchChromium()
  }, 60_000)
  beforeEach(() => start())
  afterEach(stop)
  afterAll(() => browser?.close())

  async function start(options: BackendOptions = {}): Promise<void> {
    backend = await startBackend(options)
    ann = await visit(browser, backend)
    sent = []
    ann.page.on('request', (request) => {
      if (request.method() === 'POST') sent.push(new URL(request.url()).pathname.replace('/two-factor/', ''))
    })
    ;({ phone, recoveryCodes } = await enroll(backend.twoFactor, ANN))
    await ann.open()
  }
  async function stop(): Promise<void> {
    await leave(ann.page)
    await backend.end()
  }
  async function restart(options: BackendOptions): Promise<void> {
    await stop()
    await start(options)
  }
  const code = () => ann.field('Code from the app')
  const placeholder = () => code().getAttribute('placeholder')
  const hint = async () =>
    ((await ann.page.locator('#code-hint').textContent()) ?? '').replaceAll(/[\u2068\u2069]/g, '')
  const problem = async () => (await ann.problem()).replaceAll(/[\u2068\u2069]/g, '')
  async function enter(): Promise<void> {
    await ann.signIn()
    await code().fill(phone.next())
    await ann.button('View Recovery Codes').waitFor()
  }
  const secretOf = (digits: number) => (digits === 8 ? 'KRSXG5CTMVRXEZLU' : 'JBSWY3DPEHPK3PXP')
  const uriOf = (digits: number) => `otpauth://totp/x?secret=${secretOf(digits)}&digits=${digits}`
  const app = (digits: number) => virtualAuthenticator(uriOf(digits), { now: backend.clock.now })
  async function importApps(...digits: number[]): Promise<void> {
    await backend.twoFactor.admin.reset(ANN, { by: 'dana', note: 'test' })
    const authenticators = digits.map((count) => ({ secret: secretOf(count), digits: count }))
    await backend.twoFactor.admin.importUser(ANN, { authenticators })
  }
  const guesses = () => sent.filter((path) => path === 'complete-challenge').length

  test('a part of a code is not sent: the page knows that it is one', async () => {
    await ann.signIn()
    await code().fill('12')
    await ann.press('Verify')
    expect(await problem()).toBe('Enter all 6 digits of the code.')
    await code().fill('1234567')
    await code().press('Enter')
    expect(guesses()).toBe(0)
    await code().fill('12345678')
    await code().press('Enter')
    await expect.poll(guesses).toBe(1)
  })

  test('a code from any keyboard, and with what was copied along, is complete: it is sent by itself and signs in', async () => {
    const from = (zero: number) => phone.next().replace(/./g, (digit) => String.fromCodePoint(zero + Number(digit)))
    const [arabic, persian, devanagari, fullWidth] = [0x0660, 0x06f0, 0x0966, 0xff10]
    const spellings = [
      () => `\u2067${from(arabic)}\u2069`,
      () => from(persian),
      () => from(devanagari),
      () => from(fullWidth),
      () => phone.next().replace(/(...)/, '$1\u00ad\u200b '),
    ]
    for (const typed of spellings) {
      await ann.signIn()
      await code().fill(typed())
      await ann.button('View Recovery Codes').waitFor()
      await ann.signOut()
      backend.clock.advance({ seconds: 60 })
      await ann.open()
    }
    expect(guesses()).toBe(spellings.length)
  })

  test('a wrong code says which kind was wrong, and what to do next', async () => {
    await ann.signIn()
    await code().fill('000000')
    expect(await problem()).toBe('That code isn’t right. Enter the one your app shows now.')
    await ann.press('Use a recovery code')
    await ann.field('Recovery code').fill('AAAA-BBBB-CCCC-DDDD')
    await ann.press('Verify')
    expect(await problem()).toBe('That recovery code isn’t right. Check it, or use another one.')
    await backend.twoFactor.verify(ANN, { code: recoveryCodes[0] ?? '' })
    await ann.field('Recovery code').fill(recoveryCodes[0] ?? '')
    await ann.press('Verify')
    await ann.sees('That recovery code was already used. Use another one.')
  })

  test.each([
    [4, 'Your phone’s clock is about 4 minutes ahead. Turn on automatic date and time, then enter a new code.'],
    [-12, 'Your phone’s clock is about 12 minutes behind. Turn on automatic date and time, then enter a new code.'],
  ])('a phone whose clock is off by %d minutes hears that it is the clock', async (minutes, words) => {
    await enter()
    await ann.press('Add Another')
    await ann.field('Name').fill('Tablet')
    await ann.confirm('Continue')
    const uri = (await ann.page.locator('.scan-here').getAttribute('href')) ?? ''
    const off = virtualAuthenticator(uri, { now: () => backend.clock.now() + minutes * 60_000 })
    await ann.field(ann.texts.scanProve).fill(off.code())
    expect(await problem()).toBe(words)
  })

  test('somebody who is locked out of the app hears that a recovery code still works', async () => {
    await ann.signIn()
    await ann.page.route('**/two-factor/complete-challenge', (route) =>
      route.fulfill({
        status: 429,
        contentType: 'application/problem+json',
        json: { type: 'urn:countersign:problem:locked', reason: 'locked', retryAfterSeconds: null },
      }),
    )
    await code().fill('000000')
    expect(await problem()).toMatch(/Recovery codes still work\.$/)
  })

  test('a code typed during a wait is sent when it ends, once, and the button says so', async () => {
    await ann.page.clock.install()
    await ann.page.reload()
    await ann.signIn()
    await stopClock(ann.page)
    const waiting = ann.button(/^Try again in \d+ seconds?$/)
    for (let guess = 0; guess < 7 && !(await waiting.isVisible()); guess++) {
      await code().fill(`00000${guess}`)
      await ann.page.locator('form[aria-busy=false]').waitFor()
    }
    await waiting.waitFor()
    const before = guesses()
    await code().fill('12')
    await code().press('Enter')
    expect(await problem()).toBe('Enter all 6 digits of the code.')
    await code().fill(phone.next())
    await ann.button(/^Sends in \d+ seconds?$/).waitFor()
    expect(guesses()).toBe(before)
    backend.clock.advance({ seconds: 3 })
    await ann.page.clock.fastForward(3000)
    await ann.button('View Recovery Codes').waitFor()
    expect(guesses()).toBe(before + 1)
  })

  test('what is said of a change covers nothing, and goes when something else begins', async () => {
    await enter()
    await ann.press('Rename Virtual phone')
    await ann.field('Name').fill('Pocket')
    await ann.press('Save')
    const told = ann.page.locator('.notice.good')
    expect(await told.textContent()).toBe('Renamed.')
    expect(await told.evaluate((node) => getComputedStyle(node).position)).toBe('static')
    expect(await ann.page.locator('two-factor-settings [role=status]').last().textContent()).toBe('Renamed.')
    await ann.press('Rename Pocket')
    expect(await told.count()).toBe(0)
  })

  test('codes of eight digits: the hint, the placeholder and the form that sends itself go by them', async () => {
    await restart({ digits: 8 })
    await importApps(8)
    await ann.signIn()
    expect([await placeholder(), await hint()]).toEqual(['0000 0000', 'The 8-digit code from your authenticator app'])
    await code().pressSequentially(app(8).code())
    await ann.button('Add Another').waitFor()
    expect(guesses()).toBe(1)
    await ann.press('Add Another')
    await ann.field('Name').fill('Tablet')
    await ann.confirm('Continue')
    expect(await ann.field(ann.texts.scanProve).getAttribute('placeholder')).toBe('0000 0000')
  })

  test('somebody with apps of six and of eight digits types either', async () => {
    await importApps(6, 8)
    await ann.signIn()
    expect([await placeholder(), await hint()]).toEqual([null, 'The 6 or 8-digit code from your authenticator app'])
    await code().pressSequentially(app(6).code())
    expect(guesses()).toBe(0)
    await code().press('Enter')
    await ann.sees('On')
  })

  test('the second step names the account and the authenticator, as the page tells it', async () => {
    await ann.open('account=ann@acme.example&authenticator=Pocket')
    await ann.signIn()
    await ann.page.getByText(/Signing in as .?ann@acme.example/).waitFor()
    expect(await hint()).toBe('The 6-digit code from “Pocket”')
  })

  test('from the codes to new ones takes no second proof, and Escape goes back to the codes', async () => {
    await enter()
    await ann.page.getByRole('button', { name: 'View Recovery Codes' }).click()
    await ann.confirm('View Codes')
    const list = ann.page.locator('.code-list')
    await list.waitFor()
    for (const way of ['Escape', 'Cancel', 'Close']) {
      await ann.press('Generate New Recovery Codes')
      await ann.sees('Your current recovery codes stop working immediately.')
      if (way === 'Escape') await ann.page.keyboard.press(way)
      else await ann.press(way)
      await list.waitFor()
    }
    await ann.press('Generate New Recovery Codes')
    expect(await ann.field('Password').count()).toBe(0)
    await ann.press('Generate')
    await list.waitFor()
  })

  test('an empty form marks each field, and a long name is told, not cut', async () => {
    await enter()
    await ann.press('Add Another')
    await ann.press('Continue')
    expect(await ann.page.locator('.problem:not(:empty)').allInnerTexts()).toEqual(['Fill this in.', 'Fill this in.'])
    expect(await ann.field('Name').evaluate((input) => input.matches(':focus'))).toBe(true)
    const long = 'ä'.repeat(40)
    await ann.field('Name').fill(long)
    await ann.confirm('Continue')
    expect(await ann.field('Name').inputValue()).toBe(long)
    expect(await problem()).toBe(ann.texts['invalid-name'])
    expect(sent).not.toContain('begin-setup')
  })

  test('a setup that has ended keeps the name', async () => {
    await enter()
    await ann.press('Add Another')
    await ann.field('Name').fill('Tablet')
    await ann.confirm('Continue')
    await ann.field(ann.texts.scanProve).waitFor()
    backend.clock.advance({ seconds: 601 })
    await ann.field(ann.texts.scanProve).fill('123456')
    await ann.sees('This setup has ended. Start again to get a new key.')
    expect(await ann.field('Name').inputValue()).toBe('Tablet')
  })

  test('only success says Copied; otherwise the text is selected for the person’s own keys', async () => {
    await ann.open('show=codes')
    await ann.signIn()
    await code().fill(phone.next())
    const copied = () => ann.page.evaluate(() => navigator.clipboard.readText())
    const refuse = (older: boolean) =>
      ann.page.evaluate((isOlderRefused) => {
        navigator.clipboard.writeText = () => Promise.reject(new Error('refused'))
        if (isOlderRefused) globalThis.document.execCommand = () => false
      }, older)
    await ann.page.locator('.code-list').waitFor()
    await refuse(true)
    await ann.press('Copy')
    await ann.page
      .getByText(/^Press .?Ctrl\+C.? to copy\.$/)
      .first()
      .waitFor()
    expect(await ann.button('Copied').count()).toBe(0)
    expect(await ann.field(ann.texts.codesSaved).isChecked()).toBe(false)
    await ann.page.keyboard.press('Control+C')
    expect((await copied()).trim().split(/\s+/)).toEqual(['AAAA-BBBB-CCCC-DDDD', 'EEEE-FFFF-GGGG-HHHH'])

    await ann.page.reload()
    await refuse(false)
    await ann.press('Copy')
    await ann.button('Copied').waitFor()
    expect(await copied()).toBe('AAAA-BBBB-CCCC-DDDD\nEEEE-FFFF-GGGG-HHHH')
    expect(await ann.field(ann.texts.codesSaved).isChecked()).toBe(true)
  })
})
