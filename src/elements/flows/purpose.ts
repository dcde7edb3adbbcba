import type { StatusAnswer } from '../../http/index.ts'

export type Authenticator = Pick<StatusAnswer['authenticators'][number], 'id' | 'name' | 'type'>

/** What is set up: the first authenticator, another one, or one that replaces those named. */
export type SetUpPurpose =
  | { kind: 'setUp' }
  | { kind: 'add' }
  | { kind: 'replace'; replaces: readonly [Authenticator, ...Authenticator[]] }

/** The change that each reports to the page. */
export const CHANGES = {
  setUp: 'enabled',
  add: 'authenticator-added',
  replace: 'authenticator-replaced',
} as const

/** @param replaces ids, or `all` */
export function purposeOf(
  { enabled, authenticators }: Pick<StatusAnswer, 'authenticators' | 'enabled'>,
  replaces: readonly string[],
): SetUpPurpose {
  if (!enabled) return { kind: 'setUp' }
  const [first, ...others] = authenticators.filter(({ id }) => replaces.includes('all') || replaces.includes(id))
  return first ? { kind: 'replace', replaces: [first, ...others] } : { kind: 'add' }
}
