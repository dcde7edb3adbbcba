import { encodeBase32 } from 'countersign/otp'

/** How a secret could stand somewhere: as it is, in groups, and as hex, base64 or base32 of its bytes. */
export function spellingsOf(secret: string | Uint8Array): string[] {
  const bytes = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret
  const encoded = [
    Buffer.from(bytes).toString('hex'),
    Buffer.from(bytes).toString('base64').replace(/=+$/, ''),
    Buffer.from(bytes).toString('base64url'),
    encodeBase32(bytes),
    [...bytes].join(','),
  ]
  const bare = typeof secret === 'string' ? secret.replaceAll(/[-\s]/g, '') : ''
  const written = typeof secret === 'string' ? [secret, bare, ...[3, 4, 5].flatMap((size) => grouped(bare, size))] : []
  return [...new Set([...written, ...encoded].map((text) => text.toLowerCase()))].filter((text) => text.length >= 6)
}

/** Which of these spellings the text, in lower case, holds; digits only where they are not part of a longer number. */
export function foundIn(text: string, spellings: readonly string[]): string | undefined {
  return spellings.find((spelling) => {
    if (!text.includes(spelling)) return false
    return /^\d+$/.test(spelling) ? new RegExp(`(?<![\\w.])${spelling}(?![\\w.])`).test(text) : true
  })
}

function grouped(text: string, size: number): string[] {
  const groups = text.match(new RegExp(`.{1,${size}}`, 'g')) ?? []
  return [groups.join(' '), groups.join('-')]
}
