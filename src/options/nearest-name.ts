/** Names this far apart are no typing error. */
const MAX_DISTANCE = 3
const MAX_LENGTH = 64

/** Shorter pieces occur in too many names. */
const MIN_PIECE = 4

/**
 * The known name with the most similar spelling, ignoring case, or else one that begins or ends with it, such as
 * `period` for `periodSeconds`; null if none comes close.
 */
export function nearestName(name: string, known: readonly string[]): string | null {
  if (name.length > MAX_LENGTH) return null
  const wanted = name.toLowerCase()
  const ranked = known
    .map((candidate) => ({ candidate, distance: distanceBetween(wanted, candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.min(MAX_DISTANCE, candidate.length / 2))
    .sort((a, b) => a.distance - b.distance)
  return ranked[0]?.candidate ?? known.find((candidate) => isPieceOf(wanted, candidate.toLowerCase())) ?? null
}

function isPieceOf(name: string, other: string): boolean {
  const [short, long] = name.length < other.length ? [name, other] : [other, name]
  return short.length >= MIN_PIECE && (long.startsWith(short) || long.endsWith(short))
}

/** Levenshtein's distance: how many letters to insert, delete or replace. */
function distanceBetween(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1)
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[to.length] ?? 0
}
