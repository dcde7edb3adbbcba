import { tell } from '../engine/listeners.ts'
import { withOneNotice } from '../engine/one-notice.ts'
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
  /** The staff member who did it, and why. */
  by?: string
  note?: string
}

const NOTIFY: Readonly<Record<AccessTokenEventType, boolean>> = {
  'access-token.issued': true,
  'access-token.renamed': false,
  'access-token.revoked': true,
}

/** What an operation says of an event; whether to tell the user follows from its type. */
export type AccessTokenDetails = Omit<AccessTokenEvent, 'notify'>

/** After the write landed. A fault of the listener's changes no outcome. */
export function emit(core: TokenCore, details: AccessTokenDetails): Promise<void> {
  return emitAll(core, [details])
}

/** The same for all that one call did. */
export function emitAll(core: TokenCore, details: readonly AccessTokenDetails[]): Promise<void> {
  const events = withOneNotice(details.map((each): AccessTokenEvent => ({ ...each, notify: NOTIFY[each.type] })))
  return tell(core, events)
}
