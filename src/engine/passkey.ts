/**
 * What a browser's `navigator.credentials.get()` returns for a passkey, as JSON (WebAuthn Level 3 §5.1). Bytes are base64url
 * text.
 */
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

/** The second step: what was typed into the code field, or a passkey's response. Exactly one of them. */
export type CodeOrPasskey =
  | { passkey: AuthenticationResponseJson; code?: never }
  // Last, since TypeScript reports a mistake against the last member.
  | { code: string; passkey?: never }
