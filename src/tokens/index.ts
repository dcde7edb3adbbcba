export type { Refusal } from '../engine/refusal.ts'
export type * from './api.ts'
export { createAccessTokens } from './create.ts'
export type { AccessTokenEvent, AccessTokenEventType } from './events.ts'
export { memoryTokenStore } from './memory.ts'
export type * from './options.ts'
export type {
  AccessToken,
  AdminIssueResult,
  ChangeTokenResult,
  IssueReason,
  IssueResult,
  RenameTokenResult,
  VerifyTokenResult,
} from './outcomes.ts'
export type { StoredToken, TokenChange, TokenStore } from './store.ts'
