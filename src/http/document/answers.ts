import * as v from 'valibot'
import { PROOF_KINDS } from '../../engine/core.ts'
import { EVENT_TYPES, type SecurityChange } from '../../engine/events.ts'
import type { PasskeyCreationOptions, PasskeyRequestOptions } from '../../engine/passkey.ts'
import type { AccessToken } from '../../tokens/index.ts'
import type { HttpOperationName, HttpOperations, SetupOfferAnswer } from '../api.ts'

/*
 * The shapes of the answers, for the document and for checking answers against it. The handler does not load them: its
 * types follow the same interfaces.
 */

const text = v.string()
const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const atMs = v.pipe(count, v.description('Unix milliseconds'))
const flag = v.boolean()
const maybe = <Schema extends v.GenericSchema>(schema: Schema) => v.nullable(schema)
const method = v.picklist(['totp', 'passkey', 'recovery-code'])
const authenticatorType = v.picklist(['totp', 'passkey'])
const recoveryCodes = v.array(text)
const securityChange = v.picklist(Object.keys(EVENT_TYPES).filter(isEventType))

function isEventType(type: string): type is keyof typeof EVENT_TYPES {
  return Object.hasOwn(EVENT_TYPES, type)
}

const gate = v.union([
  v.strictObject({ state: v.literal('open'), untilMs: v.null() }),
  v.strictObject({ state: v.literal('throttled'), untilMs: atMs }),
  v.strictObject({ state: v.literal('locked'), untilMs: maybe(atMs) }),
])

const userVerification = v.picklist(['required', 'preferred', 'discouraged'])
const descriptors = v.array(
  v.strictObject({
    id: text,
    type: v.literal('public-key'),
    transports: v.exactOptional(
      v.array(v.picklist(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'])),
    ),
  }),
)

const passkeyRequest: v.GenericSchema<unknown, PasskeyRequestOptions | null> = maybe(
  v.pipe(
    v.strictObject({
      challenge: text,
      rpId: text,
      timeout: count,
      userVerification,
      allowCredentials: descriptors,
    }),
    v.description('For navigator.credentials.get(), as JSON; null if no passkey can be used.'),
  ),
)

const passkeyCreation: v.GenericSchema<unknown, PasskeyCreationOptions> = v.pipe(
  v.strictObject({
    challenge: text,
    rp: v.strictObject({ id: text, name: text }),
    user: v.strictObject({ id: text, name: text, displayName: text }),
    pubKeyCredParams: v.array(v.strictObject({ type: v.literal('public-key'), alg: v.pipe(v.number(), v.integer()) })),
    timeout: count,
    attestation: v.literal('none'),
    excludeCredentials: descriptors,
    authenticatorSelection: v.strictObject({
      residentKey: v.literal('discouraged'),
      requireResidentKey: v.literal(false),
      userVerification,
    }),
  }),
  v.description('For navigator.credentials.create(), as JSON.'),
)

const setupId = v.pipe(text, v.description('Identifies this offer; sent back with the first code or passkey.'))

const totpOffer = v.strictObject({
  type: v.literal('totp'),
  setupId,
  uri: v.pipe(text, v.description('The otpauth URI, with the secret.')),
  secret: v.pipe(text, v.description('Base32, for typing.')),
  qr: v.pipe(text, v.description('The QR code, as an SVG element.')),
  expiresAtMs: atMs,
  issuer: text,
  accountName: text,
  algorithm: v.picklist(['SHA1', 'SHA256', 'SHA512']),
  digits: count,
  periodSeconds: count,
})

const passkeyOffer = v.strictObject({
  type: v.literal('passkey'),
  setupId,
  options: passkeyCreation,
  expiresAtMs: atMs,
})

const setupOffer: v.GenericSchema<unknown, SetupOfferAnswer> = v.union([totpOffer, passkeyOffer])

const authenticatorFields = { id: text, name: text, createdAtMs: atMs, lastUsedAtMs: maybe(atMs), weak: flag }

const accessToken: v.GenericSchema<unknown, AccessToken> = v.strictObject({
  id: text,
  name: text,
  scopes: v.array(text),
  createdAtMs: atMs,
  expiresAtMs: maybe(atMs),
  lastUsedAtMs: maybe(atMs),
})

const change: v.GenericSchema<unknown, SecurityChange> = v.pipe(
  v.strictObject({
    type: securityChange,
    atMs,
    also: v.exactOptional(v.array(securityChange)),
    authenticator: v.exactOptional(v.strictObject({ id: text, type: authenticatorType, name: text })),
    device: v.exactOptional(v.strictObject({ id: v.exactOptional(text), name: text })),
    untrusted: v.exactOptional(v.strictObject({ id: text, name: text })),
  }),
  v.description('What one operation did, on which authenticator, from which device. Absent: unknown.'),
)

const status: v.GenericSchema<unknown, HttpOperations['status']['answer']> = v.strictObject({
  issuer: text,
  accountName: text,
  enabled: flag,
  required: flag,
  requiredFromMs: v.exactOptional(atMs),
  enabledAtMs: maybe(atMs),
  authenticators: v.array(
    v.union([
      v.strictObject({ ...authenticatorFields, type: v.literal('totp') }),
      v.strictObject({
        ...authenticatorFields,
        type: v.literal('passkey'),
        credentialId: text,
        rpId: text,
        backedUp: flag,
        usable: flag,
      }),
    ]),
  ),
  authenticatorTypes: v.array(authenticatorType),
  pendingSetup: maybe(
    v.strictObject({ type: authenticatorType, name: text, replaces: v.array(text), expiresAtMs: atMs }),
  ),
  recoveryCodes: v.strictObject({
    total: count,
    left: count,
    createdAtMs: maybe(atMs),
    savedAtMs: maybe(atMs),
    viewable: flag,
    issued: v.array(v.strictObject({ createdAtMs: atMs, expiresAtMs: atMs })),
  }),
  totpDigits: v.array(count),
  trustDeviceDays: maybe(count),
  trustedDevices: v.array(v.strictObject({ id: text, name: text, createdAtMs: atMs, expiresAtMs: atMs })),
  throttle: v.strictObject({ knownDevices: gate, strangers: gate, recoveryCodes: gate, passwords: gate }),
  changes: v.array(change),
  acceptedProofs: v.array(v.picklist(PROOF_KINDS)),
})

const done = v.strictObject({})
const revoked = v.strictObject({ revoked: count })

/** The answer of each operation. What a host adds to `completeChallenge` comes beside its own fields. */
export const ANSWERS: { [Name in HttpOperationName]: v.GenericSchema<unknown, HttpOperations[Name]['answer']> } = {
  status,
  thisDevice: v.strictObject({
    trustedDeviceId: v.pipe(maybe(text), v.description('Null: this browser is not trusted.')),
  }),
  completeChallenge: v.looseObject({
    signedIn: v.literal(true),
    method,
    recoveryCodesLeft: count,
    deviceTrusted: flag,
    recoveryCodes: v.exactOptional(recoveryCodes),
  }),
  beginRequiredSetup: setupOffer,
  resumeRequiredSetup: setupOffer,
  beginStepUp: v.strictObject({
    token: text,
    expiresAtMs: atMs,
    methods: v.array(method),
    totpDigits: v.array(count),
    passkey: passkeyRequest,
  }),
  verify: v.looseObject({ method, recoveryCodesLeft: count }),
  beginSetup: setupOffer,
  confirmSetup: v.strictObject({ authenticatorId: text, recoveryCodes: v.exactOptional(recoveryCodes) }),
  resumeSetup: setupOffer,
  cancelSetup: done,
  viewRecoveryCodes: v.strictObject({
    recoveryCodes: v.array(v.strictObject({ code: text, usedAtMs: maybe(atMs) })),
    createdAtMs: atMs,
    token: v.pipe(text, v.description('Proof for regenerateRecoveryCodes: once, within 5 minutes.')),
  }),
  regenerateRecoveryCodes: v.strictObject({ recoveryCodes }),
  markRecoveryCodesSaved: done,
  renameAuthenticator: done,
  removeAuthenticator: done,
  revokeTrustedDevices: revoked,
  disable: v.strictObject({ requiredFromMs: v.exactOptional(atMs) }),
  accessTokens: v.strictObject({ accessTokens: v.array(accessToken), scopes: maybe(v.array(text)), prefix: text }),
  issueAccessToken: v.strictObject({
    token: v.pipe(text, v.description('Shown once.')),
    accessToken,
  }),
  renameAccessToken: done,
  revokeAccessToken: done,
  revokeAllAccessTokens: revoked,
}
