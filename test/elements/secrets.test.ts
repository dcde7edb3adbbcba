import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { launchChromium, noChromium } from '../dashboard/chromium.ts'
import { type Backend, startBackend } from './server.ts'
import { type Visitor, visit } from './visitor.ts'

const OFFER = {
  ok: true,
  type: 'totp',
  setupId: 'setup',
  uri: 'otpauth://totp/Acme:ann?secret=KEYKEYKEY',
  secret: 'KEYKEYKEY',
  qr: '<svg viewBox="0 0 1 1"><path fill="#000" d="M0 0h1v1H0z"/></svg>',
  expiresAtMs: 0,
  issuer: 'Acme',
  accountName: 'ann',
  algorithm: 'SHA1',
  digits: 6,
  periodSeconds: 30,
}
const CODES = ['AAAAA-BBBBB', 'CCCCC-DDDDD']

describe.skipIf(noChromium).sequential('secrets in the page', { timeout: 60_000 }, () => {
  let browser: Browser
  let backend: Backend
  let ann: Visitor
  beforeAll(async () => {
    browser = await launchChromium()
    backend = await startBackend()
    ann = await visit(browser, backend)
  }, 60_000)
  beforeEach(async () => {
    await ann.open()
    // Only then has the page drawn what it draws by itself, and takes nothing away again.
    await ann.field('Login').waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await backend?.end()
  })

  /** The second step of somebody who must set up, over an API that answers as given. */
  async function requiredSetup(answers: { uri?: string; refusal?: string; expiresAtMs?: number }): Promise<void> {
    await ann.page.evaluate(
      ({ offer, codes, refusal, expiresAtMs }) => {
        const refused = { ok: false, reason: refusal, retryAfterSeconds: null }
        const done = { ok: true, signedIn: true, method: 'totp', recoveryCodesLeft: 2, deviceTrusted: false }
        const client = {
          resumeRequiredSetup: async () => ({ ok: false, reason: 'setup-expired', retryAfterSeconds: null }),
          beginRequiredSetup: async () => (refusal ? refused : offer),
          completeChallenge: async () => ({ ...done, recoveryCodes: codes }),
          status: async () => ({ ok: true, recoveryCodes: { createdAtMs: 1 } }),
          markRecoveryCodesSaved: async () => ({ ok: true }),
        }
        const challenge = { signedIn: false, action: 'setup', challengeToken: 'x', expiresAtMs, methods: ['totp'] }
        const element = Object.assign(document.createElement('two-factor-challenge'), { client, challenge })
        document.querySelector('main')?.replaceChildren(element)
      },
      {
        offer: { ...OFFER, uri: answers.uri ?? OFFER.uri },
        codes: CODES,
        refusal: answers.refusal ?? '',
        expiresAtMs: answers.expiresAtMs ?? Date.now() + 60_000,
      },
    )
    await ann.press('Continue')
  }

  /** All that stands in the document, in shadow trees and fields too. */
  const inDocument = () =>
    ann.page.evaluate(() => {
      const textsOf = (root: ParentNode): string =>
        [...root.querySelectorAll('*')]
          .map((node) => {
            const value = node instanceof HTMLInputElement ? node.value : ''
            const own = [...node.attributes].map((attribute) => attribute.value).join(' ')
            return `${value} ${own} ${node.shadowRoot ? `${node.shadowRoot.textContent} ${textsOf(node.shadowRoot)}` : ''}`
          })
          .join(' ')
      return textsOf(globalThis.document)
    })

  test('the key and the recovery codes of a required setup are gone after Done, whatever the page does', async () => {
    await requiredSetup({})
    await ann.page.evaluate(() =>
      globalThis.document.addEventListener('two-factor-signed-in', (event) => event.stopImmediatePropagation(), true),
    )
    await ann.sees('KEYK')
    await ann.field(ann.texts.scanProve).fill('123456')
    await ann.sees('AAAAA-BBBBB')
    expect(await inDocument()).not.toContain('KEYK')
    await ann.page.getByLabel(ann.texts.codesSaved).check()
    await ann.press('Done')
    await expect.poll(inDocument).not.toMatch(/AAAAA|CCCCC|KEYK|123456/)
  })

  test('and the key is gone once the person starts over', async () => {
    await requiredSetup({})
    await ann.sees('KEYK')
    await ann.page.evaluate(() =>
      globalThis.document.addEventListener('two-factor-start-over', (event) => event.stopImmediatePropagation(), true),
    )
    await ann.press(ann.texts.startOver)
    await expect.poll(inDocument).not.toContain('KEYK')
  })

  test('a list of recovery codes is gone once it is saved', async () => {
    await ann.page.evaluate((codes) => {
      const element = Object.assign(globalThis.document.createElement('recovery-codes'), { codes, issuer: 'Acme' })
      globalThis.document.querySelector('main')?.replaceChildren(element)
    }, CODES)
    await ann.sees('CCCCC-DDDDD')
    await ann.page.getByLabel(ann.texts.codesSaved).check()
    await ann.press('Done')
    await expect.poll(inDocument).not.toMatch(/AAAAA|CCCCC/)
  })

  test('only an otpauth URI becomes a link', async () => {
    const link = ann.page.locator('a.scan-here')
    await requiredSetup({})
    await link.waitFor({ state: 'attached' })
    for (const uri of [
      'javascript:alert(1)//otpauth://',
      ' otpauth://totp/x',
      'https://evil.example',
      'otpauth:x',
      '',
    ]) {
      await requiredSetup({ uri })
      await ann.sees('KEYK')
      expect(await link.count(), uri).toBe(0)
    }
  })

  test('keys, names and codes are not for the browser to translate', async () => {
    const translated = () => ann.page.locator('code:not([translate=no]), bdi:not([translate=no])').count()
    await requiredSetup({})
    await ann.sees('KEYK')
    expect(await ann.page.locator('code[translate=no]').count()).toBeGreaterThan(0)
    expect(await translated()).toBe(0)
    await ann.field(ann.texts.scanProve).fill('123456')
    await ann.sees('AAAAA-BBBBB')
    expect(await ann.page.locator('code[translate=no]').count()).toBe(2)
    expect(await translated()).toBe(0)
  })

  test('a sign-in cookie that the browser dropped has words of its own, but not once the time is over', async () => {
    await requiredSetup({ refusal: 'sign-in-cookie-missing' })
    await ann.sees(ann.texts['sign-in-cookie-missing'])
    await requiredSetup({ refusal: 'sign-in-cookie-missing', expiresAtMs: 1 })
    await ann.sees(ann.texts['challenge-expired'])
  })
})
