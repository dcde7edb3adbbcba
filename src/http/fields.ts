import * as v from 'valibot'
import type { AuthenticationResponseJson, RegistrationResponseJson } from '../engine/passkey.ts'
import type { AuthenticatorType } from '../engine/setup-offer.ts'
import { LAST_MS } from '../options/numbers.ts'
import type { ProofBody } from './api.ts'

/*
 * The fields of the bodies. The lengths are far above any valid value, and too small to be costly; the engine decides
 * whether a value is right.
 */

export const challengeToken: v.GenericSchema<unknown, string> = v.pipe(v.string(), v.maxLength(12_288))
export const code: v.GenericSchema<unknown, string> = v.pipe(v.string(), v.maxLength(128))
export const id: v.GenericSchema<unknown, string> = v.pipe(v.string(), v.maxLength(64))

export const authenticatorType: v.GenericSchema<unknown, AuthenticatorType | undefined> = v.optional(
  v.picklist(['totp', 'passkey']),
)

const extensions: v.GenericSchema<unknown, object> = v.looseObject({})

/** What `navigator.credentials.get()` returned. Browsers add their own fields. */
export const assertion: v.GenericSchema<unknown, AuthenticationResponseJson> = v.looseObject({
  id: v.string(),
  rawId: v.string(),
  type: v.literal('public-key'),
  response: v.pipe(
    v.looseObject({
      clientDataJSON: v.string(),
      authenticatorData: v.string(),
      signature: v.string(),
      userHandle: v.optional(v.nullable(v.string())),
    }),
    v.transform(({ userHandle, ...response }) => ({ ...response, userHandle: userHandle ?? undefined })),
  ),
  clientExtensionResults: extensions,
})

/** What `navigator.credentials.create()` returned. */
export const registration: v.GenericSchema<unknown, RegistrationResponseJson> = v.looseObject({
  id: v.string(),
  rawId: v.string(),
  type: v.literal('public-key'),
  response: v.looseObject({
    clientDataJSON: v.string(),
    attestationObject: v.string(),
    transports: v.optional(v.array(v.string())),
  }),
  clientExtensionResults: extensions,
})

/** Of `beginStepUp`. */
export const stepUpToken: v.GenericSchema<unknown, string> = v.pipe(v.string(), v.maxLength(1024))

/** The name of an authenticator or a token. The engine refuses a long one, so that the person reads why. */
export const name: v.GenericSchema<unknown, string> = v.string()

const anyProof = [
  v.strictObject({ password: v.pipe(v.string(), v.maxLength(1024)) }),
  v.strictObject({ code }),
  v.strictObject({ passkey: assertion, token: stepUpToken }),
] as const

export const proof: v.GenericSchema<unknown, ProofBody | undefined> = v.optional(v.union(anyProof))

/** For new recovery codes: also the token from viewing the old ones. */
export const proofOrToken: v.GenericSchema<unknown, ProofBody | { token: string } | undefined> = v.optional(
  v.union([...anyProof, v.strictObject({ token: v.pipe(v.string(), v.maxLength(1024)) })]),
)

export const createdAtMs: v.GenericSchema<unknown, number> = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(0),
  v.maxValue(LAST_MS),
)

export const scopes: v.GenericSchema<unknown, string[] | undefined> = v.optional(
  v.pipe(
    v.array(v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9:._-]{0,63}$/, 'a scope, such as read or repo:write'))),
    v.maxLength(20),
    v.check(isUnique, 'each scope once'),
  ),
)

/** What JSON Schema calls `uniqueItems`. */
export function isUnique(list: string[]): boolean {
  return new Set(list).size === list.length
}

export const expiresAtMs: v.GenericSchema<unknown, number | null | undefined> = v.optional(
  v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(LAST_MS))),
)
