import { userIdArgument } from '../two-factor/arguments.ts'
import type { TokenCore } from './core.ts'
import { type AccessToken, accessTokenOf } from './outcomes.ts'
import { listTokens } from './stored.ts'

export async function list(core: TokenCore, user: string): Promise<AccessToken[]> {
  const kept = await listTokens(core, userIdArgument(user))
  return kept
    .filter(({ token }) => token.revokedAtMs === null)
    .map(({ token }) => accessTokenOf(token))
    .sort((a, b) => b.createdAtMs - a.createdAtMs || (a.id < b.id ? -1 : 1))
}
