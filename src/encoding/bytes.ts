/**
 * The bytes of a Uint8Array or Buffer, as a Uint8Array of this realm; null for anything else. jsdom, happy-dom and
 * Node's `vm` have their own Uint8Array, which `instanceof` does not recognize and @noble refuses: those bytes are
 * copied.
 */
export function ownBytes(value: unknown): Uint8Array | null {
  if (!ArrayBuffer.isView(value)) return null
  if (value instanceof Uint8Array) return value
  return isForeignBytes(value) ? new Uint8Array(value) : null
}

function isForeignBytes(view: ArrayBufferView): view is Uint8Array {
  return Object.prototype.toString.call(view) === '[object Uint8Array]'
}
