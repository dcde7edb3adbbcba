// What the handler and thirty-two expect of a server. A browser's Response drops Set-Cookie; this one keeps it.
class KeepingResponse {
  #text
  constructor(body, { status = 200, headers } = {}) {
    this.#text = body ?? ''
    this.status = status
    this.ok = status >= 200 && status < 300
    this.headers = new Headers(headers)
  }
  text() {
    return Promise.resolve(this.#text)
  }
}

class SmallBuffer extends Uint8Array {
  static isBuffer(value) {
    return value instanceof SmallBuffer
  }
  static from(value) {
    return new SmallBuffer(typeof value === 'string' ? new TextEncoder().encode(value) : value)
  }
  static alloc(length) {
    return new SmallBuffer(length)
  }
  toString() {
    return new TextDecoder().decode(this)
  }
}

/** thirty-two calls `new Buffer(text)` too. */
const PageBuffer = new Proxy(SmallBuffer, {
  construct: (_, [value]) => (typeof value === 'number' ? SmallBuffer.alloc(value) : SmallBuffer.from(value)),
})

export { KeepingResponse as Response, PageBuffer as Buffer }
