import { refusal } from '../engine/refusal.ts'
import { optionsArgument } from '../options/groups.ts'
import { readName } from '../options/text.ts'
import { userIdArgument } from '../two-factor/arguments.ts'
import type { TokenCore } from './core.ts'
import { emit } from './events.ts'
import type { RenameTokenOptions } from './options.ts'
import type { RenameTokenResult } from './outcomes.ts'
import { findById, replaceToken, untilWritten } from './stored.ts'

export async function rename(core: TokenCore, user: string, options: RenameTokenOptions): Promise<RenameTokenResult> {
  const userId = userIdArgument(user)
  const given = optionsArgument(options)
  const name = readName(given.name)
  if (name === null) return refusal('invalid-name')

  return untilWritten(core.random, async () => {
    const kept = await findById(core, userId, given.id)
    if (kept === null || kept.token.revokedAtMs !== null) return refusal('not-found')
    const atMs = core.now()
    if (!(await replaceToken(core, kept, { ...kept.token, name }))) return null
    await emit(core, { type: 'access-token.renamed', userId, tokenId: kept.token.id, atMs, context: given.context })
    return { ok: true }
  })
}
