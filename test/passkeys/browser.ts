import { createServer } from 'node:http'
import type {
  AuthenticationResponseJson,
  PasskeyCreationOptions,
  PasskeyRequestOptions,
  RegistrationResponseJson,
} from 'countersign'
import type { Browser, CDPSession } from 'playwright-core'

/** What a browser's page can do with passkeys; its answers are the browser's own JSON. */
export interface PasskeyPage {
  origin: string
  create(options: PasskeyCreationOptions): Promise<RegistrationResponseJson>
  get(options: PasskeyRequestOptions | null): Promise<AuthenticationResponseJson>
  /** Changes the counter that the authenticator signs next: what a copy of it would do. */
  setCounter(counter: number): Promise<void>
  /** Opens a page of the same browser, with the same authenticator, at another site: `localhost:3000`. */
  at(host: string): Promise<PasskeyPage>
  close(): Promise<void>
}

export type Kind = 'internal, with user verification' | 'USB, without'

/** An empty site, at any name that ends in `localhost`. */
export async function startSite(): Promise<{ port: number; end(): Promise<void> }> {
  const server = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>Acme</title>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async end() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A page of Chromium's with one authenticator of its DevTools. */
export async function openPasskeyPage(browser: Browser, port: number, kind: Kind): Promise<PasskeyPage> {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`http://localhost:${port}`)
  const devTools = await context.newCDPSession(page)
  const authenticatorId = await plugIn(devTools, kind)

  const at = async (host: string): Promise<PasskeyPage> => {
    await page.goto(`http://${host}`)
    return {
      origin: `http://${host}`,
      at,
      create: (options) =>
        page.evaluate(async (json) => {
          const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(json)
          const made = await navigator.credentials.create({ publicKey })
          return (made as PublicKeyCredential).toJSON() as never
        }, options as never),
      get: (options) =>
        page.evaluate(async (json) => {
          const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(json)
          const used = await navigator.credentials.get({ publicKey })
          return (used as PublicKeyCredential).toJSON() as never
        }, options as never),
      async setCounter(signCount) {
        const { credentials } = await devTools.send('WebAuthn.getCredentials', { authenticatorId })
        await devTools.send('WebAuthn.clearCredentials', { authenticatorId })
        for (const credential of credentials) {
          await devTools.send('WebAuthn.addCredential', { authenticatorId, credential: { ...credential, signCount } })
        }
      },
      close: () => context.close(),
    }
  }
  return at(`localhost:${port}`)
}

async function plugIn(devTools: CDPSession, kind: Kind): Promise<string> {
  const isInternal = kind === 'internal, with user verification'
  await devTools.send('WebAuthn.enable')
  const { authenticatorId } = await devTools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: isInternal ? 'internal' : 'usb',
      hasResidentKey: isInternal,
      hasUserVerification: isInternal,
      isUserVerified: isInternal,
      automaticPresenceSimulation: true,
    },
  })
  return authenticatorId
}
