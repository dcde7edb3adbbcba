/** Limits of a code's significant characters: ours have 16 or 24, imported ones vary. */
export const RECOVERY_CODE_LENGTH = { min: 10, max: 32 } as const

const ALPHANUMERIC = /^[0-9A-Za-z]+$/
const LOOKALIKES = /[OIL]/g

/**
 * The canonical spelling of a recovery code, from text without spaces and dashes: upper case, O as 0, I and L as 1.
 * Null if it cannot be a code.
 */
export function readRecoveryCode(text: string): string | null {
  if (text.length < RECOVERY_CODE_LENGTH.min || text.length > RECOVERY_CODE_LENGTH.max) return null
  if (!ALPHANUMERIC.test(text)) return null
  return text.toUpperCase().replace(LOOKALIKES, (letter) => (letter === 'O' ? '0' : '1'))
}
