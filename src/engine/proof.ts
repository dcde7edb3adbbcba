import { CountersignError } from '../errors.ts'
import { booleanFrom } from '../options/hooks.ts'
import { invalidTime, looksLikeSeconds } from '../options/numbers.ts'
import { isUnvoided } from './challenges.ts'
import { type Core, PROOF_KINDS, type ProofKind } from './core.ts'
import { transactWithCode } from './imported-codes.ts'
import type { AuthenticationResponseJson } from './passkey.ts'
import { challengesOf, emptyRecord, isEnabled, type UserRecord } from './record.ts'
import { failure, type Refusal, refusal, refusedBy, shut } from './refusal.ts'
import { type StepReason, stepContext, takeSecondStep } from './second-step.ts'
import { assertionOf, checkStepUp, withUsedStepUp } from './step-up-token.ts'
import { type Attempt, gate, succeeded } from './throttle.ts'
import type { Decision, Subject } from './transact.ts'
import { transact } from './transact.ts'

/** Why a `proof` can be refused. */
export type ProofReason = StepReason | 'wrong-password' | 'proof-required'

/** Shared by every copy of the package in a process. No JSON can express it. */
const REAUTHENTICATED: symbol = Symbol.for('countersign.reauthenticated')

/**
 * What {@link reauthenticated} returns. The field exists only in the type: at run time, the time is stored under a
 * symbol. A symbol in a declaration would make the types of the CommonJS and the ES module build incompatible.
 */
export interface Reauthenticated {
  readonly '~reauthenticated': number
}

/** The proof that a sensitive operation asks for: exactly one kind. `acceptedProofs` says which kinds a backend accepts. */
export type Proof =
  | (Reauthenticated & { password?: never; code?: never; passkey?: never; token?: never })
  | { passkey: AuthenticationResponseJson; token: string; password?: never; code?: never }
  | { code: string; password?: never; passkey?: never; token?: never }
  | { password: string; code?: never; passkey?: never; token?: never }

const FRESH_MS = 300_000
const MAX_PASSWORD = 1024
const PASSWORD: Attempt = { kind: 'password' }

/**
 * Vouches that this user proved their identity at that time: they signed in again, or passed another of your checks. It
 * is carried under a symbol, so no JSON body can express it. Accepted for 5 minutes, if `acceptedProofs` includes
 * 'reauthenticated'.
 *
 * @param atMs when, in Unix milliseconds
 * @throws CountersignError `invalid_option` if it is not a time, or in seconds
 * @example
 * await twoFactor.disable(userId, { proof: reauthenticated(session.signedInAtMs) })
 */
export function reauthenticated(atMs: number): Reauthenticated {
  if (!Number.isFinite(atMs) || atMs < 0 || looksLikeSeconds(atMs)) throw invalidTime('atMs', atMs)
  const proof: object = Object.freeze({ [REAUTHENTICATED]: atMs })
  return proof as Reauthenticated
}

/** Why the operation is refused with any proof, or null. Checked before the proof, so that no code is wasted. */
export type Obstacle<Reason extends string> = (record: UserRecord | null) => Reason | null

/** What to do after the proof was accepted. In the record that it receives, the proof's code is already used. */
export type Confirmed<Result> = (record: UserRecord, nowMs: number) => Decision<Result> & { record: UserRecord | null }

/**
 * A sensitive operation: its proof and its effect in one write.
 * For a password: the throttle first, then the host's hook, once, then the transaction, which withholds the hook's answer
 * if the throttle has closed meanwhile, so that parallel guesses gain nothing.
 */
export async function transactWithProof<Result extends { ok: boolean }, Reason extends string>(
  core: Core,
  subject: Subject,
  given: { proof?: unknown; device?: unknown; binding?: unknown },
  obstacle: Obstacle<Reason>,
  decide: Confirmed<Result>,
): Promise<Result | Refusal<Reason | ProofReason>> {
  const proof = readProof(given.proof)
  if (proof === null) return refusal('proof-required')
  type Outcome = Result | Refusal<Reason | ProofReason>

  const refuse = (reason: Reason | ProofReason): Decision<Outcome> => ({ result: refusal(reason) })

  /** Null if there is no obstacle. */
  const hindered = (record: UserRecord | null, nowMs: number): Decision<Outcome> | null => {
    const reason = obstacle(record)
    if (reason !== null) return refuse(reason)
    if (!acceptsKind(core, proof.kind, isEnabled(record))) return refuse('proof-required')
    if (proof.kind !== 'password' || record === null) return null
    const entry = gate(record.throttle, PASSWORD, nowMs)
    return entry.state === 'open' ? null : refusedBy(shut(record, entry, nowMs))
  }

  switch (proof.kind) {
    case 'reauthenticated':
      return transact<Outcome>(core, subject, (record, nowMs) => {
        const ageMs = nowMs - proof.atMs
        if (!(ageMs >= 0 && ageMs <= FRESH_MS)) return refuse('proof-required')
        const hindrance = hindered(record, nowMs)
        if (hindrance !== null) return hindrance
        const known = record ?? emptyRecord()
        const { record: next, ...decision } = decide(known, nowMs)
        return next === known ? decision : { ...decision, record: next }
      })

    case 'code':
    case 'passkey': {
      const { binding, device } = given
      const { userId } = subject
      const checked =
        proof.kind === 'code'
          ? null
          : await checkStepUp(core, userId, { ...proof, binding }, (record, nowMs) => {
              const hindrance = hindered(record, nowMs)?.result ?? null
              return hindrance === null || hindrance.ok ? null : (hindrance as Refusal<Reason | ProofReason>)
            })
      if (checked !== null && 'reason' in checked) return checked
      return transactWithCode<Outcome>(core, subject, (record, nowMs, imported) => {
        const hindrance = hindered(record, nowMs)
        if (hindrance !== null || record === null) return hindrance ?? refuse('proof-required')
        const code = proof.kind === 'code' ? proof.code : undefined
        const step = { userId, code, passkey: checked && assertionOf(record, checked), device }
        const taken = takeSecondStep(record, step, stepContext(core, nowMs, imported))
        if (!taken.ok) return refusedBy(taken)
        const proven = checked === null ? taken.record : withUsedStepUp(core, taken.record, checked, nowMs)
        const decision = decide(proven, nowMs)
        return { ...decision, events: [...taken.events, ...(decision.events ?? [])] }
      })
    }

    case 'password': {
      const before = await transact<Outcome | { epoch: string | null }>(core, subject, (record, nowMs) => {
        return hindered(record, nowMs) ?? { result: { epoch: challengesOf(record).epoch } }
      })
      if ('ok' in before) return before
      const { password } = proof
      if (typeof password !== 'string' || password.length > MAX_PASSWORD) return refusal('wrong-password')
      const hook = passwordHook(core)
      const checking = core.passwordChecks.run(subject.userId, () => hook(subject.userId, password))
      if (checking === null) return refusal('throttled', 1)
      const isRight = booleanFrom('verifyPassword', await checking)

      return transact<Outcome>(core, subject, (record, nowMs) => {
        const hindrance = hindered(record, nowMs)
        if (hindrance !== null) return hindrance
        const known = record ?? emptyRecord()
        if (!isRight) return refusedBy(failure(known, PASSWORD, 'wrong-password', {}, nowMs))
        // The password may have changed while the hook checked the old one: then its answer is void, as challenges are.
        if (!isUnvoided(challengesOf(record), before.epoch)) return refuse('proof-required')
        // Written even if the operation only shows something: so the answer comes after every earlier failure, and
        // parallel guesses get no more answers than sequential ones.
        return decide({ ...known, throttle: succeeded(known.throttle, PASSWORD, nowMs) }, nowMs)
      })
    }
  }
}

type ReadProof =
  | { kind: 'password'; password: unknown }
  | { kind: 'code'; code: unknown }
  | { kind: 'passkey'; passkey: unknown; token: unknown }
  | { kind: 'reauthenticated'; atMs: number }

/** Exactly one kind of proof and nothing else, or null. */
function readProof(given: unknown): ReadProof | null {
  if (typeof given !== 'object' || given === null) return null
  const keys = Reflect.ownKeys(given)
  const [key] = keys
  if (keys.length === 2 && keys.includes('passkey') && keys.includes('token')) {
    return { kind: 'passkey', passkey: Reflect.get(given, 'passkey'), token: Reflect.get(given, 'token') }
  }
  if (keys.length !== 1) return null
  const value: unknown = Reflect.get(given, key ?? '')
  if (key === 'password') return { kind: 'password', password: value }
  if (key === 'code') return { kind: 'code', code: value }
  if (key === REAUTHENTICATED && typeof value === 'number') return { kind: 'reauthenticated', atMs: value }
  return null
}

/** The kinds of proof that would be accepted from this user now. */
export function acceptedProofKinds(core: Core, record: UserRecord | null): ProofKind[] {
  return PROOF_KINDS.filter((kind) => acceptsKind(core, kind, isEnabled(record)))
}

/** A host that accepts codes cannot ask for one before the first setup: then the password is accepted instead. */
function acceptsKind({ acceptedProofs, verifyPassword }: Core, kind: ReadProof['kind'], enabled: boolean): boolean {
  // A passkey is the second factor, as a code is.
  if (kind === 'code' || kind === 'passkey') return enabled && acceptedProofs.includes('code')
  const standsIn = kind === 'password' && !enabled && acceptedProofs.includes('code') && verifyPassword !== undefined
  return acceptedProofs.includes(kind) || standsIn
}

function passwordHook({ verifyPassword: hook }: Core) {
  if (hook !== undefined) return hook
  throw new CountersignError(
    'invalid_option',
    "A password was given as proof, but createTwoFactor has no verifyPassword. Pass it, or acceptedProofs: ['reauthenticated'] if people have no password.",
  )
}
