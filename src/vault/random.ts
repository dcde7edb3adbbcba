import { ownBytes } from '../encoding/bytes.ts'
import { CountersignError } from '../errors.ts'

/** Where random bytes come from: the platform's CSPRNG, or what a test injects. */
export type Random = (bytes: number) => Uint8Array

export function randomBytes(bytes: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(bytes))
}

/** The host's source of random bytes, held to what was asked for; the platform's without one. */
export function randomOption(given: Random | undefined): Random {
  if (given === undefined) return randomBytes
  return (count) => {
    const bytes = ownBytes(given(count))
    if (bytes?.length === count) return bytes
    throw new CountersignError('hook_invalid', `random(${count}) must return a Uint8Array of ${count} bytes.`)
  }
}
