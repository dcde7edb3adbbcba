import { optionsArgument } from '../options/groups.ts'
import { userIdArgument } from '../two-factor/arguments.ts'
import type { ContextOption } from '../two-factor/options.ts'
import type { TokenCore } from './core.ts'
import { type AccessTokenDetails, emitAll } from './events.ts'
import { revoked } from './revoke.ts'
import { deleteRow, listRows, readUndamaged, untilWritten } from './stored.ts'

/** Repeats until the list is empty, so that every token issued before the call is gone. */
export async function erase(
  core: TokenCore,
  user: string,
  options: ContextOption | undefined,
): Promise<{ ok: true; erased: number }> {
  const userId = userIdArgument(user)
  const { context } = optionsArgument(options)
  const events: AccessTokenDetails[] = []
  let erased = 0
  try {
    return await untilWritten(core.random, async () => {
      const rows = await listRows(core, userId)
      for (const row of rows) {
        const kept = readUndamaged(row, userId)
        const atMs = core.now()
        if (!(await deleteRow(core, row, userId))) continue
        erased += 1
        const wasRevoked = kept !== null && kept.token.revokedAtMs !== null
        if (!wasRevoked) events.push(revoked(userId, kept?.token.id ?? '', atMs, context))
      }
      return rows.length === 0 ? { ok: true, erased } : null
    })
  } finally {
    await emitAll(core, events)
  }
}
