import { refusal } from '../engine/refusal.ts'
import { optionsArgument } from '../options/groups.ts'
import { userIdArgument } from '../two-factor/arguments.ts'
import type { ContextOption } from '../two-factor/options.ts'
import type { TokenCore } from './core.ts'
import { type AccessTokenDetails, emit, emitAll } from './events.ts'
import type { RevokeTokenOptions } from './options.ts'
import type { ChangeTokenResult } from './outcomes.ts'
import { deleteRow, findById, listRows, readUndamaged, replaceToken, untilWritten } from './stored.ts'

/** Revoking twice is a success. */
export async function revoke(core: TokenCore, user: string, options: RevokeTokenOptions): Promise<ChangeTokenResult> {
  const userId = userIdArgument(user)
  const given = optionsArgument(options)

  return untilWritten(core.random, async () => {
    const kept = await findById(core, userId, given.id)
    if (kept === null) return refusal('not-found')
    if (kept.token.revokedAtMs !== null) return { ok: true }
    const atMs = core.now()
    if (!(await replaceToken(core, kept, { ...kept.token, revokedAtMs: atMs }))) return null
    await emit(core, revoked(userId, kept.token.id, atMs, given.context))
    return { ok: true }
  })
}

/** Repeats until none is listed, so that every token issued before the call is revoked. */
export async function revokeAll(
  core: TokenCore,
  user: string,
  options: ContextOption | undefined,
): Promise<{ ok: true; revoked: number }> {
  const userId = userIdArgument(user)
  const { context } = optionsArgument(options)
  const events: AccessTokenDetails[] = []
  try {
    return await untilWritten(core.random, async () => {
      let left = 0
      for (const row of await listRows(core, userId)) {
        const kept = readUndamaged(row, userId)
        if (kept !== null && kept.token.revokedAtMs !== null) continue
        left += 1
        const atMs = core.now()
        // A damaged one is deleted: a newer version of this library might accept it.
        const ended = await (kept === null
          ? deleteRow(core, row, userId)
          : replaceToken(core, kept, { ...kept.token, revokedAtMs: atMs }))
        if (ended) events.push(revoked(userId, kept?.token.id ?? '', atMs, context))
      }
      return left === 0 ? { ok: true, revoked: events.length } : null
    })
  } finally {
    // Only now, so that no slow listener keeps a token alive; after a failure too, for those that were revoked.
    await emitAll(core, events)
  }
}

export function revoked(userId: string, tokenId: string, atMs: number, context: unknown): AccessTokenDetails {
  return { type: 'access-token.revoked', userId, tokenId, atMs, context }
}
