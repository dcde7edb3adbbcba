import type { TwoFactor } from 'countersign'

/** `spends …`: what an operation uses up if it succeeds. `guesses`: it is wrong, and its failure must be counted. */
export type Tag = 'by password' | 'ends proofs' | 'forgets failures' | 'guesses' | `spends ${string}`
/** An operation of the matrix: what it is called, and how it is done on any backend over the same data. */
export type Operation = [name: string, act: (twoFactor: TwoFactor) => Promise<unknown>, ...tags: Tag[]]

export function isOk(result: unknown): boolean {
  return typeof result === 'object' && result !== null && 'ok' in result && result.ok === true
}
