import { tell } from '../engine/listeners.ts'
import { withOneNotice } from '../engine/one-notice.ts'
import type { TokenCore } from './core.ts'

/** What happened to an access token. */
export type AccessTokenEventType = 'access-token.issued' | 'access-token.renamed' | 'access-token.revoked'

/** One thing that happened to an access token. Never holds the token. */
export interface AccessTokenEvent {
  type: AccessTokenEventType
  userId: string
  /** Empty if a damaged token was removed: its id cannot be trusted. */
  tokenId: string
  atMs: number
  /** True: tell the user, since only they should do this. */
  notify: boolean
  /** What the host passed to the operation as `context`. */
  context: unknown
  /** The staff member who did it, and why. */
  by?: string
  note?: string
}

const NOTIFY: Readonly<Record<AccessTokenEventType, boolean>> = {
  'access-token.issued': true,
  'access-token.renamed': false,
  'access-token.revoked': true,
}

/** What an operation reports; `notify` follows from the type. */
export type AccessTokenDetails = Omit<AccessTokenEvent, 'notify'>

/** Called after the write. An error of the listener changes no outcome. */
export function emit(core: TokenCore, details: AccessTokenDetails): Promise<void> {
  return emitAll(core, [details])
}

/** The same for all events of one call. */
export function emitAll(core: TokenCore, details: readonly AccessTokenDetails[]): Promise<void> {
  const events = withOneNotice(details.map((each): AccessTokenEvent => ({ ...each, notify: NOTIFY[each.type] })))
  return tell(core, events)
}
