import type { Refusal } from 'countersign'
import type * as answers from '../answers.ts'

export type Api = ReturnType<typeof createApi>

/**
 * The dashboard's API as functions. None of them throws: what goes wrong on the way is a refusal like any other.
 * `onSignedOut` hears of it when the session is over.
 */
export function createApi(onSignedOut: () => void) {
  async function call<Answer extends { ok: true } | Refusal<string>>(
    method: 'GET' | 'POST',
    path: string,
    body?: object,
  ): Promise<Answer | Refusal<'offline' | 'server-error'>> {
    const offline = { ok: false, reason: 'offline', retryAfterSeconds: null } as const
    const response = await fetch(`/api/${path}`, {
      method,
      ...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    }).catch(() => null)
    if (!response) return offline
    const answer: Answer | null = await response.json().catch(() => null)
    if (!answer) return { ok: false, reason: 'server-error', retryAfterSeconds: null }
    if (!answer.ok && answer.reason === 'signed-out' && path !== 'Me') onSignedOut()
    return answer
  }
  const get = <Answer extends { ok: true } | Refusal<string>>(path: string) => call<Answer>('GET', path)
  const post = <Answer extends { ok: true } | Refusal<string>>(path: string, body: object) =>
    call<Answer>('POST', path, body)

  return {
    me: () => get<answers.MeAnswer>('Me'),
    signIn: (body: { login: string; password: string }) => post<answers.SignInAnswer>('SignIn', body),
    verifyCode: (body: { challengeToken: string; code: string; trustDevice?: boolean }) =>
      post<answers.Verify2FACodeAnswer>('Verify2FACode', body),
    signOut: () => post<answers.DoneAnswer>('SignOut', {}),
    changePassword: (body: { currentPassword: string; newPassword: string }) =>
      post<answers.DoneAnswer | Refusal<'wrong-password'>>('ChangePassword', body),
    activity: () => get<answers.ActivityAnswer>('Activity'),

    twoFactor: () => get<answers.TwoFactorAnswer>('TwoFactor'),
    beginSetup: (body: { password: string; name?: string; replaces?: string }) =>
      post<answers.BeginSetupAnswer>('BeginSetup', body),
    confirmSetup: (body: { code: string }) => post<answers.ConfirmSetupAnswer>('ConfirmSetup', body),
    viewRecoveryCodes: (body: { password: string }) => post<answers.ViewRecoveryCodesAnswer>('ViewRecoveryCodes', body),
    regenerateRecoveryCodes: (body: { password: string }) =>
      post<answers.RegenerateRecoveryCodesAnswer>('RegenerateRecoveryCodes', body),
    renameAuthenticator: (body: { id: string; name: string }) =>
      post<answers.RenameAuthenticatorAnswer>('RenameAuthenticator', body),
    removeAuthenticator: (body: { id: string; password: string }) =>
      post<answers.RemoveAuthenticatorAnswer>('RemoveAuthenticator', body),
    revokeTrustedDevices: (body: { id?: string }) =>
      post<answers.RevokeTrustedDevicesAnswer>('RevokeTrustedDevices', body),
    disable: (body: { password: string }) => post<answers.DisableAnswer>('Disable2FA', body),

    users: () => get<answers.UsersAnswer>('Admin/Users'),
    setTwoFactorRequired: (body: { userId: string; required: boolean }) =>
      post<answers.DoneAnswer>('Admin/SetTwoFactorRequired', body),
    resetTwoFactor: (body: { userId: string; note: string }) => post<answers.DoneAnswer>('Admin/ResetTwoFactor', body),
    unlockTwoFactor: (body: { userId: string; note: string }) =>
      post<answers.DoneAnswer | Refusal<'not-enabled'>>('Admin/UnlockTwoFactor', body),
  }
}
