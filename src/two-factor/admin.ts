import { encodeBase64Url } from '../encoding/base64url.ts'
import type { Core } from '../engine/core.ts'
import { ID_BYTES } from '../engine/devices.ts'
import { emptyRecord, isEnabled, LIMITS, type StoredAuthenticator, type UserRecord } from '../engine/record.ts'
import { type Refusal, refusal } from '../engine/refusal.ts'
import { isStale, resealAll } from '../engine/reseal.ts'
import { hasRoom } from '../engine/room.ts'
import { enable } from '../engine/setup.ts'
import { transact, transactStored } from '../engine/transact.ts'
import { CountersignError } from '../errors.ts'
import { checkOptionNames, optionNames, optionsArgument } from '../options/groups.ts'
import { invalidOption } from '../options/invalid-option.ts'
import { staffArguments, userIdArgument } from './arguments.ts'
import { keyOfSecret, refuseEqual } from './distinct.ts'
import { readAuthenticator } from './import-authenticators.ts'
import { passkeysArgument } from './import-passkeys.ts'
import { recoveryCodesArgument } from './import-recovery-codes.ts'
import type { ContextOption, ImportUserOptions, StaffOptions } from './options.ts'

const IMPORT_OPTIONS = /* @__PURE__ */ optionNames<ImportUserOptions>({
  authenticators: true,
  passkeys: true,
  recoveryCodes: true,
  context: true,
})

export async function reset(core: Core, user: string, options: StaffOptions): Promise<{ ok: true; existed: boolean }> {
  const userId = userIdArgument(user)
  const { by, note, context } = staffArguments(optionsArgument(options))
  return transactStored<{ ok: true; existed: boolean }>(core, { userId, context }, (stored) => {
    if (stored === null) return { result: { ok: true, existed: false } }
    return {
      result: { ok: true, existed: true },
      record: null,
      events: [{ type: 'two-factor.reset', by, note }],
    }
  })
}

export async function unlock(
  core: Core,
  user: string,
  options: StaffOptions,
): Promise<{ ok: true } | Refusal<'not-enabled'>> {
  const userId = userIdArgument(user)
  const { by, note, context } = staffArguments(optionsArgument(options))
  return transact<{ ok: true } | Refusal<'not-enabled'>>(core, { userId, context }, (record) => {
    if (record === null) return { result: refusal('not-enabled') }
    return {
      result: { ok: true },
      record: { ...record, throttle: null, issuedCodes: [] },
      events: [{ type: 'two-factor.unlocked', by, note }],
    }
  })
}

export async function importUser(
  core: Core,
  user: string,
  options: ImportUserOptions,
): Promise<{ ok: true; imported: boolean }> {
  const userId = userIdArgument(user)
  const given = optionsArgument(options)
  checkOptionNames('importUser', given, IMPORT_OPTIONS)
  const { authenticators, recoveryCodes, context } = given
  const passkeys = passkeysArgument(given.passkeys)
  const least = passkeys.userHandle === null ? 1 : 0
  if (!Array.isArray(authenticators) || authenticators.length < least || authenticators.length > LIMITS.apps) {
    throw invalidOption('authenticators', authenticators, `a list of ${least} to ${LIMITS.apps}`)
  }
  const imported = authenticators.map(readAuthenticator)
  refuseEqual(
    imported.map(({ secret }) => keyOfSecret(secret)),
    (index) => `authenticators[${index}].secret`,
  )
  const codes = recoveryCodesArgument(recoveryCodes)

  return transact<{ ok: true; imported: boolean }>(core, { userId, context }, (record, nowMs) => {
    if (isEnabled(record)) return { result: { ok: true, imported: false } }
    const stored = imported.map(({ secret, createdAtMs, ...rest }): StoredAuthenticator => {
      return {
        id: encodeBase64Url(core.random(ID_BYTES)),
        type: 'totp',
        ...rest,
        secret: core.vault.seal({ purpose: 'authenticator', userId }, secret),
        createdAtMs: createdAtMs ?? nowMs,
        lastUsedAtMs: null,
        lastStep: -1,
      }
    })
    const all = [...stored, ...passkeys.keep(core, userId, nowMs)]
    if (all.length > LIMITS.authenticators) throw tooMany(all.length)
    const enabled = enable(core, record ?? emptyRecord(), nowMs)
    const next: UserRecord = {
      ...enabled,
      userHandle: passkeys.userHandle ?? enabled.userHandle,
      authenticators: all,
      recoveryCodes: codes.keep(core, userId, nowMs),
    }
    if (!hasRoom(next)) throw tooLarge()
    return {
      result: { ok: true, imported: true },
      record: next,
      events: [{ type: 'two-factor.imported', recoveryCodesLeft: codes.count }],
    }
  })
}

export async function reseal(
  core: Core,
  user: string,
  options?: ContextOption,
): Promise<{ ok: true; resealed: boolean } | Refusal<'not-enabled'>> {
  const userId = userIdArgument(user)
  const { context } = optionsArgument(options)
  return transact<{ ok: true; resealed: boolean } | Refusal<'not-enabled'>>(core, { userId, context }, (record) => {
    if (record === null) return { result: refusal('not-enabled') }
    if (!isStale(record, core.vault)) return { result: { ok: true, resealed: false } }
    return {
      result: { ok: true, resealed: true },
      record: resealAll(record, core.vault, userId),
      events: [{ type: 'two-factor.resealed' }],
    }
  })
}

function tooMany(count: number): CountersignError {
  const most = LIMITS.authenticators
  return invalidOption('passkeys', count, `at most ${most} together with the authenticators`)
}

function tooLarge(): CountersignError {
  return new CountersignError(
    'invalid_option',
    'authenticators, passkeys and recoveryCodes are too large together: a record stays below 16 KiB, whatever the user does later. Import fewer hashes of recovery codes, or fewer authenticators.',
  )
}
