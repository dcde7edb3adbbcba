import type { Core } from '../engine/core.ts'
import { withoutTrust } from '../engine/devices.ts'
import { transactWithProof } from '../engine/proof.ts'
import { isEnabled } from '../engine/record.ts'
import { refusal } from '../engine/refusal.ts'
import { transact } from '../engine/transact.ts'
import { optionsArgument } from '../options/groups.ts'
import { readName } from '../options/text.ts'
import { subjectOf, userIdArgument } from './arguments.ts'
import type { RemoveAuthenticatorOptions, RenameAuthenticatorOptions } from './options.ts'
import type { RemoveAuthenticatorResult, RenameAuthenticatorResult } from './outcomes.ts'

export async function renameAuthenticator(
  core: Core,
  user: string,
  options: RenameAuthenticatorOptions,
): Promise<RenameAuthenticatorResult> {
  const userId = userIdArgument(user)
  const given = optionsArgument(options)
  const name = readName(given.name)
  if (name === null) return refusal('invalid-name')
  return transact<RenameAuthenticatorResult>(core, subjectOf(userId, given), (record) => {
    if (!isEnabled(record)) return { result: refusal('not-enabled') }
    const found = record.authenticators.find(({ id }) => id === given.id)
    if (found === undefined) return { result: refusal('not-found') }
    if (found.name === name) return { result: { ok: true } }
    return {
      result: { ok: true },
      record: {
        ...record,
        authenticators: record.authenticators.map((one) => (one === found ? { ...one, name } : one)),
      },
      events: [{ type: 'authenticator.renamed', authenticatorId: found.id }],
    }
  })
}

export async function removeAuthenticator(
  core: Core,
  user: string,
  options: RemoveAuthenticatorOptions,
): Promise<RemoveAuthenticatorResult> {
  const userId = userIdArgument(user)
  const given = optionsArgument(options)
  return transactWithProof<RemoveAuthenticatorResult, 'not-enabled' | 'not-found' | 'last-authenticator'>(
    core,
    subjectOf(userId, given),
    given,
    (record) => {
      if (!isEnabled(record)) return 'not-enabled'
      if (!record.authenticators.some(({ id }) => id === given.id)) return 'not-found'
      return record.authenticators.length === 1 ? 'last-authenticator' : null
    },
    (record) => {
      const trust = withoutTrust(record)
      const authenticators = record.authenticators.filter(({ id }) => id !== given.id)
      return {
        result: { ok: true },
        record: { ...trust.record, authenticators },
        events: [{ type: 'authenticator.removed', authenticatorId: given.id ?? '' }, ...trust.events],
      }
    },
  )
}
