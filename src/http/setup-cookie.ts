import { type Refusal, refusal } from '../engine/refusal.ts'
import type { SetupReason } from '../engine/setup-offer.ts'
import { idOf } from '../vault/vault.ts'
import type { ProblemReason } from './api.ts'
import type { Settings } from './options.ts'

/** The token of the setup that this browser began; '' if it has none, which matches no setup. */
export function readSetup(request: Request, { cookies }: Settings): string {
  return cookies.setup(request) ?? ''
}

/**
 * Whether this browser began another setup after the page showed its offer: both pages share the cookie, and a code for
 * the earlier offer would count as a wrong code of the later one.
 */
export function isSuperseded(token: string, setupId: string | undefined): boolean {
  return setupId !== undefined && token !== '' && idOf(token) !== setupId
}

export const superseded: Refusal<SetupReason> = refusal('setup-superseded')

/** The refusal, which also drops the cookie of an ended setup. */
export function refusedSetup<Refused extends Refusal<ProblemReason>>(
  request: Request,
  { cookies }: Settings,
  refused: Refused,
): Refused & { cookies?: readonly string[] } {
  return refused.reason === 'setup-expired' ? { ...refused, cookies: [cookies.endSetup(request)] } : refused
}
