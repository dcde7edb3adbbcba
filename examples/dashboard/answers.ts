/** What the dashboard's own API answers: the same for the server and the browser. The rest is countersign/http's. */
import type { TwoFactorEventType } from 'countersign'
import type { AccessTokenEventType } from 'countersign/tokens'

/** Of a new password. */
export const MIN_PASSWORD_LENGTH = 12

/** What this server refuses by itself: the page has words for each. */
export type HostReason =
  | 'wrong-login'
  | 'wrong-password'
  | 'wrong-code'
  | 'second-factor-needed'
  | 'own-account'
  | 'weak-password'
  | 'too-many-attempts'
  | 'not-enabled'
  | 'limit-reached'
  | 'signed-out'
  | 'forbidden'
  | 'cross-site'
  | 'bad-request'
  | 'not-found'
  | 'server-error'

export interface User {
  login: string
  name: string
  isAdmin: boolean
}

/** One line of the account's recent activity. */
export interface ActivityEntry {
  type: TwoFactorEventType | AccessTokenEventType
  atMs: number
  notify: boolean
  knownDevice: boolean | null
  by: string | null
  note: string | null
  ip: string | null
  browser: string | null
}

/** When an administrator reset two-factor authentication; 0 if it was turned on since, or nobody did. */
export function lastReset(entries: readonly ActivityEntry[]): number {
  const last = entries.find(({ type }) => type === 'two-factor.reset' || type === 'two-factor.enabled')
  return last?.type === 'two-factor.reset' ? last.atMs : 0
}

export interface ListedUser extends User {
  id: string
  twoFactorRequired: boolean
  /** `unreadable`: the stored record is damaged; a reset helps. */
  twoFactor: 'on' | 'off' | 'unreadable'
  enabledAtMs: number | null
  /** Attempts are refused at the moment, or wait: unlocking helps. */
  isHeldUp: boolean
  /** The administrator who asks, whose own account only another one may change here. */
  isOwn: boolean
}

export interface Answers {
  Me: { user: User }
  Activity: { entries: ActivityEntry[] }
  /** `isProtected`: whether the administrator has a second factor; only then may they change anything here. */
  'Admin/Users': { users: ListedUser[]; isProtected: boolean }
  'Admin/SetTwoFactorRequired': { signedOut: boolean }
  'Admin/IssueRecoveryCode': { recoveryCode: string; expiresAtMs: number }
}
