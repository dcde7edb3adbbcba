import { CROCKFORD } from '../encoding/crockford.ts'
import type { Random } from '../vault/random.ts'

const GROUP = /.{4}(?=.)/g

/** Characters of a code, 5 bits each: 80 bits if codes can be viewed again, 120 if only hashes are kept. */
export const RECOVERY_CODE_CHARACTERS = { sealed: 16, hashed: 24 } as const

/** Makes `count` codes in groups of four: XXXX-XXXX-XXXX-XXXX for 16 characters. */
export function makeRecoveryCodes(count: number, characters: number, random: Random): string[] {
  const bytes = random(count * characters)
  return Array.from({ length: count }, (_, index) => {
    const own = bytes.subarray(index * characters, (index + 1) * characters)
    // 256 is a multiple of 32, so the low five bits of a random byte are uniform.
    return Array.from(own, (byte) => CROCKFORD.charAt(byte & 31))
      .join('')
      .toUpperCase()
      .replace(GROUP, '$&-')
  })
}
