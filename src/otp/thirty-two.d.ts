declare module 'thirty-two' {
  /** What `thirty-two` returns: Node's Buffer, of which src knows only this. */
  interface Base32Buffer extends Uint8Array {
    toString(encoding?: 'latin1'): string
  }
  const base32: {
    encode(bytes: Uint8Array): Base32Buffer
    decode(text: string): Base32Buffer
  }
  export = base32
}
