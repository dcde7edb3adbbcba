import type { Scope } from '../scope.ts'
import { notice } from './notice.ts'
import type { Shown } from './row.ts'

/** When staff reset two-factor authentication, as the host says; 0: never. */
export const resetNotice = ({ texts, times }: Scope, resetAtMs: number, action?: Shown): Shown =>
  notice(resetAtMs > 0 ? texts.wasReset.replace('{date}', times.dateTime(resetAtMs)) : undefined, undefined, action)
