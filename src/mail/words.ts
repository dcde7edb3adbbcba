/** The events that cause a mail: those marked `notify`. */
export const MAILED = [
  'two-factor.enabled',
  'two-factor.disabled',
  'two-factor.reset',
  'two-factor.unlocked',
  'two-factor.exported',
  'authenticator.added',
  'authenticator.removed',
  'recovery-codes.viewed',
  'recovery-codes.regenerated',
  'recovery-code.issued',
  'recovery-code.used',
  'code.used-again',
  'passkey.wrong',
  'attempts.locked',
  'device.trusted',
  'access-token.issued',
  'access-token.revoked',
] as const
export type MailedType = (typeof MAILED)[number]

/**
 * The texts of one language. `{product}` and `{account}` are names, written so that no mail program makes links of
 * them.
 */
export interface MailWords {
  direction: 'ltr' | 'rtl'
  /** What happened, as a subject and as a sentence. */
  events: Readonly<Record<MailedType, { subject: string; happened: string }>>
  /** With the account's name, and without. */
  account: string
  /** `{time}` */
  when: string
  /** `{count}` */
  codesLeft: string
  itWasYou: string
  /** For events that no user causes on purpose, instead of "if this was you". */
  ifUnexpected: string
  itWasNotYou: string
  /** Above the link to the settings. */
  settings: string
}
