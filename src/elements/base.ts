import { html, nothing, type TemplateResult } from 'lit/html.js'
import { connect, type TwoFactorClient } from '../client/connect.ts'
import { holdControls } from './parts/hold-controls.ts'
import { type Properties, RenderedElement } from './rendered-element.ts'
import type { Scope } from './scope.ts'
import { styles } from './styles/all.ts'
import { en } from './texts/en.ts'
import type { Texts } from './texts/words.ts'
import { createTimes, type Times } from './times.ts'

const HEARD_MS = 6000

/** What all elements share: their client, their texts, and where they announce something. */
export abstract class BaseElement extends RenderedElement {
  static override styles: string = styles
  static override properties: Properties = {
    baseUrl: ['base-url'],
    client: [],
    texts: [],
  }
  declare baseUrl: string
  declare client: TwoFactorClient | undefined
  declare texts: Partial<Texts> | undefined
  protected readonly scope: Scope
  #heard = ''
  #told = ''
  #look = ''

  constructor() {
    super()
    this.baseUrl = '/two-factor'
    this.scope = createScope(
      this,
      (heard, told, look) => this.#say(heard, told, look),
      () => this.lookAgain(),
    )
    holdControls(this.renderRoot, this.scope)
  }

  /** The texts passed to `defineElements`. */
  get defaultTexts(): Partial<Texts> {
    return {}
  }

  /** Announces what just happened to screen readers. The element exists before its text. */
  protected note(isHeard = true): TemplateResult {
    return html`<div class="off-screen" role="status">${isHeard ? this.#heard : nothing}</div>`
  }

  /** What was done last, as part of the page: it stays until something else begins. */
  protected told(): TemplateResult | typeof nothing {
    return this.#told ? html`<p class="notice ${this.#look}">${this.#told}</p>` : nothing
  }

  /** No answer came: what was sent may have been done. */
  protected lookAgain(): boolean {
    return false
  }

  #say(heard: string, told: string, look: string): void {
    this.#heard = heard
    this.#told = told
    this.#look = look
    this.requestUpdate()
    setTimeout(() => {
      if (this.#heard !== heard) return
      this.#heard = ''
      this.requestUpdate()
    }, HEARD_MS)
  }
}

function createScope(
  element: BaseElement,
  say: (heard: string, told: string, look: string) => void,
  lookAgain: () => boolean,
): Scope {
  const clientOf = memo((baseUrl) => connect(baseUrl))
  const timesOf: (language: string) => Times = memo(createTimes)
  let work: object | null = null
  let ending = new AbortController()
  const end = () => {
    ending.abort()
    ending = new AbortController()
  }
  element.addController({ hostDisconnected: end })
  return {
    get client() {
      return element.client ?? clientOf(element.baseUrl)
    },
    get texts() {
      return { ...en, ...element.defaultTexts, ...element.texts }
    },
    get times() {
      return timesOf(languageOf(element))
    },
    get isConnected() {
      return element.isConnected
    },
    get isWorking() {
      return work !== null
    },
    async work(sent) {
      const mine = {}
      work = mine
      element.requestUpdate()
      try {
        const answer = await sent
        return work === mine && element.isConnected ? answer : null
      } finally {
        if (work === mine) work = null
        element.requestUpdate()
      }
    },
    wantsToLeave: false,
    get signal() {
      return ending.signal
    },
    dropWork() {
      work = null
      end()
    },
    update: () => element.requestUpdate(),
    lookAgain,
    announce: (text) => say(text, '', ''),
    tell: (text, look = 'good') => say(text, text, look),
    emit: (type, detail = {}) => {
      element.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }))
    },
  }
}

/** Remembers the last result. */
function memo<T>(make: (key: string) => T): (key: string) => T {
  let last: { key: string; value: T } | undefined
  return (key) => {
    if (last?.key !== key) last = { key, value: make(key) }
    return last.value
  }
}

/** That of the element, or of what contains it. */
function languageOf(element: Element): string {
  const found = element.closest('[lang]')
  if (found) return found.getAttribute('lang') ?? ''
  const root = element.getRootNode()
  return root instanceof ShadowRoot ? languageOf(root.host) : ''
}
