import { assuranceOf, assuranceOfFirstFactor, assuranceOfSetup } from '../engine/assurance.ts'
import {
  type ChallengeAction,
  challengeObstacle,
  hashBinding,
  type OpenChallenge,
  openChallenge,
  sealChallenge,
} from '../engine/challenge-token.ts'
import { CHALLENGE_MS, type ChallengeReason, newEpoch, withUsed } from '../engine/challenges.ts'
import type { Core } from '../engine/core.ts'
import { issueDevice } from '../engine/devices.ts'
import type { EventDetails, TwoFactorMethod } from '../engine/events.ts'
import type { CodeDecision, ImportedAnswer } from '../engine/imported-check.ts'
import { transactWithCode } from '../engine/imported-codes.ts'
import { digitsShown, methodsFor } from '../engine/methods.ts'
import { type CheckedAssertion, type CheckedRegistration, checkAssertion } from '../engine/passkey-check.ts'
import { requestOptions } from '../engine/passkey-options.ts'
import { isPasskey } from '../engine/passkey-response.ts'
import { challengesOf, emptyRecord, isEnabled, type UserRecord } from '../engine/record.ts'
import { type Refusal, refusal, refusedBy } from '../engine/refusal.ts'
import { stepContext, takeSecondStep } from '../engine/second-step.ts'
import { openPending, type SetupReason } from '../engine/setup-offer.ts'
import { type Decision, emitNow, loadRecord, type Subject, transact } from '../engine/transact.ts'
import { visitorOf } from '../engine/visitor.ts'
import { CountersignError } from '../errors.ts'
import { checkOptionNames, optionNames, optionsArgument } from '../options/groups.ts'
import { recoveryCodesLeft } from '../recovery-codes/keep.ts'
import { challengeTokenArgument, subjectOf, userIdArgument } from './arguments.ts'
import { amrArgument, bindingArgument, stateArgument } from './challenge-arguments.ts'
import { isRequired, requiredFrom, requirementOf } from './hooks.ts'
import type { ChallengeOptions, CompleteChallengeOptions } from './options.ts'
import type { ChallengeResult, CompleteChallengeResult } from './outcomes.ts'
import { activate, checkNewPasskey } from './setup.ts'

/** All come from the host, and some of them protect: a misspelt `expectEnabled` or `binding` must not pass. */
const CHALLENGE_OPTIONS = /* @__PURE__ */ optionNames<ChallengeOptions>({
  device: true,
  context: true,
  binding: true,
  state: true,
  amr: true,
  expectEnabled: true,
})

export async function challenge(core: Core, user: string, options?: ChallengeOptions): Promise<ChallengeResult> {
  const userId = userIdArgument(user)
  const given = optionsArgument(options)
  checkOptionNames('challenge', given, CHALLENGE_OPTIONS)
  const binding = hashBinding(bindingArgument(given.binding))
  const state = stateArgument(given.state)
  const amr = amrArgument(given.amr)
  const subject = { userId, context: given.context }
  const record = await loadRecord(core.store, userId)
  const nowMs = core.now()

  const issue = (action: ChallengeAction, epoch: string, methods: TwoFactorMethod[]): ChallengeResult => {
    const claims = { userId, action, epoch, issuedAtMs: nowMs, binding, state, amr }
    const token = sealChallenge(core.vault, claims)
    return {
      passed: false,
      action,
      token,
      expiresAtMs: nowMs + CHALLENGE_MS,
      methods,
      totpDigits: digitsShown(core, record),
      passkey: action === 'verify' && record !== null ? requestOptions(core, record, token) : null,
      trustDeviceDays: core.trustDeviceDays,
    }
  }

  if (isEnabled(record)) {
    const { vault, trustDeviceDays } = core
    const visitor = visitorOf(record, { userId, device: given.device, nowMs, vault, trustDeviceDays })
    const { trusted } = visitor
    if (trusted === null)
      return issue('verify', record.challenges.epoch ?? '', methodsFor(core, record, visitor, nowMs))
    await emitNow(core, subject, nowMs, { type: 'sign-in.skipped', deviceId: trusted.id })
    return { passed: true, because: 'trusted-device', assurance: assuranceOfFirstFactor(amr) }
  }
  if (given.expectEnabled) {
    throw new CountersignError(
      'record_missing',
      'This user should have two-factor authentication on (expectEnabled), but the store has no active authenticator for them. Refuse the sign-in and see whether the record was lost.',
    )
  }
  const requirement = await requirementOf(core, userId)
  if (!requirement.required) {
    const assurance = assuranceOfFirstFactor(amr)
    return { passed: true, because: 'not-enabled', assurance, ...requiredFrom(requirement) }
  }
  const methods: TwoFactorMethod[] = core.passkeys === undefined ? ['totp'] : ['totp', 'passkey']
  return issue('setup', challengesOf(record).epoch ?? (await beginEpoch(core, subject)), methods)
}

/** Writes the epoch that a token must name: a token without one would be valid wherever there is no record. */
function beginEpoch(core: Core, subject: Subject): Promise<string> {
  return transact<string>(core, subject, (record, nowMs) => {
    const { epoch } = challengesOf(record)
    if (epoch !== null) return { result: epoch }
    const challenges = newEpoch(nowMs, core.nonces)
    return { result: challenges.epoch, record: { ...(record ?? emptyRecord()), challenges } }
  })
}

export async function completeChallenge(
  core: Core,
  token: string,
  options: CompleteChallengeOptions,
): Promise<CompleteChallengeResult> {
  challengeTokenArgument(token)
  const given = optionsArgument(options)
  const opened = openChallenge(core.vault, token, given.binding, core.now())
  if (opened === null) return refusal('challenge-expired')
  const subject = subjectOf(opened.userId, given)
  // A setup at sign-in rests on the password alone, so it must still be required.
  if (opened.action === 'setup' && !(await isRequired(core, opened.userId))) return refusal('challenge-expired')
  const checked = await checkPasskey(core, token, opened, given)
  if (checked !== null && 'reason' in checked) return refusal(checked.reason)
  return transactWithCode<CompleteChallengeResult>(core, subject, (record, nowMs, imported) => {
    const unusable = challengeObstacle(record, opened)
    if (unusable !== null) return { result: refusal(unusable) }
    return isEnabled(record)
      ? signIn(core, record, opened, given, { imported, assertion: checked?.assertion ?? null }, nowMs)
      : setUpAndSignIn(core, record, opened, given, checked?.registration ?? null, nowMs)
  })
}

interface CheckedPasskey {
  assertion: CheckedAssertion | null
  registration: CheckedRegistration | null
}

/**
 * The passkey's signature, verified once before the transaction, and only for a challenge that is still valid; null if
 * a code was typed. The challenge says what the response must be: an assertion, or at a required setup a registration.
 */
async function checkPasskey(
  core: Core,
  token: string,
  opened: OpenChallenge,
  { passkey, setupToken }: Given,
): Promise<CheckedPasskey | Refusal<ChallengeReason | SetupReason> | null> {
  if (!isPasskey(passkey)) return null
  const { userId } = opened
  const record = await loadRecord(core.store, userId)
  const unusable = challengeObstacle(record, opened)
  if (unusable !== null || record === null) return refusal(unusable ?? 'challenge-expired')
  if (opened.action === 'setup') {
    const registration = await checkNewPasskey(core, userId, record, setupToken, passkey)
    return 'reason' in registration ? registration : { assertion: null, registration }
  }
  return { assertion: await checkAssertion(core, userId, record, token, passkey), registration: null }
}

type Given = Partial<CompleteChallengeOptions>

function signIn(
  core: Core,
  record: UserRecord,
  opened: OpenChallenge,
  given: Given,
  { imported, assertion }: { imported: ImportedAnswer | null; assertion: CheckedAssertion | null },
  nowMs: number,
): CodeDecision<CompleteChallengeResult> {
  const { userId, state, amr } = opened
  const { code, device } = given
  const taken = takeSecondStep(record, { userId, code, passkey: assertion, device }, stepContext(core, nowMs, imported))
  if (!taken.ok) return refusedBy(taken)
  const { method, recoveryCodesLeft, trusted } = taken
  // Somebody may have found a recovery code: it signs in, but the device is not trusted.
  const trust = given.trustDevice === true && method !== 'recovery-code'
  const issued = issueDevice(
    taken.record,
    { userId, method, trusted, trust, name: given.deviceName, presented: device, nowMs },
    core,
  )
  const completed: EventDetails = { type: 'sign-in.completed', method, recoveryCodesLeft }
  return {
    result: {
      ok: true,
      userId,
      method,
      recoveryCodesLeft,
      device: issued.device,
      state,
      assurance: assuranceOf(amr, taken, nowMs),
    },
    record: withUsedChallenge(core, issued.record, opened, nowMs),
    events: [...taken.events, completed, ...issued.events],
  }
}

/** The last step of a required setup: what activates the authenticator also signs in. */
function setUpAndSignIn(
  core: Core,
  record: UserRecord | null,
  opened: OpenChallenge,
  given: Given,
  registration: CheckedRegistration | null,
  nowMs: number,
): Decision<CompleteChallengeResult> {
  const { userId, state, amr } = opened
  const pending = openPending(core, userId, record, given.setupToken, nowMs)
  if (!pending.ok) return refusedBy(pending)
  const activated = activate(core, userId, pending, given.code, registration, nowMs)
  if (!activated.ok) return refusedBy(activated)
  const { method } = activated.step
  const trust = given.trustDevice === true
  const passed = {
    userId,
    method,
    trusted: null,
    trust,
    name: given.deviceName,
    presented: given.device,
    nowMs,
  } as const
  const issued = issueDevice(activated.record, passed, core)
  const left = recoveryCodesLeft(activated.record.recoveryCodes)
  const { recoveryCodes } = activated
  return {
    result: {
      ok: true,
      userId,
      method,
      recoveryCodesLeft: left,
      device: issued.device,
      state,
      assurance: assuranceOfSetup(amr, activated.step, nowMs),
      ...(recoveryCodes === null ? {} : { recoveryCodes }),
    },
    record: withUsedChallenge(core, issued.record, opened, nowMs),
    events: [...activated.events, { type: 'sign-in.completed', method, recoveryCodesLeft: left }, ...issued.events],
  }
}

function withUsedChallenge(core: Core, record: UserRecord, opened: OpenChallenge, nowMs: number): UserRecord {
  return { ...record, challenges: withUsed(record.challenges, opened, nowMs, core.nonces) }
}
