import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ar } from '../../src/elements/texts/ar.ts'
import { en } from '../../src/elements/texts/en.ts'
import { ANN, type Backend, SAM, startBackend } from '../elements/server.ts'
import type { Engine } from './engine.ts'
import { noFirefox, startFirefox } from './firefox.ts'
import { type Person, type Phone, personAt } from './person.ts'
import { noWebKit, startWebKit } from './webkit.ts'

const ENGINES = [
  ['Firefox', noFirefox, startFirefox],
  ['WebKit', noWebKit, startWebKit],
] as const

describe.each(ENGINES)('the elements in %s', (_, isMissing, startEngine) => {
  describe.skipIf(isMissing).sequential('tell the story of ann', { timeout: 300_000 }, () => {
    let engine: Engine
    let backend: Backend
    let ann: Person
    let phone: Phone
    let recoveryCodes: string[]
    const codesShown = async () => (await ann.all({ css: '.code-list code' })).map(({ text }) => text)
    const faults = () => engine.ask(() => document.documentElement.dataset['faults'] ?? '')

    beforeAll(async () => {
      backend = await startBackend()
      engine = await startEngine()
      ann = personAt(engine, backend)
    }, 300_000)
    afterAll(async () => {
      await engine?.end()
      await backend?.end()
    })

    test('she sets it up; a wrong code is refused in words', async () => {
      await engine.resize(1280, 900)
      await ann.open()
      await ann.signIn()
      await ann.press(en.setUpTitle)
      await ann.focus('password')
      await ann.confirm(en.continue, 'not the password')
      await ann.sees({ text: en['wrong-password'] })
      await ann.confirm(en.continue)
      await ann.sees({ css: 'svg.qr' })
      await ann.focus('code')
      await ann.type('000000')
      await ann.sees({ text: en['wrong-code'] })
      phone = await ann.followLink()
      await ann.fill(en.scanProve, phone.code())
      await ann.sees({ text: en.saveCodesTitle })
      expect(await faults()).toBe('')
    })

    test('recovery codes stay until she has saved them: Escape does not take them away, a reload is told', async () => {
      recoveryCodes = await codesShown()
      expect(recoveryCodes).toHaveLength(10)
      expect((await ann.sees({ button: en.done })).isDisabled).toBe(true)
      await ann.keys('Escape', 'Escape')
      expect(await codesShown()).toEqual(recoveryCodes)
      await engine.reload()
      await ann.sees({ text: en.codesUnsaved })
      await ann.press(en.viewCodes)
      await ann.confirm(en.viewCodes)
      await ann.check(en.codesSaved)
      expect(await codesShown()).toEqual(recoveryCodes)
      await ann.press(en.done)
      await ann.misses({ css: 'dialog:modal' })
      await ann.misses({ text: en.codesUnsaved })
      expect((await backend.twoFactor.status(ANN)).recoveryCodes.savedAtMs).not.toBeNull()
    })

    test('she signs in with a code, which sends itself; the wrong one first', async () => {
      backend.clock.advance({ seconds: 60 })
      await ann.signOut()
      await ann.signIn()
      await ann.focus('code')
      await ann.type('000000')
      await ann.sees({ text: en['wrong-code'] })
      await ann.focus('code')
      await ann.fill(en.appCode, phone.code())
      await ann.sees({ button: en.viewRecoveryCodes })
    })

    test('a reload stays signed in; Back from another page shows what holds by then', async () => {
      await engine.reload()
      await ann.sees({ button: en.viewRecoveryCodes })
      await ann.open('show=codes')
      await ann.sees({ text: 'AAAA-BBBB-CCCC-DDDD' })
      const [authenticator] = (await backend.twoFactor.status(ANN)).authenticators
      await backend.twoFactor.renameAuthenticator(ANN, { id: authenticator?.id ?? '', name: 'Work phone' })
      await engine.back()
      await ann.sees({ button: `${en.rename} Work phone` })
    })

    test('she signs in with a recovery code; the wrong one first', async () => {
      const [code = ''] = recoveryCodes
      await ann.signOut()
      await ann.signIn()
      await ann.press(en.useRecoveryCode)
      await ann.focus('code')
      await ann.type('ABCD-EFGH-JKMN-PQRS')
      await ann.keys('Enter')
      await ann.sees({ css: '.problem:not(:empty)' })
      await ann.fill(en.recoveryCode, code.toLowerCase().replaceAll('-', ' '))
      await ann.press(en.verify)
      await ann.press(en.viewRecoveryCodes)
      await ann.confirm(en.viewCodes)
      await ann.sees({ css: '.used' })
      expect((await ann.all({ css: '.used code' })).map(({ text }) => text)).toEqual([code])
    })

    test('she generates new codes from there, with no second proof', async () => {
      await ann.press(en.generateTitle)
      await ann.press(en.generate)
      await ann.check(en.codesSaved)
      const fresh = await codesShown()
      expect(fresh).toHaveLength(10)
      expect(fresh.filter((code) => recoveryCodes.includes(code))).toEqual([])
      await ann.press(en.done)
      await ann.misses({ css: 'dialog:modal' })
    })

    test('by keyboard: Escape closes a dialog, which keeps the focus and gives it back', async () => {
      await ann.press(en.disableTitle)
      await ann.focus('password')
      for (let tabs = 0; tabs < 8; tabs++) {
        await ann.keys('Tab')
        const isOutside = await engine.ask(() => {
          const active = document.activeElement?.shadowRoot?.activeElement
          return active ? !active.closest('dialog') : document.activeElement !== document.body
        })
        expect(isOutside).toBe(false)
      }
      await ann.keys('Escape')
      await ann.misses({ css: 'dialog:modal' })
      await ann.focus(en.disableTitle)
    })

    test('she renames her authenticator, and disables it all', async () => {
      await ann.press(`${en.rename} Work phone`)
      await ann.focus('name')
      await ann.type('Old phone')
      await ann.keys('Enter')
      await ann.sees({ button: `${en.rename} Old phone` })
      await ann.press(en.disableTitle)
      await ann.confirm(en.disable)
      await ann.sees({ button: en.setUpTitle })
      expect((await backend.twoFactor.status(ANN)).enabled).toBe(false)
    })

    test.each([
      ['390×664', 390, 664],
      ['844×390', 844, 390],
    ])(
      'at %s the setup opens at its first instruction, and the focus scrolls nothing away',
      async (_, width, height) => {
        await engine.resize(width, height)
        await ann.open()
        await ann.press(en.setUpTitle)
        await ann.confirm(en.continue)
        expect((await ann.sees({ css: 'svg.qr' })).left).toBeGreaterThanOrEqual(0)
        expect((await ann.sees({ css: 'h2#step' })).isInSight).toBe(true)
        expect((await ann.sees({ css: '.scan-picture p' })).isInSight).toBe(true)
        await ann.fill(en.scanProve, '000000')
        expect((await ann.sees({ css: '.problem:not(:empty)' })).isInSight).toBe(true)
        expect((await ann.sees({ button: en.scanNext })).isInSight).toBe(true)
        await ann.keys('Escape')
        await ann.misses({ css: 'dialog:modal' })
      },
    )

    test('sam, who must have it, reads right to left: the page is mirrored, nothing is cut, the picture on the screen can be scanned', async () => {
      await engine.resize(844, 664)
      await engine.forgetCookies()
      const sam = personAt(engine, backend, 'ar', ar)
      await sam.open()
      await sam.signIn(SAM)
      await sam.press(ar.continue)
      await sam.sees({ css: 'svg.qr' })
      const heading = await sam.sees({ css: 'h2#step' })
      const [dialogRight, direction, overflow] = await engine.ask(() => {
        const root = document.querySelector('two-factor-challenge')?.shadowRoot
        const card = root?.querySelector('.card')
        return [
          card?.getBoundingClientRect().right ?? 0,
          card ? getComputedStyle(card).direction : '',
          document.documentElement.scrollWidth - innerWidth,
        ] as const
      })
      expect(direction).toBe('rtl')
      expect(dialogRight - heading.right).toBeLessThan(40)
      expect(overflow).toBeLessThanOrEqual(0)
      await sam.fill(ar.scanProve, (await sam.scan()).code())
      await sam.check(ar.codesSaved)
      await sam.press(ar.done)
      await sam.sees({ text: ar.cannotDisable })
      expect(await faults()).toBe('')
    })
  })
})
