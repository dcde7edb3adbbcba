import { encodeBase64Url } from '../encoding/base64url.ts'
import { passkeysOf } from '../engine/authenticators.ts'
import type { Core } from '../engine/core.ts'
import { openPublicKey } from '../engine/passkey-credential.ts'
import { isEnabled, type StoredAuthenticator, type StoredPasskey, type UserRecord } from '../engine/record.ts'
import { refusal } from '../engine/refusal.ts'
import { transact } from '../engine/transact.ts'
import { checkOptionNames, optionNames, optionsArgument } from '../options/groups.ts'
import { buildOtpauthUri } from '../otp/build-uri.ts'
import { openImportedCodes } from '../recovery-codes/imported.ts'
import { viewRecoveryCodes } from '../recovery-codes/keep.ts'
import { accountNameArgument } from './account-name.ts'
import { staffArguments, userIdArgument } from './arguments.ts'
import type { StaffOptions } from './options.ts'
import type { ExportedPasskey, ExportUserResult } from './outcomes.ts'

const OPTIONS = /* @__PURE__ */ optionNames<StaffOptions>({ by: true, note: true, context: true })

export async function exportUser(core: Core, user: string, options: StaffOptions): Promise<ExportUserResult> {
  const userId = userIdArgument(user)
  const given = optionsArgument(options)
  checkOptionNames('exportUser', given, OPTIONS)
  const { by, note, context } = staffArguments(given)
  return transact<ExportUserResult>(core, { userId, context }, (record) => {
    if (!isEnabled(record)) return { result: refusal('not-enabled') }
    return {
      result: {
        ok: true,
        authenticators: record.authenticators.flatMap((one, index) => exportedApp(core, userId, one, index)),
        recoveryCodes: exportedCodes(core, userId, record),
        passkeys: passkeysOf(record).map((one) => exportedPasskey(core, userId, record, one)),
      },
      // Saved unchanged: the store's audit trail gets events only with a write.
      record,
      events: [{ type: 'two-factor.exported', by, note }],
    }
  })
}

function exportedApp({ issuer, vault }: Core, userId: string, one: StoredAuthenticator, index: number) {
  if (one.type !== 'totp') return []
  const { name, algorithm, digits, periodSeconds, createdAtMs } = one
  const secret = vault.openStored({ purpose: 'authenticator', userId }, one.secret, `authenticators[${index}].secret`)
  const accountName = accountNameArgument(undefined, userId)
  return [
    { uri: buildOtpauthUri({ issuer, accountName, secret, algorithm, digits, periodSeconds }), name, createdAtMs },
  ]
}

function exportedPasskey({ vault }: Core, userId: string, record: UserRecord, one: StoredPasskey): ExportedPasskey {
  const { credentialId, rpId, transports, counter, backupEligible, backedUp, name, createdAtMs } = one
  const field = `authenticators[${record.authenticators.indexOf(one)}].sealed`
  return {
    credentialId,
    publicKey: encodeBase64Url(openPublicKey(vault, userId, one, field)),
    rpId,
    userHandle: record.userHandle ?? '',
    transports: [...transports],
    counter,
    backupEligible,
    backedUp,
    name,
    createdAtMs,
  }
}

/** The unused codes of the set. Those kept only as hashes cannot be exported. */
function exportedCodes({ vault }: Core, userId: string, { recoveryCodes }: UserRecord) {
  const keeping = { vault, userId }
  switch (recoveryCodes?.kept) {
    case 'sealed':
      return viewRecoveryCodes(recoveryCodes, keeping).filter((_code, index) => recoveryCodes.usedAtMs[index] === null)
    case 'imported':
      return openImportedCodes(recoveryCodes, keeping).filter((code) => code !== null)
    default:
      return []
  }
}
