import type { TwoFactorMethod } from './events.ts'

/**
 * How a user was authenticated, and when. Store it with the session, and compare `atMs` with the current time when
 * something needs a fresh second step: a level that stays true for a whole session proves nothing.
 */
export interface Assurance {
  /** RFC 8176 values: those you passed for the first factor, then those of the second step. */
  amr: string[]
  /** The second step cannot be passed on a page that imitates yours. */
  phishingResistant: boolean
  /** When the second step was passed, in Unix milliseconds; null if none was asked for. */
  atMs: number | null
}

/** How a second step was passed. */
export interface AssuredStep {
  method: TwoFactorMethod
  /** For a passkey: it is synchronized, so its key is not bound to one device. */
  backedUp?: boolean
}

/** After a second step. `mfa` is added only if the host named a first factor: a code alone is one factor. */
export function assuranceOf(firstFactor: readonly string[], step: AssuredStep, atMs: number): Assurance {
  const amr = [...firstFactor, ...amrOf(step), ...(firstFactor.length > 0 ? ['mfa'] : [])]
  return assured(amr, step.method === 'passkey', atMs)
}

/**
 * After a setup at sign-in: whoever passed the first factor chose the second, so it adds no factor yet, and a page that
 * imitates the host's could have asked for it.
 */
export function assuranceOfSetup(firstFactor: readonly string[], step: AssuredStep, atMs: number): Assurance {
  return assured([...firstFactor, ...amrOf(step)], false, atMs)
}

/** Only the first factor, if no second step was required. */
export function assuranceOfFirstFactor(firstFactor: readonly string[]): Assurance {
  return assured(firstFactor, false, null)
}

/** RFC 8176 §2. It has no value for a recovery code. A passkey always tests user presence. */
function amrOf({ method, backedUp }: AssuredStep): readonly string[] {
  switch (method) {
    case 'totp':
      return ['otp']
    case 'passkey':
      return [backedUp === true ? 'swk' : 'pop', 'user']
    case 'recovery-code':
      return []
  }
}

function assured(amr: readonly string[], phishingResistant: boolean, atMs: number | null): Assurance {
  return { amr: [...new Set(amr)], phishingResistant, atMs }
}
