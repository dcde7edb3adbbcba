import type { Core } from '../engine/core.ts'
import { ISSUED_CODE_MS, issueCode } from '../engine/issued-codes.ts'
import { isEnabled } from '../engine/record.ts'
import { refusal } from '../engine/refusal.ts'
import { transact } from '../engine/transact.ts'
import { checkOptionNames, optionNames, optionsArgument } from '../options/groups.ts'
import { integerOption } from '../options/numbers.ts'
import { staffArguments, userIdArgument } from './arguments.ts'
import type { IssueRecoveryCodeOptions } from './options.ts'
import type { IssueRecoveryCodeResult } from './outcomes.ts'

const OPTIONS = /* @__PURE__ */ optionNames<IssueRecoveryCodeOptions>({
  by: true,
  note: true,
  validMs: true,
  context: true,
})

export async function issueRecoveryCode(
  core: Core,
  user: string,
  options: IssueRecoveryCodeOptions,
): Promise<IssueRecoveryCodeResult> {
  const userId = userIdArgument(user)
  const given = optionsArgument(options)
  checkOptionNames('issueRecoveryCode', given, OPTIONS)
  const { by, note, context } = staffArguments(given)
  const { usual, least, most } = ISSUED_CODE_MS
  const validMs = integerOption('validMs', given.validMs, usual, least, most)
  return transact<IssueRecoveryCodeResult>(core, { userId, context }, (record, nowMs) => {
    if (!isEnabled(record)) return { result: refusal('not-enabled') }
    const issued = issueCode(core, userId, record, validMs, nowMs)
    if (issued === null) return { result: refusal('limit-reached') }
    return {
      result: { ok: true, recoveryCode: issued.code, expiresAtMs: issued.expiresAtMs },
      record: issued.record,
      events: [{ type: 'recovery-code.issued', by, note }],
    }
  })
}
