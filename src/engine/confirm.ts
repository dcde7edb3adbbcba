import { CountersignError } from '../errors.ts'
import { invalidOption } from '../otp/options.ts'
import { isAccepted } from './challenges.ts'
import { CONFIRM_KINDS, type ConfirmKind, type Core } from './core.ts'
import { challengesOf, emptyRecord, isEnabled, type TwoFactorRecord } from './record.ts'
import { type Refusal, refusal } from './refusal.ts'
import { failure, refusedBy, shut } from './refused.ts'
import { type CodeReason, takeSecondStep } from './second-step.ts'
import { type Attempt, gate, succeeded } from './throttle.ts'
import type { Decision, Subject } from './transact.ts'
import { transact } from './transact.ts'

/** What a `confirm` can meet. */
export type ConfirmReason = CodeReason | 'wrong-password' | 'confirmation-required'

/** Shared by every copy of the package in a process, and by no JSON. */
const REAUTHENTICATED: unique symbol = Symbol.for('countersign.reauthenticated') as never

/** What {@link reauthenticated} gives. */
export interface Reauthenticated {
  readonly [REAUTHENTICATED]: number
}

/** The proof that a sensitive operation asks for: exactly one kind. `confirmWith` says which kinds a backend accepts. */
export type Confirm = { password: string } | { code: string } | Reauthenticated

const FRESH_MS = 300_000
const MAX_PASSWORD = 1024
const PASSWORD: Attempt = { kind: 'password' }

/**
 * The host vouches that this person proved who they are at that time: signed in anew, or passed a check of the host's
 * own. It is carried under a symbol, so no JSON body can express it. Accepted for 5 minutes, where `confirmWith` names
 * 'reauthenticated'.
 *
 * @param atMs when, in Unix milliseconds
 * @throws CountersignError `invalid_option` when it is no time
 * @example
 * await twoFactor.disable(userId, { confirm: reauthenticated(session.signedInAtMs) })
 */
export function reauthenticated(atMs: number): Reauthenticated {
  if (!Number.isFinite(atMs) || atMs < 0) throw invalidOption('atMs', atMs, 'a time in Unix milliseconds')
  return Object.freeze({ [REAUTHENTICATED]: atMs })
}

/** What stands in the way whoever asks, or null. Looked at before any proof, so that no code is spent in vain. */
export type Obstacle<Reason extends string> = (record: TwoFactorRecord | null) => Reason | null

/** What to do once the proof holds. The record it is given already has the proof's code spent. */
export type Confirmed<Result> = (
  record: TwoFactorRecord,
  nowMs: number,
) => Decision<Result> & { record: TwoFactorRecord | null }

/**
 * A sensitive operation: its proof and its effect in one write.
 * For a password: the throttle first, then the host's hook, once, then the transaction, which withholds the hook's answer
 * if the throttle has closed meanwhile, so that parallel guesses gain nothing.
 */
export async function transactConfirmed<Result extends { ok: boolean }, Reason extends string>(
  core: Core,
  subject: Subject,
  given: { confirm?: unknown; device?: unknown },
  obstacle: Obstacle<Reason>,
  decide: Confirmed<Result>,
): Promise<Result | Refusal<Reason | ConfirmReason>> {
  const proof = readConfirm(given.confirm)
  if (proof === null) return refusal('confirmation-required')
  type Outcome = Result | Refusal<Reason | ConfirmReason>

  const refuse = (reason: Reason | ConfirmReason): Decision<Outcome> => ({ result: refusal(reason) })

  /** Null where nothing stands in the way. */
  const hindered = (record: TwoFactorRecord | null, nowMs: number): Decision<Outcome> | null => {
    const reason = obstacle(record)
    if (reason !== null) return refuse(reason)
    if (!acceptsKind(core, proof.kind, isEnabled(record))) return refuse('confirmation-required')
    if (proof.kind !== 'password' || record === null) return null
    const entry = gate(record.throttle, PASSWORD, nowMs)
    return entry.state === 'open' ? null : refusedBy(shut(record, entry, nowMs))
  }

  switch (proof.kind) {
    case 'reauthenticated':
      return transact<Outcome>(core, subject, (record, nowMs) => {
        const ageMs = nowMs - proof.atMs
        if (!(ageMs >= 0 && ageMs <= FRESH_MS)) return refuse('confirmation-required')
        const hindrance = hindered(record, nowMs)
        if (hindrance !== null) return hindrance
        const known = record ?? emptyRecord()
        const { record: next, ...decision } = decide(known, nowMs)
        return next === known ? decision : { ...decision, record: next }
      })

    case 'code':
      return transact<Outcome>(core, subject, (record, nowMs) => {
        const hindrance = hindered(record, nowMs)
        if (hindrance !== null || record === null) return hindrance ?? refuse('confirmation-required')
        const step = { userId: subject.userId, code: proof.code, device: given.device }
        const taken = takeSecondStep(record, step, { vault: core.vault, window: core.totp.window, nowMs })
        if (!taken.ok) return refusedBy(taken)
        const decision = decide(taken.record, nowMs)
        return { ...decision, events: [...taken.events, ...(decision.events ?? [])] }
      })

    case 'password': {
      const before = await transact<Outcome | { epoch: string | null }>(core, subject, (record, nowMs) => {
        return hindered(record, nowMs) ?? { result: { epoch: challengesOf(record).epoch } }
      })
      if ('ok' in before) return before
      const { password } = proof
      if (typeof password !== 'string' || password.length > MAX_PASSWORD) return refusal('wrong-password')
      const isRight = (await passwordHook(core)(subject.userId, password)) === true

      return transact<Outcome>(core, subject, (record, nowMs) => {
        const hindrance = hindered(record, nowMs)
        if (hindrance !== null) return hindrance
        const known = record ?? emptyRecord()
        if (!isRight) return refusedBy(failure(known, PASSWORD, 'wrong-password', {}, nowMs))
        // The password may have changed while the hook looked at the old one: then its answer is void, as challenges are.
        if (!isAccepted(challengesOf(record), before.epoch)) return refuse('confirmation-required')
        // Written even where only something is shown: so the answer stands behind every failure that landed before it,
        // and of many guesses at once no more are answered than one after the other.
        return decide({ ...known, throttle: succeeded(known.throttle, PASSWORD, nowMs) }, nowMs)
      })
    }
  }
}

type Proof =
  | { kind: 'password'; password: unknown }
  | { kind: 'code'; code: unknown }
  | { kind: 'reauthenticated'; atMs: number }

/** Exactly one kind of proof and nothing else, or null. */
function readConfirm(confirm: unknown): Proof | null {
  if (typeof confirm !== 'object' || confirm === null) return null
  const keys = Reflect.ownKeys(confirm)
  const [key] = keys
  if (keys.length !== 1) return null
  const value: unknown = Reflect.get(confirm, key ?? '')
  if (key === 'password') return { kind: 'password', password: value }
  if (key === 'code') return { kind: 'code', code: value }
  if (key === REAUTHENTICATED && typeof value === 'number') return { kind: 'reauthenticated', atMs: value }
  return null
}

/** The kinds of proof that would be accepted from this user now. */
export function acceptedKinds(core: Core, record: TwoFactorRecord | null): ConfirmKind[] {
  return CONFIRM_KINDS.filter((kind) => acceptsKind(core, kind, isEnabled(record)))
}

/** A host that asks for codes has none to ask for before the first set-up: there the password stands in. */
function acceptsKind({ confirmWith, verifyPassword }: Core, kind: ConfirmKind, enabled: boolean): boolean {
  if (kind === 'code') return enabled && confirmWith.includes('code')
  const standsIn = kind === 'password' && !enabled && confirmWith.includes('code') && verifyPassword !== undefined
  return confirmWith.includes(kind) || standsIn
}

function passwordHook({ verifyPassword: hook }: Core) {
  if (hook !== undefined) return hook
  throw new CountersignError(
    'invalid_option',
    "A password was given as proof, but createTwoFactor has no verifyPassword. Pass it, or confirmWith: ['reauthenticated'] where people have no password.",
  )
}
