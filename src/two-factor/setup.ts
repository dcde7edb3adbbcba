import { challengeObstacle, type OpenChallenge, openChallenge } from '../engine/challenge-token.ts'
import type { ChallengeReason } from '../engine/challenges.ts'
import type { Core } from '../engine/core.ts'
import { issueDevice } from '../engine/devices.ts'
import { type CheckedRegistration, checkRegistration } from '../engine/passkey-check.ts'
import { isPasskey } from '../engine/passkey-response.ts'
import { wrongPasskey } from '../engine/passkey-step.ts'
import { transactWithProof } from '../engine/proof.ts'
import { emptyRecord, type UserRecord } from '../engine/record.ts'
import { type Refusal, type Refused, refusal, refused, refusedBy } from '../engine/refusal.ts'
import { hasRoom, isFull } from '../engine/room.ts'
import { type Activated, activateApp, activatePasskey, clockOffset, isRegistered } from '../engine/setup.ts'
import {
  type AuthenticatorType,
  type OpenedSetup,
  offerOf,
  offerSetup,
  openPending,
  type SetupOffers,
  type SetupReason,
} from '../engine/setup-offer.ts'
import { type Decision, loadRecord, transact } from '../engine/transact.ts'
import { optionsArgument } from '../options/groups.ts'
import { readOptionalName } from '../options/text.ts'
import { accountNameArgument, scannableAccountName } from './account-name.ts'
import {
  authenticatorTypeArgument,
  challengeTokenArgument,
  issuerArgument,
  subjectOf,
  userIdArgument,
} from './arguments.ts'
import type {
  BeginRequiredSetupFields,
  BeginRequiredSetupOptions,
  BeginSetupFields,
  BeginSetupOptions,
  ConfirmSetupOptions,
  ResumeRequiredSetupOptions,
  SetupTokenOption,
} from './options.ts'
import type {
  BeginRequiredSetupResult,
  BeginSetupResult,
  CancelSetupResult,
  ConfirmSetupResult,
  ResumeRequiredSetupResult,
  ResumeSetupResult,
  WrongFirstCode,
} from './outcomes.ts'

export async function beginSetup<T extends AuthenticatorType = 'totp'>(
  core: Core,
  user: string,
  options: BeginSetupOptions<T>,
): Promise<BeginSetupResult<T>> {
  const userId = userIdArgument(user)
  const given: Partial<BeginSetupFields> & { type?: unknown } = optionsArgument(options)
  const request = requestArguments(core, userId, given)
  if (request === null) return refusal('invalid-name')
  const { replaces } = given

  const result = await transactWithProof<SetupOffers[AuthenticatorType], 'limit-reached' | 'not-found'>(
    core,
    subjectOf(userId, given),
    given,
    (record) => {
      const leaving = replacedIds(record, replaces)
      if (leaving === null) return 'not-found'
      return record !== null && isFull(record, request.type, leaving) ? 'limit-reached' : null
    },
    (record, nowMs) => {
      const leaving = replacedIds(record, replaces) ?? []
      return offerSetup(core, userId, record, { ...request, replaces: leaving }, nowMs)
    },
  )
  return result as BeginSetupResult<T>
}

export async function beginRequiredSetup<T extends AuthenticatorType = 'totp'>(
  core: Core,
  token: string,
  options: BeginRequiredSetupOptions<T>,
): Promise<BeginRequiredSetupResult<T>> {
  challengeTokenArgument(token)
  const given: Partial<BeginRequiredSetupFields> & { type?: unknown } = optionsArgument(options)
  authenticatorTypeArgument(core, given.type)
  if (readOptionalName(given.name) === null) return refusal('invalid-name')
  const opened = openChallenge(core.vault, token, given.binding, core.now())
  if (opened === null || opened.action !== 'setup') return refusal('challenge-expired')
  const { userId } = opened
  const wanted = requestArguments(core, userId, given)
  if (wanted === null) return refusal('invalid-name')
  const request = { ...wanted, replaces: [] }
  const subject = { userId, context: given.context }
  type Outcome = SetupOffers[AuthenticatorType] | Refusal<ChallengeReason>
  const result = await transact<Outcome>(core, subject, (record, nowMs) => {
    const unusable = challengeObstacle(record, opened)
    if (unusable !== null) return { result: refusal(unusable) }
    const { result, ...offer } = offerSetup(core, userId, record ?? emptyRecord(), request, nowMs)
    return { ...offer, result: endingWith(opened, result) }
  })
  return result as BeginRequiredSetupResult<T>
}

export async function resumeRequiredSetup(
  core: Core,
  token: string,
  options: ResumeRequiredSetupOptions,
): Promise<ResumeRequiredSetupResult> {
  challengeTokenArgument(token)
  const { setupToken, binding } = optionsArgument(options)
  const challenge = openChallenge(core.vault, token, binding, core.now())
  if (challenge === null || challenge.action !== 'setup') return refusal('challenge-expired')
  const { userId } = challenge
  const record = await loadRecord(core.store, userId)
  const unusable = challengeObstacle(record, challenge)
  if (unusable !== null) return refusal(unusable)
  const opened = openPending(core, userId, record, setupToken, core.now())
  if (!opened.ok) return refusal(opened.reason)
  return endingWith(challenge, offerOf(core, userId, opened))
}

/** Only this challenge can confirm it, and may expire sooner. */
function endingWith<Offer extends SetupOffers[AuthenticatorType]>(challenge: OpenChallenge, offer: Offer): Offer {
  return { ...offer, expiresAtMs: Math.min(offer.expiresAtMs, challenge.expiresAtMs) }
}

export async function confirmSetup(
  core: Core,
  user: string,
  options: ConfirmSetupOptions,
): Promise<ConfirmSetupResult> {
  const userId = userIdArgument(user)
  const given = optionsArgument(options)
  const { token, code, passkey, device } = given
  const registration = isPasskey(passkey)
    ? await checkNewPasskey(core, userId, await loadRecord(core.store, userId), token, passkey)
    : null
  if (registration !== null && 'reason' in registration) return refusal(registration.reason)
  return transact<ConfirmSetupResult>(core, subjectOf(userId, given), (record, nowMs) => {
    const opened = openPending(core, userId, record, token, nowMs)
    if (!opened.ok) return refusedBy(opened)
    const { pending } = opened
    if (isFull(opened.record, pending.type, pending.replaces)) return { result: refusal('limit-reached') }
    if (registration !== null && isRegistered(opened, registration)) return { result: refusal('already-registered') }
    const activated = activate(core, userId, opened, code, registration, nowMs)
    if (!activated.ok) return refusedActivation(core, userId, opened, code, activated, nowMs)
    if (!hasRoom(activated.record)) return { result: refusal('limit-reached') }
    const { authenticatorId, recoveryCodes, events, step } = activated
    const passed = {
      userId,
      method: step.method,
      trusted: null,
      trust: false,
      name: undefined,
      presented: device,
      nowMs,
    } as const
    const issued = issueDevice(activated.record, passed, core)
    return {
      result: {
        ok: true,
        authenticatorId,
        device: issued.device,
        ...(recoveryCodes === null ? {} : { recoveryCodes }),
      },
      record: issued.record,
      events,
    }
  })
}

/** Verifies the new passkey's signature, once, before the transaction, if this token began the setup of a passkey. */
export async function checkNewPasskey(
  core: Core,
  userId: string,
  record: UserRecord | null,
  token: unknown,
  given: unknown,
): Promise<CheckedRegistration | Refused<SetupReason>> {
  const opened = openPending(core, userId, record, token, core.now())
  if (!opened.ok) return opened
  if (opened.pending.type !== 'passkey') return { ok: false, cause: 'unknown-credential' }
  return checkRegistration(core, userId, opened.token, given)
}

/** Activates the pending authenticator with what was sent for it: an app's code, or a passkey's registration. */
export function activate(
  core: Core,
  userId: string,
  opened: OpenedSetup,
  code: unknown,
  registration: CheckedRegistration | null,
  nowMs: number,
): Activated | Refused<'wrong-code' | 'wrong-passkey'> {
  const { pending } = opened
  if (registration !== null) {
    return pending.type === 'passkey'
      ? activatePasskey(core, userId, { ...opened, pending }, registration, nowMs)
      : wrongPasskey('unknown-credential')
  }
  return pending.type === 'totp'
    ? activateApp(core, userId, { ...opened, pending }, code, nowMs)
    : refused('wrong-code')
}

function refusedActivation(
  core: Core,
  userId: string,
  opened: OpenedSetup,
  code: unknown,
  refused: Refused<'wrong-code' | 'wrong-passkey'>,
  nowMs: number,
): Decision<WrongFirstCode | Refusal<'wrong-passkey'>> {
  const { reason, retryAfterSeconds, ...decision } = { ...refusedBy(refused), ...refused }
  if (reason === 'wrong-passkey') return { ...decision, result: refusal(reason, retryAfterSeconds) }
  const clockOffsetSeconds = clockOffset(core, userId, opened, code, nowMs)
  const result = refusal(reason, retryAfterSeconds)
  return { ...decision, result: clockOffsetSeconds === null ? result : { ...result, clockOffsetSeconds } }
}

export async function resumeSetup(core: Core, user: string, options: SetupTokenOption): Promise<ResumeSetupResult> {
  const userId = userIdArgument(user)
  const { token } = optionsArgument(options)
  const record = await loadRecord(core.store, userId)
  const opened = openPending(core, userId, record, token, core.now())
  return opened.ok ? offerOf(core, userId, opened) : refusal(opened.reason)
}

export async function cancelSetup(core: Core, user: string, options: SetupTokenOption): Promise<CancelSetupResult> {
  const userId = userIdArgument(user)
  const { token, context } = optionsArgument(options)
  return transact<CancelSetupResult>(core, { userId, context }, (record, nowMs) => {
    const opened = openPending(core, userId, record, token, nowMs)
    if (!opened.ok) return refusedBy(opened)
    return { result: { ok: true }, record: { ...opened.record, pending: null } }
  })
}

/**
 * Checks everything that goes into the URI before the proof, so that neither it nor its QR code can fail later. Null if
 * the name is invalid.
 */
function requestArguments(core: Core, userId: string, given: Partial<BeginRequiredSetupFields> & { type?: unknown }) {
  const type = authenticatorTypeArgument(core, given.type)
  const name = readOptionalName(given.name)
  if (name === null) return null
  const issuer = given.issuer === undefined ? core.issuer : issuerArgument(given.issuer)
  return {
    type,
    issuer,
    accountName: scannableAccountName(core, issuer, accountNameArgument(given.accountName, userId)),
    name,
  }
}

/** Null if there is no such authenticator. */
function replacedIds(record: UserRecord | null, replaces: unknown): string[] | null {
  if (replaces === undefined) return []
  const ids = record === null ? [] : record.authenticators.map(({ id }) => id)
  if (replaces === 'all') return ids
  return typeof replaces === 'string' && ids.includes(replaces) ? [replaces] : null
}
