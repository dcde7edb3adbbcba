import { encodeBase64Url } from '../encoding/base64url.ts'
import { CountersignError } from '../errors.ts'
import { encodeBase32 } from '../otp/base32.ts'
import { buildOtpauthUri } from '../otp/build-uri.ts'
import type { Core } from './core.ts'
import { ID_BYTES } from './devices.ts'
import type { EventDetails } from './events.ts'
import type { PasskeyCreationOptions, PasskeyVerifier } from './passkey.ts'
import { creationOptions } from './passkey-options.ts'
import type { PendingApp, PendingPasskey, PendingSetup, UserRecord } from './record.ts'
import { type Refused, refused } from './refusal.ts'
import { openSetup, SETUP_MS, type SetupClaims, sealSetup } from './setup-token.ts'

/** The offers, by the type of authenticator. */
export interface SetupOffers {
  totp: TotpOffer
  passkey: PasskeyOffer
}

/** The kinds of authenticator that can be set up. */
export type AuthenticatorType = keyof SetupOffers

/** The offer of an authenticator app: what the person scans or enters. */
export interface TotpOffer {
  ok: true
  type: 'totp'
  /** For the browser that began this setup: `confirmSetup`, `resumeSetup` and `cancelSetup` need it. */
  token: string
  /** For the QR code. */
  uri: string
  /** For typing, in base32. */
  secret: string
  expiresAtMs: number
}

/** The offer of a passkey or security key: what the browser needs to create it. */
export interface PasskeyOffer {
  ok: true
  type: 'passkey'
  /** For the browser that began this setup: `confirmSetup`, `resumeSetup` and `cancelSetup` need it. */
  token: string
  /** For `navigator.credentials.create()`, as JSON. */
  options: PasskeyCreationOptions
  expiresAtMs: number
}

export interface SetupRequest {
  type: AuthenticatorType
  issuer: string
  accountName: string
  name: string
  replaces: readonly string[]
}

const USER_HANDLE_BYTES = 32

/** The record with a new pending setup instead of any earlier one. */
export function offerSetup(
  core: Core,
  userId: string,
  before: UserRecord,
  request: SetupRequest,
  nowMs: number,
): { record: UserRecord; result: SetupOffers[AuthenticatorType]; events: EventDetails[] } {
  const { type, issuer, accountName, name, replaces } = request
  const id = encodeBase64Url(core.random(ID_BYTES))
  const fields = { id, name, expiresAtMs: nowMs + SETUP_MS, failures: 0, replaces }
  const pending = type === 'totp' ? pendingApp(core, userId, fields) : { type, ...fields }
  const record =
    type === 'totp' || before.userHandle !== null
      ? { ...before, pending }
      : { ...before, pending, userHandle: encodeBase64Url(core.random(USER_HANDLE_BYTES)) }
  const { expiresAtMs } = pending
  const claims = { id, expiresAtMs, issuer: issuer === core.issuer ? null : issuer, accountName }
  const token = sealSetup(core.vault, userId, claims)
  return {
    record,
    result: offerOf(core, userId, { ok: true, record, pending, claims, token }),
    events: [{ type: 'setup.begun' }],
  }
}

function pendingApp(core: Core, userId: string, fields: Omit<PendingPasskey, 'type'>): PendingApp {
  const { algorithm, digits, periodSeconds, secretBytes } = core.totp
  const secret = core.vault.seal({ purpose: 'authenticator', userId }, core.random(secretBytes))
  return { type: 'totp', ...fields, secret, algorithm, digits, periodSeconds }
}

/** The offer of a pending setup: the same each time. */
export function offerOf(core: Core, userId: string, opened: OpenedSetup): SetupOffers[AuthenticatorType] {
  const { record, pending, claims, token } = opened
  const { expiresAtMs, replaces } = pending
  const { accountName } = claims
  const issuer = claims.issuer ?? core.issuer
  if (pending.type === 'totp') {
    const { algorithm, digits, periodSeconds } = pending
    const secret = core.vault.openStored({ purpose: 'authenticator', userId }, pending.secret, 'pending.secret')
    const uri = buildOtpauthUri({ issuer, accountName, secret, algorithm, digits, periodSeconds })
    return { ok: true, type: 'totp', token, uri, secret: encodeBase32(secret), expiresAtMs }
  }
  const verifier = requirePasskeys(core)
  const { rpName } = verifier
  const options = creationOptions({ issuer, rpName }, verifier, record, { token, accountName, replaces })
  return { ok: true, type: 'passkey', token, options, expiresAtMs }
}

function requirePasskeys({ passkeys }: Core): PasskeyVerifier {
  if (passkeys !== undefined) return passkeys
  throw new CountersignError(
    'invalid_option',
    'The setup of a passkey is pending, but createTwoFactor has no passkeys. Pass passkeyVerifier() on every server.',
  )
}

/** Why the token of a setup can be refused. */
export type SetupReason = 'setup-expired' | 'setup-superseded'

/** The pending setup that a token began. */
export interface OpenedSetup {
  ok: true
  record: UserRecord
  pending: PendingSetup
  claims: SetupClaims
  token: string
}

/** The pending setup that this token began, or why there is none. Checks no code. */
export function openPending(
  core: Core,
  userId: string,
  record: UserRecord | null,
  token: unknown,
  nowMs: number,
): OpenedSetup | Refused<SetupReason> {
  const claims = openSetup(core.vault, userId, token, nowMs)
  if (claims === null || typeof token !== 'string' || record === null || record.pending === null)
    return refused('setup-expired')
  const { pending } = record
  if (pending.id !== claims.id) {
    // A setup that was confirmed before the next one began is an authenticator now: nothing replaced it.
    const isConfirmed = record.authenticators.some(({ id }) => id === claims.id)
    return refused(isConfirmed ? 'setup-expired' : 'setup-superseded')
  }
  return { ok: true, record, pending, claims, token }
}
