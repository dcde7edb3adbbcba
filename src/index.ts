export type { Confirm, ConfirmReason, Reauthenticated } from './engine/confirm.ts'
export { reauthenticated } from './engine/confirm.ts'
export type { ConfirmKind } from './engine/core.ts'
export type { Device } from './engine/devices.ts'
export type { EventDetails, Method, SecurityChange, TwoFactorEvent, TwoFactorEventType } from './engine/events.ts'
export type {
  PendingSetup,
  StoredAuthenticator,
  StoredTrustedDevice,
  TwoFactorRecord,
} from './engine/record.ts'
export type { Refusal } from './engine/refusal.ts'
export type { CodeReason } from './engine/second-step.ts'
export type { SetupOffer } from './engine/setup.ts'
export type { StoreChange, UserStore } from './engine/store.ts'
export type { Attempts, Gate, RecoveryAttempts, Throttle, ThrottleState } from './engine/throttle.ts'
export type { JsonValue } from './engine/tokens.ts'
export { CountersignError, type CountersignErrorCode } from './errors.ts'
export type { OtpAlgorithm } from './otp/index.ts'
export type { StoredRecoveryCodes } from './recovery-codes/keep.ts'
export { memoryStore } from './stores/memory.ts'
export type * from './two-factor/api.ts'
export { createTwoFactor } from './two-factor/create.ts'
export type * from './two-factor/options.ts'
export type * from './two-factor/outcomes.ts'
export { generateKey, type KeyRing, type KeySource, keyring } from './vault/key-ring.ts'
