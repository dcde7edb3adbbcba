/** These keep nothing between calls. Missing in Jest's jsdom. */
const ENCODER: TextEncoder | undefined = globalThis.TextEncoder && /* @__PURE__ */ new TextEncoder()
const DECODER: TextDecoder | undefined =
  globalThis.TextDecoder && /* @__PURE__ */ new TextDecoder('utf-8', { ignoreBOM: true })

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** The text in UTF-8. A lone surrogate becomes U+FFFD, as everywhere on the Web. */
export function utf8Bytes(text: string): Uint8Array {
  return ENCODER === undefined ? bytesOfEscapes(text) : ENCODER.encode(text)
}

/** The same bytes, in the scratch buffer if they surely fit, to be read before anything else is written to it. */
export function utf8Into(scratch: Uint8Array, text: string): Uint8Array {
  if (ENCODER === undefined || text.length * 3 > scratch.length) return utf8Bytes(text)
  return scratch.subarray(0, ENCODER.encodeInto(text, scratch).written)
}

function bytesOfEscapes(text: string): Uint8Array {
  const escaped = encodeURIComponent(text.replace(LONE_SURROGATE, '\ufffd'))
  const bytes = escaped.match(/%..|./g) ?? []
  return Uint8Array.from(bytes, (byte) => (byte.length === 1 ? byte.charCodeAt(0) : Number.parseInt(byte.slice(1), 16)))
}

/** The length of {@link utf8Bytes}, without making the bytes. */
export function utf8Length(text: string): number {
  let length = text.length
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) continue
    length += unit < 0x800 ? 1 : 2
    // A pair of surrogates is two units and four bytes: the first was counted as three, so the second adds nothing.
    if (unit >= 0xd800 && unit <= 0xdbff) {
      const next = text.charCodeAt(index + 1)
      if (next >= 0xdc00 && next <= 0xdfff) index++
    }
  }
  return length
}

/** The text of these UTF-8 bytes, with any U+FEFF at its start: a user id may begin with one. */
export function utf8Text(bytes: Uint8Array): string {
  if (DECODER !== undefined) return DECODER.decode(bytes)
  return decodeURIComponent(Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''))
}
