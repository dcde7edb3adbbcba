import { createServer } from 'node:http'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { launchChromium, leave, noChromium } from '../dashboard/chromium.ts'
import { violations } from './accessibility.ts'
import { importForeignPasskey } from './foreign-passkey.ts'
import { type Kind, plugIn, refuseNext } from './plug-in.ts'
import { ANN, type Backend, type BackendOptions, PASSWORD, SAM, startBackend } from './server.ts'
import { keepCodes, scan, setUp, type Visitor, visit } from './visitor.ts'

describe.skipIf(noChromium)('passkeys in the elements', { timeout: 60_000 }, () => {
  let browser: Browser
  let backend: Backend
  let ann: Visitor
  beforeAll(async () => {
    browser = await launchChromium()
  }, 60_000)
  afterAll(() => browser?.close())
  beforeEach(() => start())
  afterEach(stop)

  async function start(options: BackendOptions = {}): Promise<void> {
    backend = await startBackend({ passkeys: true, ...options })
    ann = await visit(browser, backend)
    await ann.open()
  }
  async function stop(): Promise<void> {
    const { faults } = ann
    await leave(ann.page)
    await backend.end()
    expect(faults).toEqual([])
  }
  async function restart(options: BackendOptions): Promise<void> {
    await stop()
    await start(options)
  }
  const accessible = async () => expect(await violations(ann.page)).toEqual([])
  async function signInAgain(login?: string): Promise<void> {
    backend.clock.advance({ seconds: 60 })
    await ann.signOut()
    await ann.page.reload()
    await ann.signIn(login)
  }
  async function nameIt(name: string): Promise<void> {
    await ann.sees('Name Your Passkey')
    await ann.field('Name').fill(name)
    await ann.press('Save')
    await ann.button(`Rename ${name}`).waitFor()
  }
  async function addFirst(name = 'My laptop'): Promise<void> {
    await ann.press('Add a Passkey or Security Key')
    await ann.confirm('Continue')
    await keepCodes(ann)
    await nameIt(name)
  }

  test.each<Kind>(['a phone or laptop', 'a security key without PIN'])(
    '%s is the first authenticator: proof, browser, recovery codes, name; then sign-in',
    async (kind) => {
      await plugIn(ann.page, kind)
      await ann.signIn()
      await ann.press('Add a Passkey or Security Key')
      await accessible()
      await ann.confirm('Continue')
      await keepCodes(ann)
      await ann.sees('Name Your Passkey')
      await accessible()
      await nameIt('My key')
      await ann.sees('Two-factor authentication is on.')
      await accessible()
      expect(await ann.heard()).toContain('two-factor-changed {"change":"enabled"}')

      await signInAgain()
      await ann.page.locator('button:focus', { hasText: 'Use Your Passkey' }).waitFor()
      await accessible()
      // There is no app, so no code of one is asked for.
      await ann.press('Use a code instead')
      await ann.field('Recovery code').waitFor()
      expect(await ann.button('Use the code from the app').count()).toBe(0)
      await accessible()
      await ann.press('Use Your Passkey')
      await ann.button('Rename My key').waitFor()
      expect((await ann.heard()).find((line) => line.startsWith('two-factor-signed-in'))).toContain(
        '"method":"passkey"',
      )
    },
  )

  test('a further one beside an app: a sign-in offers what was used last in this browser first', async () => {
    await plugIn(ann.page, 'a phone or laptop')
    await ann.signIn()
    const { phone } = await setUp(ann)
    await ann.press('Add a Passkey or Security Key')
    await ann.confirm('Continue')
    await nameIt('Laptop')
    await ann.sees('The authenticator was added.')
    expect(await ann.heard()).toContain('two-factor-changed {"change":"authenticator-added"}')

    await ann.page.context().clearCookies()
    await signInAgain()
    await ann.press('Use a code instead')
    await ann.field('Code from the app').fill(phone.code())
    await ann.button('Rename Laptop').waitFor()
    await signInAgain()
    await ann.field('Code from the app').waitFor()
    await ann.press('Use Your Passkey')
    await ann.button('Rename Laptop').waitFor()
    await signInAgain()
    await ann.button('Use a code instead').waitFor()
    await ann.page.getByRole('checkbox').check()
    await ann.press('Use Your Passkey')
    await ann.button(/^Revoke /).waitFor()
  })

  test('a passkey confirms in place of the password, with nothing typed', async () => {
    await plugIn(ann.page, 'a security key without PIN')
    await ann.signIn()
    await addFirst()
    await ann.press('View Recovery Codes')
    await accessible()
    await ann.press('Use Your Passkey')
    await ann.page.locator('.code-list').waitFor()
    await ann.press('Done')
    // The tokens were loaded before there was a passkey.
    await ann.page.reload()
    await ann.press('New Token')
    await ann.page.getByRole('dialog').getByRole('button', { name: 'Use Your Passkey' }).click()
    expect(await ann.page.locator('#name-problem').textContent()).toContain('Fill this in.')
    await ann.field('Name').fill('Deploy')
    await ann.field('servers:read').check()
    await ann.press('Use Your Passkey')
    await ann.sees('You won’t see it again.')
  })

  test('where no password is taken and nothing else is left, the passkey alone is asked for', async () => {
    await restart({ acceptedProofs: ['code', 'reauthenticated'] })
    await plugIn(ann.page, 'a phone or laptop')
    await ann.signIn()
    await ann.press('Add a Passkey or Security Key')
    await ann.confirm('Continue')
    const codes = await keepCodes(ann)
    await nameIt('My laptop')
    for (const code of codes) await backend.twoFactor.verify('ann@acme.example', { code })
    await ann.page.reload()
    await ann.press('Disable Two-Factor Authentication')
    await ann.sees('Follow the steps that your browser shows.')
    await ann.press('Disable')
    await ann.sees('Two-factor authentication is off.')
  })

  test('a required set-up at sign-in takes a passkey', async () => {
    await plugIn(ann.page, 'a phone or laptop')
    await ann.signIn(SAM)
    await ann.button('Add an Authenticator App').waitFor()
    await accessible()
    await ann.press('Add a Passkey or Security Key')
    await keepCodes(ann)
    await ann.sees('Your organization requires it, so it can’t be disabled.')
    expect((await ann.heard()).join()).not.toContain('owner')
    await signInAgain(SAM)
    await ann.press('Use Your Passkey')
    await ann.sees('Your organization requires it, so it can’t be disabled.')
  })

  test('the same one a second time is refused in words, and the set-up leaves nothing behind', async () => {
    await plugIn(ann.page, 'a phone or laptop')
    await ann.signIn()
    await addFirst()
    await ann.press('Add a Passkey or Security Key')
    await ann.confirm('Continue')
    await ann.sees('This passkey is already registered.')
    await accessible()
    await ann.press('Cancel')
    await ann.button('Rename My laptop').waitFor()
    expect((await backend.twoFactor.status('ann@acme.example')).pendingSetup).toBeNull()
  })

  test('removed and renamed: the browser is told of a removed one, and it is not accepted any more', async () => {
    const key = await plugIn(ann.page, 'a phone or laptop')
    await ann.signIn()
    await setUp(ann)
    await ann.press('Add a Passkey or Security Key')
    await ann.confirm('Continue')
    await nameIt('Laptop')
    await ann.press('Rename Laptop')
    await ann.field('Name').fill('Old laptop')
    await ann.press('Save')
    await ann.sees('Renamed.')
    expect(await key.credentials()).toHaveLength(1)
    const told = ann.page.evaluate(
      () =>
        new Promise((resolve) => {
          Object.assign(PublicKeyCredential, {
            signalUnknownCredential: async (which: { rpId: string; credentialId: string }) => resolve(which),
          })
        }),
    )
    const [{ credentialId = '' } = {}] = (await backend.twoFactor.status('ann@acme.example')).authenticators.flatMap(
      (one) => (one.type === 'passkey' ? [one] : []),
    )
    await ann.press('Remove Old laptop')
    await ann.sees('will no longer be accepted')
    await ann.confirm('Remove')
    await ann.sees('The authenticator was removed.')
    expect(await told).toEqual({ rpId: 'localhost', credentialId })
    await signInAgain()
    await ann.field('Code from the app').waitFor()
    expect(await ann.button('Use Your Passkey').count()).toBe(0)
  })

  test('a set-up that is canceled in the browser goes on, also after a reload, without another proof', async () => {
    const key = await plugIn(ann.page, 'a phone or laptop')
    await key.wrongFinger()
    await ann.signIn()
    await ann.press('Add a Passkey or Security Key')
    await ann.confirm('Continue')
    await ann.sees('The passkey wasn’t used. Try again.')
    await accessible()
    await ann.page.reload()
    await key.unplug()
    await plugIn(ann.page, 'a security key without PIN')
    await ann.press('Continue Setup')
    await ann.press('Continue')
    await keepCodes(ann)
    await nameIt('Key')
  })

  test.each([
    ['NotAllowedError', 'The passkey wasn’t used. Try again.'],
    ['SecurityError', 'Passkeys don’t work at this address.'],
    ['NotSupportedError', 'This browser or device can’t use that passkey. Try another one.'],
    ['UnknownError', 'The passkey wasn’t used. Try again.'],
  ])('%s is said in words, the code still works, and trying again does too', async (name, words) => {
    await plugIn(ann.page, 'a phone or laptop')
    await ann.signIn()
    await addFirst()
    await signInAgain()
    await refuseNext(ann.page, name)
    await ann.press('Use Your Passkey')
    await ann.sees(words)
    await accessible()
    await ann.press('Use Your Passkey')
    await ann.button('Rename My laptop').waitFor()
  })

  test('a passkey takes the place of an app in one step, and an app the place of it', async () => {
    await plugIn(ann.page, 'a phone or laptop')
    await ann.signIn()
    await setUp(ann)
    const types = async () => (await backend.twoFactor.status(ANN)).authenticators.map(({ type }) => type)
    await ann.press('Add a Passkey or Security Key')
    await accessible()
    await ann.field('Replaces').selectOption('Phone')
    await ann.confirm('Continue')
    await nameIt('Laptop')
    expect(await types()).toEqual(['passkey'])
    await ann.press('Add an Authenticator App')
    await ann.field('Name').fill('New phone')
    await ann.field('Replaces').selectOption('Laptop')
    await ann.confirm('Continue')
    await ann.field('Enter the code from the app').fill((await scan(ann)).code())
    await ann.button('Rename New phone').waitFor()
    expect(await types()).toEqual(['totp'])
  })

  test('time that ran out is told from a passkey that was not used', async () => {
    await plugIn(ann.page, 'a phone or laptop')
    await ann.signIn()
    await addFirst()
    await ann.page.clock.install()
    await signInAgain()
    await ann.page.evaluate(() => {
      navigator.credentials.get = async ({ publicKey } = {}) => {
        const timeout = publicKey?.timeout ?? 0
        await new Promise((resolve) => setTimeout(resolve, timeout))
        throw new DOMException('refused', 'NotAllowedError')
      }
    })
    await ann.press('Use Your Passkey')
    await ann.button('Working…').waitFor()
    await ann.page.clock.fastForward(300_000)
    await ann.sees('The time ran out. Try again.')
  })

  test('inside the page of another site, where the browser allows none, it is said that they do not work there', async () => {
    await plugIn(ann.page, 'a phone or laptop')
    await ann.signIn()
    await addFirst()
    const outer = createServer((_, response) => {
      response
        .setHeader('Content-Type', 'text/html')
        .end(`<!doctype html><iframe src="${backend.url}/?lang=en"></iframe>`)
    })
    await new Promise<void>((resolve) => outer.listen(0, '127.0.0.1', resolve))
    const address = outer.address()
    backend.clock.advance({ seconds: 60 })
    await ann.signOut()
    await ann.page.goto(`http://localhost:${typeof address === 'object' ? address?.port : ''}/`)
    const frame = ann.page.frameLocator('iframe')
    await frame.getByLabel('Login', { exact: true }).fill(ANN)
    await frame.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await frame.getByRole('button', { name: 'Sign In' }).click()
    await frame.getByRole('button', { name: 'Use Your Passkey' }).click()
    await frame.getByText('Passkeys don’t work inside another site’s page.').waitFor()
    outer.closeAllConnections()
    await new Promise((resolve) => outer.close(resolve))
  })

  test('a passkey of another site’s is marked as not usable here, and is not asked for', async () => {
    const phone = await importForeignPasskey(backend, ANN)
    await ann.signIn()
    await ann.field('Code from the app').fill(phone.code())
    await ann.sees('Not usable here')
    await accessible()
    await signInAgain()
    await ann.field('Code from the app').waitFor()
    expect(await ann.button('Use Your Passkey').count()).toBe(0)
  })

  test('the page that only sets up offers a passkey beside the app', async () => {
    await plugIn(ann.page, 'a phone or laptop')
    await ann.signIn()
    await ann
      .button('Set Up Two-Factor Authentication')
      .or(ann.button('Add a Passkey or Security Key'))
      .first()
      .waitFor()
    await ann.open('show=setup')
    await ann.press('Add a Passkey or Security Key')
    await ann.field('Password').fill(PASSWORD)
    await ann.press('Continue')
    await keepCodes(ann)
    await ann.sees('Name Your Passkey')
    expect((await backend.twoFactor.status(ANN)).authenticators).toMatchObject([{ type: 'passkey' }])
  })

  test('a browser without passkeys asks for a code, and offers to add none', async () => {
    await plugIn(ann.page, 'a phone or laptop')
    await ann.signIn()
    await ann.press('Add a Passkey or Security Key')
    await ann.confirm('Continue')
    const [code = ''] = await keepCodes(ann)
    await nameIt('My laptop')
    await ann.page.addInitScript(() => Reflect.deleteProperty(globalThis, 'PublicKeyCredential'))
    await signInAgain()
    await ann.field('Recovery code').fill(code)
    expect(await ann.button('Use Your Passkey').count()).toBe(0)
    await ann.press('Verify')
    await ann.button('Add Another').waitFor()
    expect(await ann.button('Add a Passkey or Security Key').count()).toBe(0)
  })

  test('a backend without passkeys shows nothing of them', async () => {
    await restart({ passkeys: false })
    await ann.signIn()
    await ann.button('Set Up Two-Factor Authentication').waitFor()
    expect(await ann.button('Add a Passkey or Security Key').count()).toBe(0)
  })
})
