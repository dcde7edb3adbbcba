import { virtualAuthenticator } from 'countersign/testing'
import decodeQR from 'qr/decode.js'
import { en } from '../../src/elements/texts/en.ts'
import type { Texts } from '../../src/elements/texts/words.ts'
import { ANN, type Backend, PASSWORD } from '../elements/server.ts'
import type { Engine } from './engine.ts'
import { find, type Seen, type What } from './find.ts'

export type Phone = ReturnType<typeof virtualAuthenticator>

/** The keys that have no letter, as WebDriver names them. */
const KEYS = {
  Control: '\uE009',
  Shift: '\uE008',
  Tab: '\uE004',
  Enter: '\uE007',
  Escape: '\uE00C',
  Backspace: '\uE003',
} as const
type Key = keyof typeof KEYS

/** How long a person waits for what must come, on a machine that is busy with other tests. */
const PATIENCE_MS = 40_000

/** Somebody with a mouse and a keyboard in front of one engine. Everything is done by real input at real places. */
export interface Person {
  engine: Engine
  texts: Texts
  open(query?: string): Promise<void>
  signIn(login?: string): Promise<void>
  /** The session is over, as if it had been ended somewhere else; the password form is shown. */
  signOut(): Promise<void>
  /** Waits until it is there, once and alone if it is to be used. */
  sees(what: What): Promise<Seen>
  misses(what: What): Promise<void>
  all(what: What): Promise<Seen[]>
  press(button: string): Promise<void>
  fill(label: string, text: string): Promise<void>
  check(label: string): Promise<void>
  type(text: string): Promise<void>
  keys(...keys: Key[]): Promise<void>
  /** What has the focus: its words, or its name. */
  focus(expected: string): Promise<void>
  /** Confirms with the password where it is asked for. */
  confirm(button: string, password?: string): Promise<void>
  /** An app that has scanned the picture on the screen. WebKitGTK takes no picture of a window with an open dialog. */
  scan(): Promise<Phone>
  /** An app that was opened by the link beside the picture. */
  followLink(): Promise<Phone>
}

export function personAt(engine: Engine, backend: Backend, lang: 'en' | 'ar' = 'en', texts: Texts = en): Person {
  async function until<Answer>(name: string, look: () => Promise<Answer | null>): Promise<Answer> {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; ) {
      // Between two pages there is no page to ask.
      const answer = await look().catch(() => null)
      if (answer !== null) return answer
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    const seen = await engine.ask(find, { css: 'h2, button, label, .problem' }, false)
    throw new Error(`Waited for ${name}; there is: ${seen.map(({ text }) => text).join(' | ')}`)
  }
  /** Where one can be pressed: alone, still, enabled, and nothing in front of it. */
  async function reach(what: What): Promise<Seen> {
    let before: Seen | undefined
    return until(`${JSON.stringify(what)} to be pressed`, async () => {
      const [one, other] = await engine.ask(find, what, true)
      const isReady = one && !other && !one.isDisabled && one.coveredBy === null
      const isStill = one?.x === before?.x && one?.y === before?.y
      before = one
      return isReady && isStill ? one : null
    })
  }
  async function click(what: What): Promise<void> {
    const { x, y } = await reach(what)
    const parameters = { pointerType: 'mouse' }
    await engine.act([
      {
        type: 'pointer',
        id: 'mouse',
        parameters,
        actions: [
          { type: 'pointerMove', x, y, duration: 0 },
          { type: 'pointerDown', button: 0 },
          { type: 'pointerUp', button: 0 },
        ],
      },
    ])
  }
  const stroke = (value: string) => [
    { type: 'keyDown', value },
    { type: 'keyUp', value },
  ]
  const keyboard = (actions: object[]) => engine.act([{ type: 'key', id: 'keyboard', actions }])

  const person: Person = {
    engine,
    texts,
    open: (query = '') => engine.goTo(`${backend.url}/?lang=${lang}&${query}`),
    async signIn(login = ANN) {
      await person.fill('Login', login)
      await person.fill('Password', PASSWORD)
      await person.press('Sign In')
    },
    async signOut() {
      await engine.forgetCookies()
      await engine.reload()
      await person.sees({ field: 'Login' })
    },
    all: (what) => engine.ask(find, what, false),
    sees: (what) => until(JSON.stringify(what), async () => (await engine.ask(find, what, false))[0] ?? null),
    async misses(what) {
      await until(`${JSON.stringify(what)} to go`, async () =>
        (await engine.ask(find, what, false)).length === 0 ? true : null,
      )
    },
    press: (button) => click({ button }),
    async fill(label, text) {
      await click({ field: label })
      await until(`${label} to have the focus`, async () =>
        (await engine.ask(find, { field: label }, false))[0]?.isFocused ? true : null,
      )
      await keyboard([
        { type: 'keyDown', value: KEYS.Control },
        ...stroke('a'),
        { type: 'keyUp', value: KEYS.Control },
        ...stroke(KEYS.Backspace),
      ])
      await person.type(text)
    },
    async check(label) {
      await click({ field: label })
      await until(`${label} to be checked`, async () =>
        (await engine.ask(find, { field: label }, false))[0]?.isChecked ? true : null,
      )
    },
    type: (text) => keyboard([...text].flatMap(stroke)),
    keys: (...keys) => keyboard(keys.flatMap((key) => stroke(KEYS[key]))),
    async focus(expected) {
      let last = ''
      await until(`the focus at ${expected}`, async () => {
        last = await engine.ask(focused)
        return last === expected ? true : null
      }).catch((error) => {
        throw new Error(`${error.message}; the focus is at ${last}`)
      })
    },
    async confirm(button, password = PASSWORD) {
      await person.fill(texts.password, password)
      await person.press(button)
    },
    async followLink() {
      const uri = await until('the link', () => engine.ask(linkToApp))
      return virtualAuthenticator(uri, { now: backend.clock.now })
    },
    async scan() {
      const { width, height, pixels } = await engine.ask(
        qrPixels,
        await engine.picture(),
        await person.sees({ css: 'svg.qr' }),
      )
      const uri = decodeQR({ width, height, data: Uint8Array.from(pixels) })
      return virtualAuthenticator(uri, { now: backend.clock.now })
    },
  }
  return person
}

/** Runs in the page. */
function focused(): string {
  let active = document.activeElement
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement
  const words = active === document.body ? 'nothing' : (active?.textContent ?? '')
  return words.trim().replaceAll(/\s+/g, ' ') || active?.id || active?.getAttribute('name') || ''
}

/** Runs in the page. */
function linkToApp(): string | null {
  const roots: (Document | ShadowRoot)[] = [document]
  for (const root of roots) {
    const link = root.querySelector<HTMLAnchorElement>('a[href^="otpauth:"]')
    if (link) return link.href
    for (const node of root.querySelectorAll('*')) if (node.shadowRoot) roots.push(node.shadowRoot)
  }
  return null
}

/** Runs in the page: the part of a picture of the window in which the QR code is. */
async function qrPixels(base64: string, { x, y, left, right }: Seen) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
  const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
  const size = Math.round(right - left)
  const canvas = Object.assign(document.createElement('canvas'), { width: size, height: size })
  const drawing = canvas.getContext('2d')
  drawing?.drawImage(bitmap, size / 2 - x, size / 2 - y)
  const pixels = Array.from(drawing?.getImageData(0, 0, size, size).data ?? [])
  return { width: size, height: size, pixels }
}
