/** Where random bytes come from: the platform's CSPRNG, or what a test injects. */
export type Random = (bytes: number) => Uint8Array

export function randomBytes(bytes: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(bytes))
}
