import type { TokenCore } from './core.ts'

/** What happened to an access token. */
export type AccessTokenEventType = 'access-token.issued' | 'access-token.renamed' | 'access-token.revoked'

/** One thing that happened to an access token. Never holds the token. */
export interface AccessTokenEvent {
  type: AccessTokenEventType
  userId: string
  /** Empty where a damaged one was removed: it has no id that can be trusted. */
  tokenId: string
  atMs: number
  /** Tell the user: it is something that only the user should do. */
  notify: boolean
  /** What the host passed to the operation as `context`. */
  context: unknown
  /** Who of the host's staff did it, and why. */
  by?: string
  note?: string
}

const NOTIFY: Readonly<Record<AccessTokenEventType, boolean>> = {
  'access-token.issued': true,
  'access-token.renamed': false,
  'access-token.revoked': true,
}

/** After the write landed. A fault of the listener's changes no outcome. */
export async function emit(core: TokenCore, details: Omit<AccessTokenEvent, 'notify'>): Promise<void> {
  if (core.onEvent === undefined) return
  const event: AccessTokenEvent = { ...details, notify: NOTIFY[details.type] }
  try {
    await core.onEvent(event)
  } catch (error) {
    try {
      await core.onEventError?.(error, event)
    } catch {
      // What happened has happened.
    }
  }
}
