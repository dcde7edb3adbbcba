import { encodeBase64Url } from '../encoding/base64url.ts'
import { encodeBase32 } from '../otp/base32.ts'
import { buildOtpauthUri } from '../otp/build-uri.ts'
import type { Core } from './core.ts'
import { ID_BYTES } from './devices.ts'
import type { EventDetails } from './events.ts'
import type { PendingSetup, UserRecord } from './record.ts'
import { type Refused, refused } from './refusal.ts'
import { openSetup, SETUP_MS, type SetupClaims, sealSetup } from './setup-token.ts'

/** The kinds of authenticator that can be set up. */
export type AuthenticatorType = 'totp'

/** The offer of an authenticator app: what the person scans or types. */
export interface TotpOffer {
  ok: true
  type: 'totp'
  /** For the browser that began this setup: `confirmSetup`, `resumeSetup` and `cancelSetup` ask for it. */
  token: string
  /** For the QR code. */
  uri: string
  /** For typing, in base32. */
  secret: string
  expiresAtMs: number
}

export interface SetupRequest {
  issuer: string
  accountName: string
  name: string
  replaces: readonly string[]
}

/** The record with a new pending setup instead of any earlier one. */
export function offerSetup(
  core: Core,
  userId: string,
  record: UserRecord,
  request: SetupRequest,
  nowMs: number,
): { record: UserRecord; result: TotpOffer; events: EventDetails[] } {
  const { algorithm, digits, periodSeconds, secretBytes } = core.totp
  const { issuer, accountName, name, replaces } = request
  const secret = core.random(secretBytes)
  const pending: PendingSetup = {
    id: encodeBase64Url(core.random(ID_BYTES)),
    name,
    secret: core.vault.seal({ purpose: 'authenticator', userId }, secret),
    algorithm,
    digits,
    periodSeconds,
    expiresAtMs: nowMs + SETUP_MS,
    failures: 0,
    replaces,
  }
  const { id, expiresAtMs } = pending
  const claims = { id, expiresAtMs, issuer: issuer === core.issuer ? null : issuer, accountName }
  return {
    record: { ...record, pending },
    result: offerOf(core, pending, secret, claims, sealSetup(core.vault, userId, claims)),
    events: [{ type: 'setup.begun' }],
  }
}

/** The offer that this token began, once more. */
export function offerAgain(core: Core, userId: string, { pending, claims, token }: OpenedSetup): TotpOffer {
  const secret = core.vault.openStored({ purpose: 'authenticator', userId }, pending.secret, 'pending.secret')
  return offerOf(core, pending, secret, claims, token)
}

function offerOf(
  core: Core,
  { algorithm, digits, periodSeconds, expiresAtMs }: PendingSetup,
  secret: Uint8Array,
  { issuer, accountName }: SetupClaims,
  token: string,
): TotpOffer {
  const label = { issuer: issuer ?? core.issuer, accountName }
  return {
    ok: true,
    type: 'totp',
    token,
    uri: buildOtpauthUri({ ...label, secret, algorithm, digits, periodSeconds }),
    secret: encodeBase32(secret),
    expiresAtMs,
  }
}

/** What the token of a setup can meet. */
export type SetupReason = 'setup-expired' | 'setup-superseded'

/** The pending setup that a token began. */
export interface OpenedSetup {
  ok: true
  record: UserRecord
  pending: PendingSetup
  claims: SetupClaims
  token: string
}

/** The pending setup that this token began, or why there is none. Looks at no code. */
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
    // One that was confirmed before the other began is an authenticator now: nothing took its place.
    const isConfirmed = record.authenticators.some(({ id }) => id === claims.id)
    return refused(isConfirmed ? 'setup-expired' : 'setup-superseded')
  }
  return { ok: true, record, pending, claims, token }
}
