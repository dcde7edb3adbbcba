import type { TwoFactorMethod } from './events.ts'

/**
 * How sure a host can be of who is there, and since when. Keep it with the session, and compare `atMs` with the present
 * when something needs a fresh second step: a level that stays true for a whole session proves nothing.
 */
export interface Assurance {
  /** RFC 8176 values: the first factor's, as the host named them, then those of the second step. */
  amr: string[]
  /** The second step cannot be passed on a page that only pretends to be the host's. */
  phishingResistant: boolean
  /** When the second step was passed, in Unix milliseconds; null if none was asked for. */
  atMs: number | null
}

/** RFC 8176 §2. A recovery code has no value there. */
const AMR: Readonly<Record<TwoFactorMethod, readonly string[]>> = { totp: ['otp'], 'recovery-code': [] }

/** After a second step. `mfa` needs a first factor that the host named: alone, a code is one factor. */
export function assuranceOf(firstFactor: readonly string[], method: TwoFactorMethod, atMs: number): Assurance {
  return assured([...firstFactor, ...AMR[method], ...(firstFactor.length > 0 ? ['mfa'] : [])], atMs)
}

/** After a setup at sign-in: whoever passed the first factor chose the second, so it adds no factor yet. */
export function assuranceOfSetup(firstFactor: readonly string[], atMs: number): Assurance {
  return assured([...firstFactor, ...AMR.totp], atMs)
}

/** The first factor alone, if no second step was asked for. */
export function assuranceOfFirstFactor(firstFactor: readonly string[]): Assurance {
  return assured(firstFactor, null)
}

function assured(amr: readonly string[], atMs: number | null): Assurance {
  return { amr: [...new Set(amr)], phishingResistant: false, atMs }
}
