/*
 * Passkeys and security keys (WebAuthn Level 3): the JSON shapes, and what the engine needs of a verifier. All bytes
 * are base64url text.
 */

/** How a browser reaches a passkey (WebAuthn Level 3 §5.8.4). */
export type PasskeyTransport = 'ble' | 'cable' | 'hybrid' | 'internal' | 'nfc' | 'smart-card' | 'usb'

/** Whether the passkey must verify the user (PIN, fingerprint), not just their presence (WebAuthn Level 3 §5.8.6). */
export type UserVerification = 'required' | 'preferred' | 'discouraged'

/** What `navigator.credentials.get()` returns for a passkey, as JSON (WebAuthn Level 3 §5.1). */
export interface AuthenticationResponseJson {
  id: string
  rawId: string
  response: {
    clientDataJSON: string
    authenticatorData: string
    signature: string
    userHandle?: string | undefined
  }
  type: 'public-key'
  clientExtensionResults: object
  authenticatorAttachment?: string | undefined
}

/** What `navigator.credentials.create()` returns for a passkey, as JSON (WebAuthn Level 3 §5.1). */
export interface RegistrationResponseJson {
  id: string
  rawId: string
  response: {
    clientDataJSON: string
    attestationObject: string
    transports?: string[] | undefined
  }
  type: 'public-key'
  clientExtensionResults: object
  authenticatorAttachment?: string | undefined
}

/** A passkey, as request options name it. */
export interface PasskeyDescriptor {
  id: string
  type: 'public-key'
  transports?: PasskeyTransport[]
}

/** For `navigator.credentials.get()`, as JSON: `PublicKeyCredential.parseRequestOptionsFromJSON` reads it. */
export interface PasskeyRequestOptions {
  challenge: string
  rpId: string
  /** Milliseconds. */
  timeout: number
  userVerification: UserVerification
  allowCredentials: PasskeyDescriptor[]
}

/** For `navigator.credentials.create()`, as JSON: `PublicKeyCredential.parseCreationOptionsFromJSON` reads it. */
export interface PasskeyCreationOptions {
  challenge: string
  rp: { id: string; name: string }
  user: { id: string; name: string; displayName: string }
  pubKeyCredParams: { type: 'public-key'; alg: number }[]
  /** Milliseconds. */
  timeout: number
  attestation: 'none'
  excludeCredentials: PasskeyDescriptor[]
  authenticatorSelection: {
    residentKey: 'discouraged'
    requireResidentKey: false
    userVerification: UserVerification
  }
}

/** The second step: what was typed into the code field, or a passkey's response. Exactly one of them. */
export type CodeOrPasskey =
  | { passkey: AuthenticationResponseJson; code?: never }
  // Last, since TypeScript reports a mistake against the last member.
  | { code: string; passkey?: never }

/** Why a passkey's response was refused. The person is told `wrong-passkey`; events and logs have this. */
export type PasskeyCause =
  /** It was made on a page of an origin that is not allowed. */
  | 'origin'
  /** It belongs to another rpId. */
  | 'rp-id'
  /** It answers another challenge: an old one, or one of another person. */
  | 'challenge'
  /** The passkey did not verify the user, or not even their presence. */
  | 'user-verification'
  | 'signature'
  /** Too long, not in the shape that a browser returns, or with an attestation format or algorithm not requested. */
  | 'malformed'
  /** It was made in a frame of another site. */
  | 'cross-origin'
  /** The signature counter went back: there may be a copy of this passkey. */
  | 'counter'
  /** Not one of this user's passkeys: removed, another user's, or for an rpId that is no longer configured. */
  | 'unknown-credential'

/** What a verifier found in a registration. */
export type RegistrationVerdict =
  | {
      ok: true
      /** Base64url. */
      credentialId: string
      /** COSE_Key (RFC 9052 §7). */
      publicKey: Uint8Array
      counter: number
      /** It may be synchronized to other devices. Fixed for the life of the passkey. */
      backupEligible: boolean
      /** It is synchronized now. */
      backedUp: boolean
      /** The name of this kind of passkey, such as 'iCloud Keychain'; null if unknown. */
      suggestedName: string | null
    }
  | { ok: false; cause: PasskeyCause }

/** What a verifier found in an assertion. */
export type AssertionVerdict =
  | { ok: true; counter: number; backupEligible: boolean; backedUp: boolean }
  | { ok: false; cause: PasskeyCause }

/**
 * Verifies what passkeys sign. `passkeyVerifier` of countersign/passkeys creates one with @simplewebauthn/server; you
 * can also write your own. Anything wrong with a response is a verdict. If a function throws, that is a fault of your
 * code.
 */
export interface PasskeyVerifier {
  /** The domain that passkeys belong to, such as `acme.example`. */
  readonly rpId: string
  /** The site's name, as browsers show it. Default: the issuer. */
  readonly rpName?: string | undefined
  readonly userVerification: UserVerification
  /** COSE algorithms, the preferred one first: -7 is ES256, -8 EdDSA, -257 RS256. */
  readonly algorithms: readonly number[]
  /** `challenge` is base64url, as in the options. */
  verifyRegistration(given: { response: RegistrationResponseJson; challenge: string }): Promise<RegistrationVerdict>
  /** The counter is compared by the engine, not here. */
  verifyAssertion(given: {
    response: AuthenticationResponseJson
    challenge: string
    credential: { id: string; publicKey: Uint8Array }
  }): Promise<AssertionVerdict>
}
