/**
 * The bytes of a Uint8Array or Buffer, as a Uint8Array of this realm; null for anything else. jsdom, happy-dom and Node's
 * `vm` have a Uint8Array of their own, which `instanceof` does not recognise and @noble refuses: those bytes are copied.
 */
export function ownBytes(value: unknown): Uint8Array | null {
  if (!isBytes(value)) return null
  return Object.prototype.isPrototypeOf.call(Uint8Array.prototype, value) ? value : new Uint8Array(value)
}

function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]'
}
