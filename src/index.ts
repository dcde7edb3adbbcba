export type { Assurance } from './engine/assurance.ts'
export type { ChallengeReason } from './engine/challenges.ts'
export type { ProofKind, RequiredAnswer } from './engine/core.ts'
export type { DeviceToken } from './engine/devices.ts'
export type {
  EventDetails,
  SecurityChange,
  TwoFactorEvent,
  TwoFactorEventType,
  TwoFactorMethod,
} from './engine/events.ts'
export type { JsonValue } from './engine/json.ts'
export type * from './engine/passkey.ts'
export type { Proof, ProofReason, Reauthenticated } from './engine/proof.ts'
export { reauthenticated } from './engine/proof.ts'
export type { Refusal } from './engine/refusal.ts'
export type { CodeReason, StepReason } from './engine/second-step.ts'
export type { AuthenticatorType, PasskeyOffer, SetupOffers, TotpOffer } from './engine/setup-offer.ts'
export type { StoreChange, TwoFactorRecord, UserIdsOptions, UserIdsPage, UserStore } from './engine/store.ts'
export type { AttemptLimit } from './engine/throttle.ts'
export { CountersignError, type CountersignErrorCode } from './errors.ts'
export type { OtpAlgorithm } from './otp/index.ts'
export type { ImportedCodeHash } from './recovery-codes/imported.ts'
export { memoryStore } from './stores/memory.ts'
export type * from './two-factor/api.ts'
export { createTwoFactor } from './two-factor/create.ts'
export type * from './two-factor/options.ts'
export type * from './two-factor/outcomes.ts'
export { generateKey, type KeyRing, type KeySource, keyRing } from './vault/key-ring.ts'
