import { transactConfirmed } from '../engine/confirm.ts'
import type { Core } from '../engine/core.ts'
import { optionsArgument, userIdArgument } from './arguments.ts'
import type { ConfirmOption, ContextOption } from './options.ts'
import type { ConfirmResult } from './outcomes.ts'

export async function confirm(
  core: Core,
  user: string,
  options: ConfirmOption & ContextOption,
): Promise<ConfirmResult> {
  const userId = userIdArgument(user)
  const given = optionsArgument(options)
  return transactConfirmed<ConfirmResult, never>(
    core,
    { userId, context: given.context },
    given,
    () => null,
    (record) => ({ result: { ok: true }, record }),
  )
}
