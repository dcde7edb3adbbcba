import { createServer } from 'node:net'
import { findProgram, needs } from '../needs.ts'
import { asJson, type Engine, start } from './engine.ts'

const program = findProgram('WebKitWebDriver')
const screen = findProgram('Xvfb')
export const noWebKit: boolean = needs(
  'WebKit',
  program !== null && screen !== null,
  'apt-get install webkit2gtk-driver xvfb',
)

/** WebKitGTK's small browser on a screen of its own, over WebDriver. */
export async function startWebKit(): Promise<Engine> {
  if (program === null || screen === null) throw new Error('WebKit is not there')
  const display = await start(screen, ['-displayfd', '1', '-screen', '0', '1400x1100x24'], /^(\d+)\n/)
  const port = await freePort()
  const driver = await start(program, ['-p', `${port}`], null, {
    DISPLAY: `:${display.said}`,
    GDK_BACKEND: 'x11',
    WEBKIT_DISABLE_COMPOSITING_MODE: '1',
  })
  await answers(port)
  const base = `http://127.0.0.1:${port}/session`
  const { sessionId } = await call('POST', base, {
    capabilities: { alwaysMatch: { unhandledPromptBehavior: 'accept' } },
  })
  const send = (path: string, body: object = {}) => call('POST', `${base}/${sessionId}/${path}`, body)

  const engine: Engine = {
    goTo: (url) => send('url', { url }),
    back: () => send('back'),
    reload: () => send('refresh'),
    async ask(question, ...args) {
      const script = `return (${asJson(question)})(arguments[0])`
      return JSON.parse(await send('execute/sync', { script, args: [JSON.stringify(args)] }))
    },
    act: (actions) => send('actions', { actions }),
    picture: () => call('GET', `${base}/${sessionId}/screenshot`),
    async resize(width, height) {
      // The window has bars of its own around the page.
      await send('window/rect', { x: 0, y: 0, width, height })
      const inner = await engine.ask(() => innerHeight)
      await send('window/rect', { x: 0, y: 0, width, height: height + (height - inner) })
    },
    forgetCookies: () => call('DELETE', `${base}/${sessionId}/cookie`),
    async end() {
      await call('DELETE', `${base}/${sessionId}`)
      await driver.stop()
      await display.stop()
    },
  }
  return engine
}

// biome-ignore lint/suspicious/noExplicitAny: each command has an answer of its own form, as its specification says
async function call(method: string, url: string, body?: object): Promise<any> {
  const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) })
  const { value } = await response.json()
  if (!response.ok) throw new Error(`${value.error}: ${value.message}`)
  return value
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('No port is free')
  return address.port
}

/** It says nothing when it is ready. */
async function answers(port: number): Promise<void> {
  for (const until = Date.now() + 15_000; Date.now() < until; ) {
    const response = await fetch(`http://127.0.0.1:${port}/status`).catch(() => null)
    if (response?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('WebKitWebDriver does not answer')
}
