import type { Refusal } from '../engine/refusal.ts'
import type { AuthenticatorType } from '../engine/setup-offer.ts'
import type {
  BeginRequiredSetupOptions,
  BeginSetupOptions,
  BeginStepUpOptions,
  ChallengeOptions,
  CompleteChallengeOptions,
  ConfirmSetupOptions,
  ContextOption,
  DeviceOption,
  ImportUserOptions,
  IssueRecoveryCodeOptions,
  MarkRecoveryCodesSavedOptions,
  PasswordChangedOptions,
  ProofOption,
  RegenerateRecoveryCodesOptions,
  RemoveAuthenticatorOptions,
  RenameAuthenticatorOptions,
  ResumeRequiredSetupOptions,
  RevokeTrustedDevicesOptions,
  SetupTokenOption,
  StaffOptions,
  VerifyOptions,
} from './options.ts'
import type {
  BeginRequiredSetupResult,
  BeginSetupResult,
  BeginStepUpResult,
  CancelSetupResult,
  ChallengeResult,
  CompleteChallengeResult,
  ConfirmSetupResult,
  DisableResult,
  ExportUserResult,
  IssueRecoveryCodeResult,
  MarkRecoveryCodesSavedResult,
  RegenerateRecoveryCodesResult,
  RemoveAuthenticatorResult,
  RenameAuthenticatorResult,
  ResumeRequiredSetupResult,
  ResumeSetupResult,
  RevokeTrustedDevicesResult,
  TwoFactorStatus,
  VerifyProofResult,
  VerifyResult,
  ViewRecoveryCodesResult,
} from './outcomes.ts'

/**
 * Operations for your staff and scripts, which require no proof. Separate from the others, so that no web layer exposes
 * them by accident.
 */
export interface TwoFactorAdmin {
  /** For support and for erasure: deletes the record, even a damaged one. Two-factor authentication is then off. */
  reset(userId: string, options: StaffOptions): Promise<{ ok: true; existed: boolean }>
  /** For support: forgets failures and keeps authenticators. Recovery codes issued by staff end. */
  unlock(userId: string, options: StaffOptions): Promise<{ ok: true } | Refusal<'not-enabled'>>
  /**
   * For support, if a user lost everything and you have checked who they are: issues one more recovery code. It works
   * once, for 72 hours at most. Issuing and using it notify the user. It ends with `reset`, `unlock`, `disable` and
   * `regenerateRecoveryCodes`. The user signs in with it, and then replaces the lost phone.
   *
   * @returns the code, which is not shown again
   */
  issueRecoveryCode(userId: string, options: IssueRecoveryCodeOptions): Promise<IssueRecoveryCodeResult>
  /**
   * Moves a user in from another library. If two-factor authentication is on, nothing changes and `imported` is false. If
   * the user has turned it off since an earlier run, a second run turns it on again, with codes that were used since then:
   * keep a flag of your own for users who have moved (docs/migrating.md).
   *
   * @throws CountersignError `invalid_option` naming the element; also for a secret or a recovery code that is listed twice
   */
  importUser(userId: string, options: ImportUserOptions): Promise<{ ok: true; imported: boolean }>
  /**
   * For a user who moves to another system or requests their data: every secret, in a form that {@link importUser}
   * accepts. Notifies the user.
   *
   * @example
   * const exported = await twoFactor.admin.exportUser(userId, { by: staff.login, note: 'moves to acme.example' })
   */
  exportUser(userId: string, options: StaffOptions): Promise<ExportUserResult>
  /**
   * Seals everything again under the first key of the key ring.
   *
   * @returns `resealed: false` if everything was already under it; nothing is written then. Once it is false for every
   *   user, no record needs another key
   */
  reseal(userId: string, options?: ContextOption): Promise<{ ok: true; resealed: boolean } | Refusal<'not-enabled'>>
}

/**
 * Two-factor authentication for the users of one backend. Every operation is safe to call in parallel and from many
 * processes. A refusal changes nothing except counts of failures; the tenth wrong code also ends a pending setup.
 *
 * User ids are well-formed text of 1 to 255 characters. Any operation can throw a {@link CountersignError}:
 * `invalid_option` for an invalid argument, `record_invalid` and `key_unknown` for stored data, `store_invalid` and
 * `store_conflict` for the store. What the store or a hook rejects with is passed on unchanged.
 */
export interface TwoFactor {
  /** The product's name, as passed to createTwoFactor. */
  readonly issuer: string

  /** What can be set up: `['totp']`, and with `passkeys` of createTwoFactor also `'passkey'`. */
  readonly authenticatorTypes: readonly AuthenticatorType[]

  /**
   * Call it after the first factor (password, OAuth, magic link): it says whether a second step is needed. One load and
   * no write, except for the first challenge of a user who must set it up, which creates their record.
   *
   * @returns `passed: true` if it is off or the device is trusted. Otherwise a token for {@link completeChallenge},
   *   valid for 5 minutes. With `action: 'setup'` the user must first set it up: {@link beginRequiredSetup}
   * @throws CountersignError `record_missing` with `expectEnabled` if there is no active authenticator
   * @example
   * const challenge = await twoFactor.challenge(userId, { device: cookies.device })
   * if (challenge.passed) return openSession(userId)
   */
  challenge(userId: string, options?: ChallengeOptions): Promise<ChallengeResult>

  /**
   * The second step: a code of an authenticator, or a recovery code in the same field. One load, one save. A code is
   * accepted once (RFC 6238 §5.2), and so is a token.
   *
   * @param token what {@link challenge} returned; anything else is `challenge-expired`
   * @returns on success a fresh device token for this browser's cookie, and your `state`; for `action: 'setup'` also
   *   the new recovery codes
   * @example
   * const result = await twoFactor.completeChallenge(challenge.token, { code, device: cookies.device })
   * if (!result.ok) return show(result.reason, result.retryAfterSeconds)
   */
  completeChallenge(token: string, options: CompleteChallengeOptions): Promise<CompleteChallengeResult>

  /**
   * What a page needs to ask for a step-up: which methods are accepted, and what a passkey signs. One load, no write.
   *
   * @example
   * const step = await twoFactor.beginStepUp(userId, { device: cookies.device })
   */
  beginStepUp(userId: string, options?: BeginStepUpOptions): Promise<BeginStepUpResult>

  /**
   * Asks for the second step again during a session, without a challenge. Consumes the code as a sign-in does, and
   * returns a fresh device token for this browser's cookie.
   *
   * @example
   * const { ok } = await twoFactor.verify(userId, { code, device: cookies.device })
   */
  verify(userId: string, options: VerifyOptions): Promise<VerifyResult>

  /**
   * Offers a new secret. It is pending until its first code ({@link confirmSetup}), and ends after 10 minutes, 10 wrong
   * codes or another `beginSetup`. Active authenticators keep working; those named by `replaces` are removed with the
   * first code.
   *
   * @returns the otpauth URI for a QR code, the secret in base32 for typing, and the setup's token: keep it in an
   *   HttpOnly cookie of this browser, because it gives access to the secret ({@link resumeSetup})
   * @example
   * const setup = await twoFactor.beginSetup(userId, { proof: { password }, accountName: user.email })
   * if (!setup.ok) return show(setup.reason)
   * cookies.setup = setup.token
   * show(qrSvg(setup.uri), setup.secret)
   */
  beginSetup<T extends AuthenticatorType = 'totp'>(
    userId: string,
    options: BeginSetupOptions<T>,
  ): Promise<BeginSetupResult<T>>

  /**
   * Like {@link beginSetup}, with a challenge of `action: 'setup'` as proof. {@link completeChallenge} confirms it,
   * with the offer's token as `setupToken`.
   *
   * @example
   * const setup = await twoFactor.beginRequiredSetup(challenge.token, { accountName: user.email })
   */
  beginRequiredSetup<T extends AuthenticatorType = 'totp'>(
    token: string,
    options: BeginRequiredSetupOptions<T>,
  ): Promise<BeginRequiredSetupResult<T>>

  /**
   * Returns the offer of {@link beginRequiredSetup} again, in the browser that began it, for example after a reload or
   * a second sign-in. One load, no write. Needs both tokens: a challenge's of `action: 'setup'`, the same or a later
   * one of this user, and the offer's.
   *
   * @example
   * const setup = await twoFactor.resumeRequiredSetup(challenge.token, { setupToken: cookies.setup })
   */
  resumeRequiredSetup(token: string, options: ResumeRequiredSetupOptions): Promise<ResumeRequiredSetupResult>

  /**
   * Activates what {@link beginSetup} offered with its first code, which is thereby used. If a later offer replaced
   * this token's, the result is `setup-superseded`: no code is checked, and nothing is written.
   *
   * @returns a device token for this browser's cookie, and the recovery codes if these are the user's first: show them
   *   now
   * @example
   * const done = await twoFactor.confirmSetup(userId, { token: cookies.setup, code })
   */
  confirmSetup(userId: string, options: ConfirmSetupOptions): Promise<ConfirmSetupResult>

  /**
   * Returns the pending offer again, in the browser that began it, for example after a reload. One load, no write.
   * Works only with the offer's token, so that a setup planted by somebody else is never shown to the user.
   *
   * @example
   * const setup = await twoFactor.resumeSetup(userId, { token: cookies.setup })
   * if (setup.ok) show(qrSvg(setup.uri), setup.secret)
   */
  resumeSetup(userId: string, options: SetupTokenOption): Promise<ResumeSetupResult>

  /**
   * Ends the pending setup that this token began. Active authenticators stay as they are.
   *
   * @example
   * await twoFactor.cancelSetup(userId, { token: cookies.setup })
   */
  cancelSetup(userId: string, options: SetupTokenOption): Promise<CancelSetupResult>

  /**
   * What a settings page shows. Contains no secret. With the browser's `device` token, `trustedDevices` says which one
   * that browser is.
   *
   * @example
   * const { enabled, authenticators, recoveryCodes } = await twoFactor.status(userId)
   */
  status(userId: string, options?: DeviceOption): Promise<TwoFactorStatus>

  /**
   * The recovery codes and when each was used. `not-viewable` if they are stored hashed, or there are none.
   *
   * @example
   * const view = await twoFactor.viewRecoveryCodes(userId, { proof: { password } })
   */
  viewRecoveryCodes(userId: string, options: ProofOption & ContextOption): Promise<ViewRecoveryCodesResult>

  /**
   * Creates new recovery codes. The old ones end in the same write.
   *
   * @example
   * const fresh = await twoFactor.regenerateRecoveryCodes(userId, { proof: { password } })
   */
  regenerateRecoveryCodes(
    userId: string,
    options: RegenerateRecoveryCodesOptions,
  ): Promise<RegenerateRecoveryCodesResult>

  /**
   * Records that the user saved the recovery codes created at `createdAtMs`. Until then `status` has
   * `recoveryCodes.savedAtMs: null`, so that a page can remind them. New codes start with null again.
   *
   * @example
   * await twoFactor.markRecoveryCodesSaved(userId, { createdAtMs: view.createdAtMs })
   */
  markRecoveryCodesSaved(userId: string, options: MarkRecoveryCodesSavedOptions): Promise<MarkRecoveryCodesSavedResult>

  /**
   * Renames an authenticator: `invalid-name` if it is not 1 to 64 bytes of UTF-8 without control characters.
   *
   * @example
   * await twoFactor.renameAuthenticator(userId, { id, name: 'Old phone' })
   */
  renameAuthenticator(userId: string, options: RenameAuthenticatorOptions): Promise<RenameAuthenticatorResult>

  /**
   * Removes one of several authenticators, and the trust in all devices. To remove the last one, use {@link disable}.
   *
   * @example
   * await twoFactor.removeAuthenticator(userId, { id, proof: { password } })
   */
  removeAuthenticator(userId: string, options: RemoveAuthenticatorOptions): Promise<RemoveAuthenticatorResult>

  /**
   * Ends the trust in one device, which the throttle still recognizes. Without `id`, all devices lose their trust, and
   * all except `device` become unrecognized: use it after a laptop was stolen.
   *
   * @example
   * await twoFactor.revokeTrustedDevices(userId, { id })
   */
  revokeTrustedDevices(userId: string, options?: RevokeTrustedDevicesOptions): Promise<RevokeTrustedDevicesResult>

  /**
   * Checks a proof before a sensitive operation of your own, such as deleting the account. It consumes the code, and
   * counts a wrong password, as the operations here do.
   *
   * @example
   * const { ok } = await twoFactor.verifyProof(userId, { proof: { password } })
   */
  verifyProof(userId: string, options: ProofOption & ContextOption): Promise<VerifyProofResult>

  /**
   * Turns it off: deletes the record, and every earlier code, challenge and device token stops working.
   * `two-factor-required` if `isRequired` says so.
   *
   * @example
   * await twoFactor.disable(userId, { proof: { password } })
   */
  disable(userId: string, options: ProofOption & ContextOption): Promise<DisableResult>

  /**
   * Call it after every password change. It ends open challenges, a pending setup and (unless kept) trust in devices,
   * forgets failed passwords, and allows five more code failures in each pool.
   *
   * @example
   * await twoFactor.passwordChanged(userId)
   */
  passwordChanged(userId: string, options?: PasswordChangedOptions): Promise<{ ok: true }>

  /** For your staff and scripts. */
  admin: TwoFactorAdmin
}
