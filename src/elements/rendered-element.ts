import { html, render, type TemplateResult } from 'lit/html.js'

/** A server has no HTMLElement, but must be able to load the classes. */
const Page: typeof HTMLElement = globalThis.HTMLElement ?? class {}

/** For each property, the attribute that sets it, if any, and how to read its text; null once it is removed. */
export type Properties = Readonly<
  Record<string, readonly [attribute?: string, read?: (text: string | null) => unknown]>
>

/** Called at the stages of its element's life. */
export interface Controller {
  hostConnected?(): void
  hostDisconnected?(): void
  hostUpdate?(): void
  hostUpdated?(): void
}

/** Renders a template into a shadow root, once for all properties that are set together. */
export abstract class RenderedElement extends Page {
  static properties: Properties = {}
  static styles = ''
  static #sheet: CSSStyleSheet | undefined
  readonly renderRoot: ShadowRoot = this.attachShadow({ mode: 'open' })
  readonly #properties: Properties
  readonly #values: Record<string, unknown> = {}
  /** Properties set before the element was defined. They override attributes. */
  #early: [name: string, value: unknown][] | null = []
  #changed = new Set<string>()
  /** The first update waits until the element is in a page. */
  #isPending = true
  readonly #controllers: Controller[] = []

  constructor() {
    super()
    const { properties, styles } = new.target
    this.#properties = properties
    for (const name of Object.keys(properties).filter((own) => Object.hasOwn(this, own))) {
      this.#early?.push([name, Reflect.get(this, name)])
      Reflect.deleteProperty(this, name)
    }
    this.#adopt(styles)
  }

  /** The browser reads these when the class is defined, and frameworks look for the properties on its prototype. */
  static get observedAttributes(): string[] {
    // biome-ignore lint/complexity/noThisInStatic: it is the class that is defined
    const { properties, prototype } = this
    for (const name of Object.keys(properties)) {
      Object.defineProperty(prototype, name, {
        get(this: RenderedElement) {
          return this.#values[name]
        },
        set(this: RenderedElement, value: unknown) {
          if (Object.is(value, this.#values[name])) return
          this.#values[name] = value
          this.requestUpdate(name)
        },
        configurable: true,
        enumerable: true,
      })
    }
    return ['lang', ...Object.values(properties).flatMap(([attribute = []]) => attribute)]
  }

  /** The current view. */
  protected render(): TemplateResult {
    return html``
  }

  /** @param _changed the names of the properties that were set since the last one */
  protected willUpdate(_changed: ReadonlySet<string>): void {}

  addController(controller: Controller): void {
    this.#controllers.push(controller)
  }

  /** @param changed a property, if one did */
  requestUpdate(changed?: string): void {
    if (changed) this.#changed.add(changed)
    if (this.#isPending) return
    this.#isPending = true
    this.#schedule()
  }

  connectedCallback(): void {
    if (this.#early) {
      for (const [name, value] of this.#early) Reflect.set(this, name, value)
      this.#early = null
      this.#schedule()
    }
    for (const controller of this.#controllers) controller.hostConnected?.()
  }

  disconnectedCallback(): void {
    for (const controller of this.#controllers) controller.hostDisconnected?.()
  }

  attributeChangedCallback(attribute: string, _: string | null, text: string | null): void {
    const set = Object.entries(this.#properties).find(([, [own]]) => own === attribute)
    if (set) {
      const [name, [, read]] = set
      Reflect.set(this, name, read ? read(text) : text)
    } else this.requestUpdate(attribute)
  }

  #schedule(): void {
    queueMicrotask(() => this.#update())
  }

  #update(): void {
    let shown: TemplateResult
    try {
      this.willUpdate(this.#changed)
      for (const controller of this.#controllers) controller.hostUpdate?.()
      shown = this.render()
    } finally {
      // Properties set by these two are part of this update.
      this.#changed = new Set()
      this.#isPending = false
    }
    render(shown, this.renderRoot)
    for (const controller of this.#controllers) controller.hostUpdated?.()
  }

  /** One sheet for all of a page's elements, which every content security policy allows. jsdom has none. */
  #adopt(styles: string): void {
    const root = this.renderRoot
    if (root.adoptedStyleSheets === undefined) {
      const style = document.createElement('style')
      style.textContent = styles
      root.append(style)
      return
    }
    if (RenderedElement.#sheet === undefined) {
      RenderedElement.#sheet = new CSSStyleSheet()
      RenderedElement.#sheet.replaceSync(styles)
    }
    root.adoptedStyleSheets = [RenderedElement.#sheet]
  }
}
