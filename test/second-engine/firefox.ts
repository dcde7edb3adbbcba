import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { findProgram, needs } from '../needs.ts'
import { asJson, type Engine, start } from './engine.ts'

const program = process.env['FIREFOX'] ?? findProgram('firefox-esr', 'firefox')
export const noFirefox: boolean = needs('Firefox', program !== null, 'apt-get install firefox-esr, or FIREFOX=its path')

/** One process for pages, and none in reserve: it starts sooner. */
const PREFERENCES = `user_pref("ui.prefersReducedMotion", 1);
user_pref("dom.ipc.processCount", 1);
user_pref("dom.ipc.processPrelaunch.enabled", false);
`

/** Firefox without a window of the screen's, over WebDriver BiDi, which it speaks by itself. */
export async function startFirefox(): Promise<Engine> {
  if (program === null) throw new Error('Firefox is not there')
  const profile = await mkdtemp(join(tmpdir(), 'firefox-'))
  await writeFile(join(profile, 'user.js'), PREFERENCES)
  const args = ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0', 'about:blank']
  const { said, stop } = await start(program, args, /BiDi listening on (ws:\S+)/)
  const { send, close } = await connect(`${said}/session`)
  await send('session.new', { capabilities: { alwaysMatch: { unhandledPromptBehavior: { default: 'accept' } } } })
  const { contexts } = await send('browsingContext.getTree', {})
  const { context } = contexts[0]

  return {
    goTo: (url) => send('browsingContext.navigate', { context, url, wait: 'complete' }),
    back: () => send('browsingContext.traverseHistory', { context, delta: -1 }),
    reload: () => send('browsingContext.reload', { context, wait: 'complete' }),
    async ask(question, ...args) {
      const { result, exceptionDetails } = await send('script.callFunction', {
        functionDeclaration: asJson(question),
        arguments: [{ type: 'string', value: JSON.stringify(args) }],
        awaitPromise: true,
        target: { context },
      })
      if (exceptionDetails) throw new Error(exceptionDetails.text)
      return JSON.parse(result.value)
    },
    act: (actions) => send('input.performActions', { context, actions }),
    picture: async () => (await send('browsingContext.captureScreenshot', { context })).data,
    resize: (width, height) => send('browsingContext.setViewport', { context, viewport: { width, height } }),
    forgetCookies: () => send('storage.deleteCookies', {}),
    async end() {
      close()
      await stop()
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Commands and their answers; what else Firefox tells is not listened to. */
async function connect(url: string) {
  const socket = new WebSocket(url)
  // biome-ignore lint/suspicious/noExplicitAny: each command has an answer of its own form, as its specification says
  const waiting = new Map<number, { resolve(value: any): void; reject(error: Error): void }>()
  let last = 0
  socket.on('message', (data) => {
    const { id, type, result, error, message } = JSON.parse(String(data))
    const caller = waiting.get(id)
    waiting.delete(id)
    if (type === 'error') caller?.reject(new Error(`${error}: ${message}`))
    else caller?.resolve(result)
  })
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('Firefox hung up'))
  })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  return {
    // biome-ignore lint/suspicious/noExplicitAny: see above
    send: (method: string, params: object): Promise<any> =>
      new Promise((resolve, reject) => {
        last += 1
        waiting.set(last, { resolve, reject })
        socket.send(JSON.stringify({ id: last, method, params }))
      }),
    close: () => socket.close(),
  }
}
