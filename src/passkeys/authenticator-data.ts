import { sha256 } from '@noble/hashes/sha2.js'
import { equalBytes } from '../encoding/equal.ts'
import { utf8Bytes } from '../encoding/utf8.ts'
import type { PasskeyCause } from '../engine/passkey.ts'

const FLAGS_AT = 32
const COUNTER_AT = 33
/** rpIdHash, flags and counter. */
const LEAST_BYTES = 37
const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04
const BACKUP_ELIGIBLE = 0x08
const BACKED_UP = 0x10

/** What a passkey says about itself, and signs (WebAuthn Level 3 §6.1). */
export interface AuthenticatorData {
  counter: number
  backupEligible: boolean
  backedUp: boolean
}

/** WebAuthn Level 3 §7.1 steps 14 to 18, §7.2 steps 15 to 18. */
export function readAuthenticatorData(
  bytes: Uint8Array,
  { rpId, isVerificationRequired }: { rpId: string; isVerificationRequired: boolean },
): AuthenticatorData | PasskeyCause {
  if (bytes.length < LEAST_BYTES) return 'malformed'
  if (!equalBytes(bytes.subarray(0, FLAGS_AT), sha256(utf8Bytes(rpId)))) return 'rp-id'
  const flags = bytes[FLAGS_AT] ?? 0
  const has = (flag: number) => (flags & flag) !== 0
  if (!has(USER_PRESENT) || (isVerificationRequired && !has(USER_VERIFIED))) return 'user-verification'
  // A passkey that cannot be backed up cannot be backed up already.
  if (has(BACKED_UP) && !has(BACKUP_ELIGIBLE)) return 'malformed'
  const counter = new DataView(bytes.buffer, bytes.byteOffset).getUint32(COUNTER_AT)
  return { counter, backupEligible: has(BACKUP_ELIGIBLE), backedUp: has(BACKED_UP) }
}
