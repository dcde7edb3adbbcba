import { virtualAuthenticator } from 'countersign/testing'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium, noChromium } from '../dashboard/chromium.ts'
import type { Backend } from './backend.ts'
import { isMissing, type PlacedExample, place } from './place.ts'

describe.skipIf(isMissing('express') || noChromium)('the page of examples/express', () => {
  let example: PlacedExample
  let backend: Backend
  let browser: Browser

  beforeAll(async () => {
    example = place('express')
    ;[backend, browser] = await Promise.all([example.start(), launchChromium()])
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    await backend.stop()
    example.remove()
  })

  test('settings after the password, and from the setup on a second step before them', async () => {
    const page = await browser.newPage()
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    await page.goto(backend.url)
    await signIn(page, 'wrong')
    await page.getByText('Login or password is wrong.').waitFor()
    const refusal = { title: 'Too many requests' }
    await page.route('**/sign-in', (route) => route.fulfill({ status: 429, json: refusal }), { times: 1 })
    await signIn(page, 'correct horse battery staple')
    await page.getByText('Too many requests').waitFor()
    for (const answer of [
      { status: 500, body: 'Error' },
      { status: 200, body: '{"signedIn":tr' },
    ]) {
      await page.route('**/sign-in', (route) => route.fulfill(answer), { times: 1 })
      await signIn(page, 'correct horse battery staple')
      await page.getByText('Something went wrong.').waitFor()
      await page.reload()
    }
    await page.route('**/sign-in', (route) => route.abort(), { times: 1 })
    await signIn(page, 'correct horse battery staple')
    await page.getByText('Something went wrong.').waitFor()
    await signIn(page, 'correct horse battery staple')
    await page.locator('two-factor-settings').waitFor()

    const phone = await setUp(page)
    await page.context().clearCookies()
    await page.goto(backend.url)
    await signIn(page, 'correct horse battery staple')
    // A whole code is sent without a click.
    await page.locator('two-factor-challenge').getByRole('textbox').fill(phone.next())
    await page.locator('two-factor-settings').waitFor()
    expect(faults).toEqual([])
  }, 60_000)
})

async function signIn(page: Page, password: string): Promise<void> {
  await page.getByLabel('Login').fill('ada')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** By the API, from the page, which is signed in: how the settings look is not this test's. */
async function setUp(page: Page) {
  const post = (path: string, body: object) =>
    page.evaluate(
      async ([url, text]) => {
        const headers = { 'Content-Type': 'application/json' }
        return (await fetch(String(url), { method: 'POST', headers, body: String(text) })).json()
      },
      [`/two-factor/${path}`, JSON.stringify(body)],
    )
  const { uri } = await post('begin-setup', { proof: { password: 'correct horse battery staple' } })
  const phone = virtualAuthenticator(String(uri))
  await post('confirm-setup', { code: phone.next() })
  return phone
}
