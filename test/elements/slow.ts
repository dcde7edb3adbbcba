import type { Page } from 'playwright-core'

/** A request that is on its way until somebody says that it arrives. */
export interface Slow {
  /** The page has sent it. */
  sent: Promise<void>
  /** Lets it through, and waits until the page has its answer. */
  arrive(): Promise<void>
}

/** Holds up the next request of one operation on its way to the server: no sleeping, no real time. */
export async function slow(page: Page, operation: string): Promise<Slow> {
  const sent = signal()
  const gate = signal()
  const pattern = `**/two-factor/${operation}`
  await page.route(
    pattern,
    async (route) => {
      sent.give()
      await gate.given
      await route.continue()
    },
    { times: 1 },
  )
  return {
    sent: sent.given,
    async arrive() {
      const answered = page.waitForResponse(pattern)
      gate.give()
      await (await answered).finished()
    },
  }
}

function signal(): { given: Promise<void>; give(): void } {
  let give = () => {}
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return { given, give }
}
