import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { violations } from '../elements/accessibility.ts'
import { ALEX, DANA, PASSWORD } from './accounts.ts'
import { launchChromium, leave, noChromium } from './chromium.ts'
import { type Rig, startRig } from './rig.ts'
import { setUp, type Visitor, visit } from './visitor.ts'

describe.skipIf(noChromium).sequential('the language of the dashboard', { timeout: 120_000 }, () => {
  let rig: Rig
  let browser: Browser
  let dana: Visitor

  beforeAll(async () => {
    rig = await startRig()
    browser = await launchChromium()
    dana = await visit(browser, rig.dashboard, 'de-AT')
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await rig?.end()
  })

  const language = () => dana.page.locator('#language')
  const root = () => dana.page.evaluate(() => [document.documentElement.lang, document.documentElement.dir])

  test('is the browser’s, from the first page on and in what is refused', async () => {
    await dana.page.goto('/')
    await dana.sees('Bei Acme Cloud anmelden')
    expect(await dana.page.title()).toBe('Anmelden · Acme Cloud')
    expect(await root()).toEqual(['de', 'ltr'])
    await dana.field('Benutzername').fill(DANA)
    await dana.field('Passwort').fill('not the password')
    await dana.press('Anmelden')
    expect(await dana.error()).toBe('Kein Konto hat diesen Benutzernamen und dieses Passwort.')
  })

  test('is English where the browser’s languages are not spoken here', async () => {
    const other = await visit(browser, rig.dashboard, 'fr-FR')
    await other.page.goto('/')
    await other.sees('Sign in to Acme Cloud')
    await leave(other.page)
  })

  test('is switched without losing what was typed, and stays', async () => {
    await dana.field('Passwort').fill(PASSWORD)
    await language().selectOption('العربية')
    await dana.sees('تسجيل الدخول إلى Acme Cloud')
    expect(await root()).toEqual(['ar', 'rtl'])
    expect(await dana.field('اسم المستخدم').inputValue()).toBe(DANA)
    expect(await dana.field('كلمة المرور').inputValue()).toBe(PASSWORD)
    expect(await dana.page.evaluate(() => document.activeElement?.id)).toBe('language')
    await dana.press('تسجيل الدخول')
    await dana.sees('المصادقة الثنائية')
    await dana.page.reload()
    await dana.sees('المصادقة الثنائية')
    expect(await root()).toEqual(['ar', 'rtl'])
  })

  test('leaves no English word on any page, from right to left, and nothing is cut or amiss for axe', async () => {
    for (const [place, content] of [
      ['نظرة عامة', 'يعمل'],
      ['رموز الوصول', 'استخدام رمز وصول'],
      ['النشاط', 'لا شيء بعد.'],
      ['المستخدمون', 'عند تسجيل الدخول التالي'],
      ['الحساب', 'تغييرها يسجّل خروجك من كل مكان آخر.'],
    ] as const) {
      await dana.goTo(place)
      await dana.page.getByText(content, { exact: true }).first().waitFor()
      expect(await latinWords(dana), place).toEqual([])
      expect(await violations(dana.page), place).toEqual([])
      await dana.page.setViewportSize({ width: 320, height: 640 })
      const wider = await dana.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(wider, place).toBeLessThanOrEqual(0)
      await dana.page.setViewportSize({ width: 1280, height: 800 })
    }
  })

  test('holds in dialogs, and from Account everything goes back to English at once', async () => {
    await dana.press('تغيير كلمة المرور')
    expect(await latinWords(dana)).toEqual([])
    await dana.press('إلغاء')
    await language().selectOption('English')
    await dana.sees('Account')
    await dana.sees('Two-Factor Authentication')
    expect(await root()).toEqual(['en', 'ltr'])
    await dana.signOut()
    await dana.signIn(ALEX)
    await dana.sees('Account')
  })

  test('is switched in the second step of a sign-in too, which goes on', async () => {
    const { phone } = await setUp(dana, rig.clock.now)
    rig.clock.advance({ seconds: 60 })
    await dana.signOut()
    await dana.signIn(ALEX)
    await dana.field('Code from the app').waitFor()
    await language().selectOption('Deutsch')
    await dana.field('Code aus der App').waitFor()
    expect(await root()).toEqual(['de', 'ltr'])
    expect(await dana.page.title()).toBe('Anmelden · Acme Cloud')
    await expect.poll(() => dana.page.evaluate(() => document.activeElement?.id)).toBe('language')
    expect(await violations(dana.page)).toEqual([])
    await dana.field('Code aus der App').fill(phone.code())
    await dana.sees('Konto')
  })
})

/** What a person can read in Latin letters, but for names, data, and what is typed as it stands. */
function latinWords({ page }: Visitor): Promise<string[]> {
  return page.evaluate(() => {
    const data =
      /Acme Cloud|\S+@\S+|Dana Lindqvist|Alex Rivera|Sam Okafor|web-\d|database|staging|Frankfurt|Helsinki|vCPU|GB/g
    const words: string[] = []
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const parent = walker.currentNode.parentElement
      if (!parent || parent.closest('code, noscript, [lang]:not(html), .badge')) continue
      words.push(...((walker.currentNode.textContent ?? '').replace(data, '').match(/[A-Za-z]{2,}/g) ?? []))
    }
    const labels = [...document.querySelectorAll('[aria-label], [title]')].map((node) => node.ariaLabel ?? '')
    return [...words, ...labels.filter((label) => /[A-Za-z]{2,}/.test(label))]
  })
}
