import type { HttpOperationName, HttpOperations, RequestReason } from '../api.ts'

const wrongCode = ['wrong-code', 'code-used', 'throttled', 'locked'] as const
const wrongStep = [...wrongCode, 'wrong-passkey'] as const
const wrongProof = [...wrongStep, 'wrong-password', 'proof-required'] as const
const deadSetup = ['setup-expired', 'setup-superseded'] as const
const deadChallenge = ['challenge-expired', 'challenge-used', 'sign-in-cookie-missing'] as const

/** For each operation: its purpose, and its own reasons to refuse. */
export const SUMMARIES: {
  [Name in HttpOperationName]: { summary: string; reasons: readonly HttpOperations[Name]['reason'][] }
} = {
  status: { summary: 'What a settings page shows', reasons: [] },
  thisDevice: { summary: 'Which of the trusted devices this browser is', reasons: [] },
  completeChallenge: {
    summary: 'The second step of a sign-in: a code of an authenticator app, a recovery code or a passkey',
    reasons: [...wrongStep, ...deadChallenge, ...deadSetup],
  },
  beginRequiredSetup: {
    summary: 'Offers a new authenticator to somebody who must set up two-factor authentication to sign in',
    reasons: [...deadChallenge, 'invalid-name'],
  },
  resumeRequiredSetup: {
    summary: 'The offer of begin-required-setup again, for the browser that began it',
    reasons: [...deadChallenge, ...deadSetup],
  },
  beginStepUp: {
    summary: 'What a page needs to ask for a code or a passkey during a session',
    reasons: ['not-enabled'],
  },
  verify: {
    summary: 'Checks a code or a passkey again during a session',
    reasons: [...wrongStep, 'not-enabled'],
  },
  beginSetup: {
    summary: 'Offers a new authenticator app or passkey, to be confirmed by its first code or signature',
    reasons: [...wrongProof, 'limit-reached', 'not-found', 'invalid-name'],
  },
  confirmSetup: {
    summary: 'Activates the offered authenticator by its first code or signature',
    reasons: ['wrong-code', 'wrong-passkey', ...deadSetup, 'already-registered', 'limit-reached'],
  },
  resumeSetup: { summary: 'The pending offer again, for the browser that began it', reasons: deadSetup },
  cancelSetup: { summary: 'Ends the setup that this browser began', reasons: deadSetup },
  viewRecoveryCodes: {
    summary: 'The recovery codes, and when each was used',
    reasons: [...wrongProof, 'not-enabled', 'not-viewable'],
  },
  regenerateRecoveryCodes: { summary: 'New recovery codes; the old ones end', reasons: [...wrongProof, 'not-enabled'] },
  markRecoveryCodesSaved: {
    summary: 'Records that the recovery codes of this time were saved',
    reasons: ['not-enabled', 'not-found'],
  },
  renameAuthenticator: {
    summary: 'Renames an authenticator',
    reasons: ['not-enabled', 'not-found', 'invalid-name'],
  },
  removeAuthenticator: {
    summary: 'Removes one of several authenticators',
    reasons: [...wrongProof, 'not-enabled', 'not-found', 'last-authenticator'],
  },
  revokeTrustedDevices: {
    summary: 'Ends the trust in one device, or in all',
    reasons: ['not-enabled', 'not-found'],
  },
  disable: {
    summary: 'Turns two-factor authentication off',
    reasons: [...wrongProof, 'not-enabled', 'two-factor-required'],
  },
  accessTokens: { summary: 'The access tokens of this person’s scripts', reasons: [] },
  issueAccessToken: {
    summary: 'Issues an access token, which is shown once',
    reasons: [...wrongProof, 'invalid-name', 'limit-reached', 'unknown-scope', 'already-expired'],
  },
  renameAccessToken: { summary: 'Renames an access token', reasons: ['not-found', 'invalid-name'] },
  revokeAccessToken: { summary: 'Revokes an access token', reasons: ['not-found'] },
  revokeAllAccessTokens: { summary: 'Revokes all access tokens of this person', reasons: [] },
}

/** Why a request can be refused, by the kind of operation. */
export function requestReasons(method: 'GET' | 'POST', isPersonal: boolean): readonly RequestReason[] {
  const ofChanges: RequestReason[] = ['invalid-request', 'cross-site', 'body-too-slow', 'body-too-large', 'not-json']
  return [...(isPersonal ? ['signed-out' as const] : []), ...(method === 'POST' ? ofChanges : []), 'server-error']
}
