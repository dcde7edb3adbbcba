import type { TwoFactorMethod } from './events.ts'

/**
 * What a sign-in rests on, and since when. Store it with the session, and compare `atMs` with the present when
 * something needs a fresh second step: a level that stays true for a whole session proves nothing.
 */
export interface Assurance {
  /** RFC 8176 values: those you named for the first factor, then those of the second step. */
  amr: string[]
  /** The second step cannot be passed on a page that only pretends to be yours. */
  phishingResistant: boolean
  /** When the second step was passed, in Unix milliseconds; null if none was asked for. */
  atMs: number | null
}

/** A passed second step, as far as it says something of who is there. */
export interface AssuredStep {
  method: TwoFactorMethod
  /** Of a passkey: it is synchronized, so its key is not bound to one device. */
  backedUp?: boolean
}

/** After a second step. `mfa` is added only if you named a first factor: a code alone is one factor. */
export function assuranceOf(firstFactor: readonly string[], step: AssuredStep, atMs: number): Assurance {
  const amr = [...firstFactor, ...amrOf(step), ...(firstFactor.length > 0 ? ['mfa'] : [])]
  return assured(amr, step.method === 'passkey', atMs)
}

/**
 * After a setup at sign-in: whoever passed the first factor chose the second, so it adds no factor yet, and a page that only
 * pretends to be the host's could have asked for it.
 */
export function assuranceOfSetup(firstFactor: readonly string[], step: AssuredStep, atMs: number): Assurance {
  return assured([...firstFactor, ...amrOf(step)], false, atMs)
}

/** The first factor alone, if no second step was asked for. */
export function assuranceOfFirstFactor(firstFactor: readonly string[]): Assurance {
  return assured(firstFactor, false, null)
}

/** RFC 8176 §2. A recovery code has no value there. A passkey always tests that the user is present. */
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
