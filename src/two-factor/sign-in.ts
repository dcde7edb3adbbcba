import { assuranceOf, assuranceOfFirstFactor, assuranceOfSetup } from '../engine/assurance.ts'
import {
  CHALLENGE_MS,
  type ChallengeAction,
  hashBinding,
  type OpenChallenge,
  openChallenge,
  sealChallenge,
} from '../engine/challenge-token.ts'
import { isAccepted, isUsed, newEpoch, withUsed } from '../engine/challenges.ts'
import type { Core } from '../engine/core.ts'
import { issueDevice } from '../engine/devices.ts'
import type { EventDetails, TwoFactorMethod } from '../engine/events.ts'
import type { CodeDecision, ImportedAnswer } from '../engine/imported-check.ts'
import { transactWithCode } from '../engine/imported-codes.ts'
import { digitsShown, methodsFor } from '../engine/methods.ts'
import { challengesOf, emptyRecord, isEnabled, type UserRecord } from '../engine/record.ts'
import { refusal, refusedBy } from '../engine/refusal.ts'
import { isPasskey, stepContext, takeSecondStep, wrongPasskey } from '../engine/second-step.ts'
import { activate } from '../engine/setup.ts'
import { openPending } from '../engine/setup-offer.ts'
import { type Decision, emitNow, loadRecord, type Subject, transact } from '../engine/transact.ts'
import { visitorOf } from '../engine/visitor.ts'
import { CountersignError } from '../errors.ts'
import { checkOptionNames, optionNames, optionsArgument } from '../options/groups.ts'
import { recoveryCodesLeft } from '../recovery-codes/keep.ts'
import { challengeTokenArgument, userIdArgument } from './arguments.ts'
import { amrArgument, bindingArgument, stateArgument } from './challenge-arguments.ts'
import { isRequired, requiredFrom, requirementOf } from './hooks.ts'
import type { ChallengeOptions, CompleteChallengeOptions } from './options.ts'
import type { ChallengeReason, ChallengeResult, CompleteChallengeResult } from './outcomes.ts'

/** All of them are the host's own, and some of them protect: a misspelt `expectEnabled` or `binding` must not pass. */
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
      passkey: null,
      trustDeviceDays: core.trustDeviceDays,
    }
  }

  if (isEnabled(record)) {
    const visitor = visitorOf(record, { userId, device: given.device, nowMs, ...core })
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
  return issue('setup', challengesOf(record).epoch ?? (await beginEpoch(core, subject)), ['totp'])
}

/** Writes the epoch that a token must name: a token that names none would be good wherever there is no record. */
function beginEpoch(core: Core, subject: Subject): Promise<string> {
  return transact<string>(core, subject, (record, nowMs) => {
    const { epoch } = challengesOf(record)
    if (epoch !== null) return { result: epoch }
    const challenges = newEpoch(nowMs, core.random)
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
  const subject = { userId: opened.userId, context: given.context }
  // A set-up at sign-in rests on the password alone: only for whom it is required now.
  if (opened.action === 'setup' && !(await isRequired(core, opened.userId))) return refusal('challenge-expired')
  return transactWithCode<CompleteChallengeResult>(core, subject, (record, nowMs, imported) => {
    const unusable = challengeObstacle(record, opened)
    if (unusable !== null) return { result: refusal(unusable) }
    return isEnabled(record)
      ? signIn(core, record, opened, { ...given, imported }, nowMs)
      : setUpAndSignIn(core, record, opened, given, nowMs)
  })
}

/** Why a challenge that opened is of no use on this record, or null. */
export function challengeObstacle(record: UserRecord | null, opened: OpenChallenge): ChallengeReason | null {
  const challenges = challengesOf(record)
  if (isUsed(challenges, opened.id)) return 'challenge-used'
  const isMeant = (opened.action === 'verify') === isEnabled(record)
  return isMeant && isAccepted(challenges, opened.epoch) ? null : 'challenge-expired'
}

type Given = Partial<CompleteChallengeOptions>

function signIn(
  core: Core,
  record: UserRecord,
  opened: OpenChallenge,
  given: Given & { imported: ImportedAnswer | null },
  nowMs: number,
): CodeDecision<CompleteChallengeResult> {
  const { userId, state, amr } = opened
  const { code, passkey } = given
  const { device } = given
  const taken = takeSecondStep(record, { userId, code, passkey, device }, stepContext(core, nowMs, given.imported))
  if (!taken.ok) return refusedBy(taken)
  const { method, recoveryCodesLeft, trusted } = taken
  // A recovery code may have been found in a drawer: it signs in, and gives no trust.
  const trust = given.trustDevice === true && method === 'totp'
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
      assurance: assuranceOf(amr, method, nowMs),
    },
    record: withUsedChallenge(core, issued.record, opened, nowMs),
    events: [...taken.events, completed, ...issued.events],
  }
}

/** The last step of a required setup: the code that activates the authenticator signs in too. */
function setUpAndSignIn(
  core: Core,
  record: UserRecord | null,
  opened: OpenChallenge,
  given: Given,
  nowMs: number,
): Decision<CompleteChallengeResult> {
  const { userId, state, amr } = opened
  const pending = openPending(core, userId, record, given.setupToken, nowMs)
  if (!pending.ok) return refusedBy(pending)
  if (isPasskey(given.passkey)) return refusedBy(wrongPasskey())
  const activated = activate(core, userId, pending, given.code, nowMs)
  if (!activated.ok) return refusedBy(activated)
  const trust = given.trustDevice === true
  const passed = {
    userId,
    method: 'totp',
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
      method: 'totp',
      recoveryCodesLeft: left,
      device: issued.device,
      state,
      assurance: assuranceOfSetup(amr, nowMs),
      ...(recoveryCodes === null ? {} : { recoveryCodes }),
    },
    record: withUsedChallenge(core, issued.record, opened, nowMs),
    events: [
      ...activated.events,
      { type: 'sign-in.completed', method: 'totp', recoveryCodesLeft: left },
      ...issued.events,
    ],
  }
}

function withUsedChallenge(core: Core, record: UserRecord, opened: OpenChallenge, nowMs: number): UserRecord {
  return { ...record, challenges: withUsed(record.challenges, opened, nowMs, core.random) }
}
