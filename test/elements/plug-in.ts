import type { CDPSession, Page } from 'playwright-core'

export type Kind = 'a phone or laptop' | 'a security key without PIN'

/** One authenticator of the browser's DevTools. */
export async function plugIn(page: Page, kind: Kind) {
  const devTools = await page.context().newCDPSession(page)
  await devTools.send('WebAuthn.enable')
  const isInternal = kind === 'a phone or laptop'
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
  const setUserVerified = (isUserVerified: boolean): ReturnType<CDPSession['send']> =>
    devTools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })
  return {
    unplug: () => devTools.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId }),
    wrongFinger: () => setUserVerified(false),
    rightFinger: () => setUserVerified(true),
    credentials: async () => (await devTools.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
  }
}

/** The browser's next question for a passkey fails. */
export async function refuseNext(page: Page, fault: string, isLate = false): Promise<void> {
  await page.evaluate(
    ([name, late]) => {
      const get = navigator.credentials.get.bind(navigator.credentials)
      navigator.credentials.get = async ({ publicKey } = {}) => {
        navigator.credentials.get = get
        if (late) {
          const now = performance.now() + (publicKey?.timeout ?? 0)
          performance.now = () => {
            Reflect.deleteProperty(performance, 'now')
            return now
          }
        }
        throw new DOMException('refused', name)
      }
    },
    [fault, isLate] as const,
  )
}
