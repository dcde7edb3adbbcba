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
  ImportUserOptions,
  IssueRecoveryCodeOptions,
  MarkRecoveryCodesSavedOptions,
  PasswordChangedOptions,
  ProofOption,
  RegenerateRecoveryCodesOptions,
  RemoveAuthenticatorOptions,
  RenameAuthenticatorOptions,
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
  ResumeSetupResult,
  RevokeTrustedDevicesResult,
  TwoFactorStatus,
  VerifyProofResult,
  VerifyResult,
  ViewRecoveryCodesResult,
} from './outcomes.ts'

/**
 * What a person may do to an account, called by the host's own staff and scripts: no proof is asked.
 * Apart, so that no web layer exposes it by accident.
 */
export interface TwoFactorAdmin {
  /** Support: off, whatever the record holds; also the right to be forgotten. Parses nothing. */
  reset(userId: string, options: StaffOptions): Promise<{ ok: true; existed: boolean }>
  /** Support: failures forgotten, authenticators stay; recovery codes that staff issued end. */
  unlock(userId: string, options: StaffOptions): Promise<{ ok: true } | Refusal<'not-enabled'>>
  /**
   * Support, for somebody who lost everything, after your own checks of who they are: one more recovery code, good once and
   * for 72 hours at most. Issuing and using it notify the user. It ends with `reset`, `unlock`, `disable` and
   * `regenerateRecoveryCodes`. With it the person signs in, and then replaces the lost phone.
   *
   * @returns the code, which is shown nowhere again
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
   * For a user who moves to another system, or asks for what is theirs: every secret, in a form that {@link importUser} takes.
   * Notifies the user.
   *
   * @example
   * const exported = await twoFactor.admin.exportUser(userId, { by: staff.login, note: 'moves to acme.example' })
   */
  exportUser(userId: string, options: StaffOptions): Promise<ExportUserResult>
  /**
   * Seals everything anew under the first key of the key ring.
   *
   * @returns `resealed: false` if everything already was, and nothing was written. Once it is false for every user, no
   *   record needs another key
   */
  reseal(userId: string, options?: ContextOption): Promise<{ ok: true; resealed: boolean } | Refusal<'not-enabled'>>
}

/**
 * Two-factor authentication for the users of one backend. Every operation is safe to call in parallel and from many
 * processes; what was refused changed nothing but the count of failures.
 *
 * User ids are well-formed text of 1 to 255 characters. Any operation can throw a {@link CountersignError}:
 * `invalid_option` for a wrong argument of the host's, `record_invalid` and `key_unknown` for what is stored,
 * `store_invalid` and `store_conflict` for the store; and whatever the store or a hook rejects with.
 */
export interface TwoFactor {
  /** The product's name, as it was given to createTwoFactor. */
  readonly issuer: string

  /** What can be set up: `['totp']`, and with `passkeys` of createTwoFactor also `'passkey'`. */
  readonly authenticatorTypes: readonly AuthenticatorType[]

  /**
   * Asks, after the password was right, whether a second step is needed. One load, no write; the first time that somebody
   * must set it up, their record is begun, and the token belongs to that.
   *
   * @returns `passed: true` where it is off, or on a trusted device; else a token for {@link completeChallenge}, good
   *   for 5 minutes. With `action: 'setup'` the user must first set it up: {@link beginRequiredSetup}
   * @throws CountersignError `record_missing` with `expectEnabled` where there is no active authenticator
   * @example
   * const challenge = await twoFactor.challenge(userId, { device: cookies.device })
   * if (challenge.passed) return openSession(userId)
   */
  challenge(userId: string, options?: ChallengeOptions): Promise<ChallengeResult>

  /**
   * The second step: a code of an authenticator, or a recovery code in the same field. One load, one save.
   * A code is accepted once (RFC 6238 §5.2), and so is a token.
   *
   * @param token what {@link challenge} gave; anything else is `challenge-expired`
   * @returns on success a fresh device token for this browser's cookie, and the host's own `state`; for
   *   `action: 'setup'` also the new recovery codes
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
   * Step-up in the middle of a session, without a challenge. Spends the code as a sign-in does.
   *
   * @example
   * const { ok } = await twoFactor.verify(userId, { code, device: cookies.device })
   */
  verify(userId: string, options: VerifyOptions): Promise<VerifyResult>

  /**
   * Offers a new secret. It is pending until its first code ({@link confirmSetup}), for 10 minutes or 10 wrong codes;
   * beginning again replaces it. Active authenticators keep working; those that `replaces` names go with the first code.
   *
   * @returns the otpauth URI for a QR code, the secret in base32 for typing, and the setup's token: keep it in an
   *   HttpOnly cookie of this browser, since whoever has it can see the secret ({@link resumeSetup})
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
   * The same on the strength of a challenge with `action: 'setup'`; {@link completeChallenge} confirms it and takes the
   * offer's token as `setupToken`.
   *
   * @example
   * const setup = await twoFactor.beginRequiredSetup(challenge.token, { accountName: user.email })
   */
  beginRequiredSetup<T extends AuthenticatorType = 'totp'>(
    token: string,
    options: BeginRequiredSetupOptions<T>,
  ): Promise<BeginRequiredSetupResult<T>>

  /**
   * The first code activates what {@link beginSetup} offered, and is spent by that. If a later offer replaced the one
   * that this token began, the answer is `setup-superseded`: no code is looked at, and nothing is written.
   *
   * @returns the recovery codes if this made the user's first ones: show them now
   * @example
   * const done = await twoFactor.confirmSetup(userId, { token: cookies.setup, code })
   */
  confirmSetup(userId: string, options: ConfirmSetupOptions): Promise<ConfirmSetupResult>

  /**
   * The pending offer again, for the browser that began it: after a reload, or with another app in front. One load, no
   * write. Works only with the offer's token, so that a setup which somebody else planted is never shown to the user.
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
   * What a settings page shows. Holds no secret; opens nothing.
   *
   * @example
   * const { enabled, authenticators, recoveryCodes } = await twoFactor.status(userId)
   */
  status(userId: string): Promise<TwoFactorStatus>

  /**
   * The recovery codes and when each was used. `not-viewable` where they are kept hashed, or there are none.
   *
   * @example
   * const view = await twoFactor.viewRecoveryCodes(userId, { proof: { password } })
   */
  viewRecoveryCodes(userId: string, options: ProofOption & ContextOption): Promise<ViewRecoveryCodesResult>

  /**
   * New recovery codes; the old ones die in the same write.
   *
   * @example
   * const fresh = await twoFactor.regenerateRecoveryCodes(userId, { proof: { password } })
   */
  regenerateRecoveryCodes(
    userId: string,
    options: RegenerateRecoveryCodesOptions,
  ): Promise<RegenerateRecoveryCodesResult>

  /**
   * The person says that they have saved the recovery codes made at `createdAtMs`. Until then `status` has
   * `recoveryCodes.savedAtMs: null`, so that a page can remind them. New codes begin with null again.
   *
   * @example
   * await twoFactor.markRecoveryCodesSaved(userId, { createdAtMs: view.createdAtMs })
   */
  markRecoveryCodesSaved(userId: string, options: MarkRecoveryCodesSavedOptions): Promise<MarkRecoveryCodesSavedResult>

  /**
   * Gives an authenticator another name: `invalid-name` if it is not 1 to 64 bytes of UTF-8 without control characters.
   *
   * @example
   * await twoFactor.renameAuthenticator(userId, { id, name: 'Old phone' })
   */
  renameAuthenticator(userId: string, options: RenameAuthenticatorOptions): Promise<RenameAuthenticatorResult>

  /**
   * Takes one of several away, and with it the trust in all devices. The last one goes by {@link disable}.
   *
   * @example
   * await twoFactor.removeAuthenticator(userId, { id, proof: { password } })
   */
  removeAuthenticator(userId: string, options: RemoveAuthenticatorOptions): Promise<RemoveAuthenticatorResult>

  /**
   * Ends the trust in one device, which stays known: no stranger's attempt makes it wait. Without `id` all devices lose
   * their trust, and all but the one that `device` names become strangers: for a stolen laptop.
   *
   * @example
   * await twoFactor.revokeTrustedDevices(userId, { id })
   */
  revokeTrustedDevices(userId: string, options?: RevokeTrustedDevicesOptions): Promise<RevokeTrustedDevicesResult>

  /**
   * The proof of a sensitive operation of the host's own: deleting the account, issuing an access token. A code is spent
   * by it and a wrong password counted, as by the operations here.
   *
   * @example
   * const { ok } = await twoFactor.verifyProof(userId, { proof: { password } })
   */
  verifyProof(userId: string, options: ProofOption & ContextOption): Promise<VerifyProofResult>

  /**
   * Off: the record is gone, and every code, challenge and device token from before is dead.
   * `two-factor-required` where `isRequired` says so.
   *
   * @example
   * await twoFactor.disable(userId, { proof: { password } })
   */
  disable(userId: string, options: ProofOption & ContextOption): Promise<DisableResult>

  /**
   * To be called after every change of a password: outstanding challenges, a pending setup and (unless kept) trusted
   * devices end, failed passwords are forgotten, and codes get the throttle's one-off relief.
   *
   * @example
   * await twoFactor.passwordChanged(userId)
   */
  passwordChanged(userId: string, options?: PasswordChangedOptions): Promise<{ ok: true }>

  /** For the host's own staff and scripts. */
  admin: TwoFactorAdmin
}
