import type { ProofKind } from 'countersign'
import { enroll } from 'countersign/testing'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium, noChromium } from '../dashboard/chromium.ts'
import { ANN, type BackendOptions, startBackend } from './server.ts'
import { keepCodes, visit } from './visitor.ts'

describe.skipIf(noChromium)('the proof that the settings ask for', { timeout: 60_000 }, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  }, 60_000)
  afterAll(() => browser?.close())

  async function signedIn(options: BackendOptions) {
    const backend = await startBackend(options)
    const ann = await visit(browser, backend)
    const { phone, recoveryCodes } = await enroll(backend.twoFactor, ANN)
    await ann.open()
    await ann.signIn()
    await ann.field('Code from the app').fill(phone.next())
    await ann.button('Disable Two-Factor Authentication').waitFor()
    return { backend, ann, phone, recoveryCodes }
  }

  test('is a code of either kind where the backend takes no password', async () => {
    const { backend, ann, phone, recoveryCodes } = await signedIn({ acceptedProofs: ['code'] })
    await ann.press('View Recovery Codes')
    expect(await ann.field('Password').count()).toBe(0)
    backend.clock.advance({ seconds: 30 })
    await ann.field('Code from the app').fill(phone.next())
    await ann.page.locator('.code-list').waitFor()
    await ann.field(ann.texts.codesSaved).check()
    await ann.press('Done')
    await ann.press('View Recovery Codes')
    await ann.press('Use a recovery code')
    await ann.field('Recovery code').fill(recoveryCodes[0] ?? '')
    await ann.press('View Codes')
    await ann.page.locator('.code-list').waitFor()
    await ann.press('Generate New Recovery Codes')
    await ann.press('Generate')
    await keepCodes(ann)
    await backend.end()
  })

  test('is a fresh sign-in where the backend takes nothing else, and the page is told when it is needed', async () => {
    const { backend, ann } = await signedIn({ acceptedProofs: ['reauthenticated'] satisfies ProofKind[] })
    backend.clock.advance({ seconds: 3600 })
    await ann.press('Disable Two-Factor Authentication')
    await ann.press('Disable')
    expect(await ann.problem()).toBe('Sign in again to confirm that it’s you.')
    expect((await ann.heard()).at(-1)).toBe('two-factor-sign-in-again {}')
    expect((await backend.twoFactor.status(ANN)).enabled).toBe(true)
    await backend.end()
  })

  test('hashed recovery codes are not shown again: new ones are offered in their place', async () => {
    const { backend, ann } = await signedIn({ keep: 'hashed' })
    await ann.button('Generate New Recovery Codes').first().click()
    await ann.sees('These recovery codes can’t be shown again.')
    await ann.confirm('Generate')
    await keepCodes(ann)
    await backend.end()
  })
})
