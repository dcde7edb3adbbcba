import type { PasskeyCause } from './passkey.ts'

/** Each type of event; docs/events.md says when it happens. */
export type TwoFactorEventType =
  | 'two-factor.enabled'
  | 'two-factor.disabled'
  | 'two-factor.reset'
  | 'two-factor.unlocked'
  | 'two-factor.imported'
  | 'two-factor.exported'
  | 'two-factor.resealed'
  | 'setup.begun'
  | 'authenticator.added'
  | 'authenticator.removed'
  | 'authenticator.renamed'
  | 'recovery-codes.viewed'
  | 'recovery-codes.regenerated'
  | 'recovery-code.issued'
  | 'recovery-code.used'
  | 'sign-in.completed'
  | 'sign-in.skipped'
  | 'step-up.completed'
  | 'code.wrong'
  | 'code.used-again'
  | 'passkey.wrong'
  | 'password.wrong'
  | 'attempts.locked'
  | 'device.trusted'
  | 'device.untrusted'
  | 'password.changed'

interface EventTrait {
  /** True: tell the user, since only they should do this. */
  notify: boolean
  /** It changes how the account is protected: `status` lists the last ones. */
  change: boolean
}

/** Each type of event. The table in docs/events.md says when each happens. */
export const EVENT_TYPES: Readonly<Record<TwoFactorEventType, EventTrait>> = {
  'two-factor.enabled': { notify: true, change: true },
  'two-factor.disabled': { notify: true, change: true },
  'two-factor.reset': { notify: true, change: true },
  'two-factor.unlocked': { notify: true, change: true },
  'two-factor.imported': { notify: false, change: true },
  'two-factor.exported': { notify: true, change: true },
  'two-factor.resealed': { notify: false, change: false },
  'setup.begun': { notify: false, change: false },
  'authenticator.added': { notify: true, change: true },
  'authenticator.removed': { notify: true, change: true },
  'authenticator.renamed': { notify: false, change: true },
  'recovery-codes.viewed': { notify: true, change: false },
  'recovery-codes.regenerated': { notify: true, change: true },
  'recovery-code.issued': { notify: true, change: true },
  'recovery-code.used': { notify: true, change: true },
  'sign-in.completed': { notify: false, change: false },
  'sign-in.skipped': { notify: false, change: false },
  'step-up.completed': { notify: false, change: false },
  'code.wrong': { notify: false, change: false },
  'code.used-again': { notify: true, change: false },
  'passkey.wrong': { notify: false, change: false },
  'password.wrong': { notify: false, change: false },
  'attempts.locked': { notify: true, change: false },
  'device.trusted': { notify: true, change: true },
  'device.untrusted': { notify: false, change: true },
  'password.changed': { notify: false, change: true },
}

/** Changes that anybody in a session can make at will. In that list they give way to more important ones. */
export const MINOR_CHANGES: readonly TwoFactorEventType[] = [
  'authenticator.renamed',
  'device.trusted',
  'device.untrusted',
]

/** How a person passed the second step. */
export type TwoFactorMethod = 'totp' | 'passkey' | 'recovery-code'

/** What an operation reports; `transact` adds the user and the time. */
export interface EventDetails {
  type: TwoFactorEventType
  /** Overrides the type's default, if the user was told of the same thing shortly before. */
  notify?: boolean
  /** The authenticator that was added, removed, renamed or used. */
  authenticatorId?: string
  /** How the second step was passed, or tried. */
  method?: TwoFactorMethod
  /** Recovery codes left after this. */
  recoveryCodesLeft?: number
  /** The used recovery code was issued by staff. */
  issued?: boolean
  /** The trusted device that was added, was removed or signed in without a code. */
  deviceId?: string
  /** Why a passkey's response was refused. */
  cause?: PasskeyCause
  /** Whether the attempt came from a device that had passed the second step before. */
  knownDevice?: boolean
  /** Which member of staff did it, and why. */
  by?: string
  note?: string
}

/** One thing that happened. Never contains a secret, a code or a token. */
export interface TwoFactorEvent extends EventDetails {
  userId: string
  atMs: number
  /** True: tell the user, since only they should do this. */
  notify: boolean
  /** What you passed to the operation as `context`. */
  context: unknown
}

/**
 * One of the last changes to how the account is protected, as `status` shows them: one line per operation. Absent
 * fields are unknown: lines of older records have only `type` and `atMs`. Names are text that a person or a browser
 * chose: show them as text, never as HTML.
 */
export interface SecurityChange {
  type: TwoFactorEventType
  atMs: number
  /** What else the same operation did. */
  also?: readonly TwoFactorEventType[]
  /** The authenticator that was added, removed or renamed, with its name after that. */
  authenticator?: { id: string; type: 'totp' | 'passkey'; name: string }
  /**
   * Where it was done. With `id`: the trusted device with that id, proven by its device token. Without: the
   * `deviceName` that was passed to the operation, which proves nothing.
   */
  device?: { id?: string; name: string }
  /** For `device.untrusted`: the device, if it was one. */
  untrusted?: { id: string; name: string }
}
