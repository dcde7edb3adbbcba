import { enroll } from 'countersign/testing'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ar } from '../../src/elements/texts/ar.ts'
import { de } from '../../src/elements/texts/de.ts'
import { launchChromium, leave, noChromium } from '../dashboard/chromium.ts'
import { violations } from './accessibility.ts'
import { ANN, type Backend, PASSWORD, SAM, startBackend } from './server.ts'
import { type Manner, setUp, type Visitor, visit } from './visitor.ts'

const HERE = 'Chrome on Linux'
/** Marks that set a name apart, so that it does not turn the words around it. */
const plain = (text: string) => text.replaceAll(/[\u2068\u2069]/g, '')

describe.skipIf(noChromium)('the recent changes answer “was that me?”', { timeout: 60_000 }, () => {
  let browser: Browser
  let backend: Backend
  let ann: Visitor
  beforeAll(async () => {
    browser = await launchChromium()
  }, 60_000)
  beforeEach(async () => {
    backend = await startBackend()
    ann = await visit(browser, backend)
  })
  afterEach(async () => {
    await leave(ann.page)
    await backend.end()
  })
  afterAll(() => browser?.close())

  const linesOf = async ({ page }: Visitor) => {
    await page.locator('.changes li').first().waitFor()
    return (await page.locator('.changes li > span').allInnerTexts()).map((text) => plain(text).split('\n'))
  }
  async function enter(who: Visitor, code: string, isTrusted = false): Promise<void> {
    await who.open('not-me=/not-me')
    await who.signIn()
    if (isTrusted) await who.page.getByRole('checkbox').check()
    await who.field(who.texts.appCode).fill(code)
    await who.sees(who.texts.authenticators)
  }

  test('each is one line: what, to which authenticator, from which device, and when', async () => {
    await ann.open()
    await ann.signIn()
    await setUp(ann)
    expect(await linesOf(ann)).toEqual([['Two-factor authentication was turned on', `Phone · from ${HERE}`]])
    await ann.press('Rename Phone')
    await ann.field('Name').fill('Old phone')
    await ann.press('Save')
    await ann.sees('An authenticator was renamed')
    expect((await linesOf(ann))[0]).toEqual(['An authenticator was renamed', `Old phone · from ${HERE}`])
    expect(await ann.page.locator('.changes time').first().getAttribute('datetime')).toMatch(/^20\d\d-/)
    expect(await violations(ann.page)).toEqual([])
  })

  test('a trusted device is marked where this browser is it: in its list, and in what it did', async () => {
    const { phone } = await enroll(backend.twoFactor, ANN)
    backend.clock.advance({ seconds: 60 })
    await enter(ann, phone.next(), true)
    const row = ann.page.locator('.row', { hasText: HERE })
    await row.getByText('this device').waitFor()
    expect((await linesOf(ann))[0]).toEqual(['A device was trusted', `from ${HERE} (this device)`])
    expect(await violations(ann.page)).toEqual([])

    const elsewhere = await visit(browser, backend)
    backend.clock.advance({ seconds: 60 })
    await enter(elsewhere, phone.next())
    expect(await elsewhere.page.locator('.row', { hasText: HERE }).textContent()).not.toContain('this device')
    expect((await linesOf(elsewhere))[0]).toEqual(['A device was trusted', `from ${HERE}`])
    await elsewhere.press(`Revoke ${HERE}`)
    await elsewhere.page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await elsewhere.sees('Trust in a device was revoked')
    expect((await linesOf(elsewhere))[0]).toEqual(['Trust in a device was revoked', `${HERE} · from ${HERE}`])
    expect(elsewhere.faults).toEqual([])
    await leave(elsewhere.page)
  })

  test('the settings are shown where nobody can say which device this is', async () => {
    const { phone } = await enroll(backend.twoFactor, ANN)
    await ann.page.route('**/two-factor/this-device', (route) => route.abort())
    backend.clock.advance({ seconds: 60 })
    await enter(ann, phone.next(), true)
    expect((await linesOf(ann))[0]).toEqual(['A device was trusted', `from ${HERE}`])
  })

  test('what else an operation did, staff’s acts and old records are told; names are text, whatever they hold', async () => {
    const { phone, recoveryCodes } = await enroll(backend.twoFactor, ANN)
    const { twoFactor, clock } = backend
    const [{ id = '' } = {}] = (await twoFactor.status(ANN)).authenticators
    const evil = '<img src=x onerror=alert(1)>'
    await twoFactor.renameAuthenticator(ANN, { id, name: evil, deviceName: '<b>Eve</b>' })
    clock.advance({ seconds: 1 })
    await twoFactor.regenerateRecoveryCodes(ANN, { proof: { code: recoveryCodes[0] ?? '' } })
    clock.advance({ seconds: 1 })
    await twoFactor.admin.issueRecoveryCode(ANN, { by: 'sam', note: 'test' })
    clock.advance({ seconds: 60 })
    await enter(ann, phone.next())
    expect((await linesOf(ann)).slice(0, 3)).toEqual([
      ['An administrator issued a recovery code'],
      ['New recovery codes were generated · A recovery code was used'],
      ['An authenticator was renamed', `${evil} · from <b>Eve</b>`],
    ])
    expect(await ann.page.locator('img, b').count()).toBe(0)
    expect(ann.faults).toEqual([])
  })

  test.each<[Manner, string, string, string]>([
    [
      { lang: 'de', texts: de },
      'Zwei-Faktor-Authentifizierung eingeschaltet',
      'von Chrome auf Linux aus',
      'Unbekannter Browser auf Android',
    ],
    [
      { lang: 'ar', texts: ar, width: 360 },
      'تم تفعيل المصادقة الثنائية',
      'من \u200fChrome على Linux',
      'متصفح غير معروف على Android',
    ],
  ])('in other languages too: $0.lang', async (manner, words, from, fromUnknown) => {
    const other = await visit(browser, backend, manner)
    await other.open()
    await other.signIn()
    await setUp(other)
    const [line = []] = await linesOf(other)
    expect([line[0], line[1]?.endsWith(from)]).toEqual([words, true])
    await backend.twoFactor.passwordChanged(ANN, { deviceName: 'Unknown browser on Android' })
    await backend.twoFactor.passwordChanged(ANN, { deviceName: 'The desk on floor 2' })
    await other.page.reload()
    await other.page.getByText('The desk on floor 2').waitFor()
    await other.page.getByText(fromUnknown).waitFor()
    expect(await violations(other.page)).toEqual([])
    expect(await other.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    await leave(other.page)
  })

  test('after a reset by staff: who did it and when, the way back, by keyboard; until it is set up again', async () => {
    await enroll(backend.twoFactor, ANN)
    const resetAtMs = backend.clock.now()
    await backend.twoFactor.admin.reset(ANN, { by: 'sam', note: 'lost phone' })
    await ann.open(`reset-at=${resetAtMs}&not-me=/not-me`)
    await ann.signIn()
    const notice = ann.page.locator('.notice', {
      hasText: /^\s*Support reset your two-factor authentication on .+ UTC\./,
    })
    await notice.waitFor()
    expect(await notice.getByRole('link').getAttribute('href')).toBe('/not-me')
    expect(await violations(ann.page)).toEqual([])
    await ann.page.reload()
    await notice.getByRole('button', { name: 'Set Up Again' }).focus()
    await ann.page.keyboard.press('Enter')
    await ann.field('Password').fill(PASSWORD)
    await ann.page.keyboard.press('Escape')
    await notice.waitFor()
    await setUp(ann)
    await notice.waitFor({ state: 'detached' })
    expect(ann.faults).toEqual([])
  })

  test('where a second step is required, the setup in the sign-in says it too', async () => {
    await ann.open(`reset-at=${backend.clock.now()}`)
    await ann.signIn(SAM)
    await ann.sees('Your organization requires two-factor authentication.')
    await ann.page.getByText(/^Support reset your two-factor authentication on .+ UTC\./).waitFor()
    expect(await violations(ann.page)).toEqual([])
    expect(ann.faults).toEqual([])
  })

  test('and nothing of a reset where the host says of none', async () => {
    await ann.open('reset-at=')
    await ann.signIn()
    await ann.button('Set Up Two-Factor Authentication').waitFor()
    expect(await ann.page.locator('.notice').count()).toBe(0)
  })
})
