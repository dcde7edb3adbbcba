import { decodeBase64Url, encodeBase64Url } from '../encoding/base64url.ts'
import { ownBytes } from '../encoding/bytes.ts'
import { equalText } from '../encoding/equal.ts'
import type { Core } from '../engine/core.ts'
import { ID_BYTES } from '../engine/devices.ts'
import { sealCredential } from '../engine/passkey-credential.ts'
import { MAX_CREDENTIAL_ID, MAX_USER_HANDLE, readTransports } from '../engine/passkey-response.ts'
import { LIMITS, type StoredPasskey } from '../engine/record.ts'
import { checkOptionNames, optionNames, optionsArgument } from '../options/groups.ts'
import { invalidOption } from '../options/invalid-option.ts'
import { integerOption, timeOption } from '../options/numbers.ts'
import { nameArgument } from './arguments.ts'
import { refuseEqual } from './distinct.ts'
import type { ImportedPasskey } from './options.ts'

const OPTIONS = /* @__PURE__ */ optionNames<ImportedPasskey>({
  credentialId: true,
  publicKey: true,
  rpId: true,
  userHandle: true,
  transports: true,
  counter: true,
  backupEligible: true,
  backedUp: true,
  name: true,
  createdAtMs: true,
})
/** A 4096-bit RSA key takes about 530 in COSE. */
const MAX_KEY_BYTES = 600
const MAX_COUNTER = 0xffff_ffff

interface ReadPasskey {
  publicKey: Uint8Array
  userHandle: string
  stored: Omit<StoredPasskey, 'id' | 'sealed' | 'createdAtMs'> & { createdAtMs: number | undefined }
}

/** Passkeys of an import, checked. */
export interface PasskeysArgument {
  /** The same for all of them; null if there are none. */
  userHandle: string | null
  keep(core: Core, userId: string, nowMs: number): StoredPasskey[]
}

export function passkeysArgument(passkeys: readonly ImportedPasskey[] | undefined): PasskeysArgument {
  if (passkeys !== undefined && (!Array.isArray(passkeys) || passkeys.length > LIMITS.authenticators)) {
    throw invalidOption('passkeys', passkeys, `a list of at most ${LIMITS.authenticators}`)
  }
  const read = (passkeys ?? []).map(readPasskey)
  refuseEqual(
    read.map(({ stored }) => stored.credentialId),
    (index) => `passkeys[${index}].credentialId`,
  )
  const [first] = read
  const other = read.findIndex(({ userHandle }) => !equalText(userHandle, first?.userHandle ?? ''))
  if (other >= 0) {
    const { userHandle } = read[other] ?? {}
    throw invalidOption(`passkeys[${other}].userHandle`, userHandle, 'the same for all passkeys of a user')
  }
  return {
    userHandle: first?.userHandle ?? null,
    keep: ({ vault, random }, userId, nowMs) =>
      read.map(({ stored, publicKey }) => ({
        ...stored,
        id: encodeBase64Url(random(ID_BYTES)),
        sealed: sealCredential(vault, userId, stored.credentialId, publicKey),
        createdAtMs: stored.createdAtMs ?? nowMs,
      })),
  }
}

function readPasskey(given: ImportedPasskey, index: number): ReadPasskey {
  const field = `passkeys[${index}]`
  const checked = optionsArgument(given)
  checkOptionNames(`importUser: ${field}`, checked, OPTIONS)
  const { credentialId, publicKey, rpId, userHandle, transports, name, createdAtMs } = checked
  const key = ownBytes(typeof publicKey === 'string' ? base64UrlOf(publicKey, MAX_KEY_BYTES * 2) : publicKey)
  if (key === null || key.length === 0 || key.length > MAX_KEY_BYTES) {
    throw invalidOption(
      `${field}.publicKey`,
      publicKey,
      `a COSE key of at most ${MAX_KEY_BYTES} bytes, or base64url of it`,
    )
  }
  if (typeof rpId !== 'string' || rpId === '' || rpId.length > 253) {
    throw invalidOption(`${field}.rpId`, rpId, "the domain of the passkey, such as 'acme.example'")
  }
  return {
    publicKey: new Uint8Array(key),
    userHandle: base64UrlText(`${field}.userHandle`, userHandle, MAX_USER_HANDLE),
    stored: {
      type: 'passkey',
      name: nameArgument(name, `${field}.name`),
      credentialId: base64UrlText(`${field}.credentialId`, credentialId, MAX_CREDENTIAL_ID),
      rpId,
      transports: readTransports(transports),
      counter: integerOption(`${field}.counter`, checked.counter, 0, 0, MAX_COUNTER),
      backupEligible: flag(`${field}.backupEligible`, checked.backupEligible),
      backedUp: flag(`${field}.backedUp`, checked.backedUp),
      createdAtMs: createdAtMs === undefined ? undefined : timeOption(`${field}.createdAtMs`, createdAtMs),
      lastUsedAtMs: null,
      counterToldAtMs: null,
    },
  }
}

function base64UrlOf(text: string, most: number): Uint8Array | null {
  return text.length > most ? null : decodeBase64Url(text)
}

function base64UrlText(field: string, text: unknown, most: number): string {
  if (typeof text === 'string' && text !== '' && base64UrlOf(text, most) !== null) return text
  throw invalidOption(field, text, `base64url of at most ${most} characters`)
}

function flag(field: string, value: unknown): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? false
  throw invalidOption(field, value, 'true or false')
}
