import type { TwoFactor } from '../index.ts'
import { buildOtpauthUri, generateSecret } from '../otp/index.ts'
import { makeRecoveryCodes, RECOVERY_CODE_CHARACTERS } from '../recovery-codes/make.ts'
import { randomBytes } from '../vault/random.ts'
import { type VirtualAuthenticator, virtualAuthenticator } from './virtual-authenticator.ts'

const CLOCK: symbol = Symbol.for('countersign.clock')
const RECOVERY_CODES = 10

/**
 * Turns on two-factor authentication for a user in one line, for tests of what comes after. It uses `admin.importUser`,
 * so it needs no password, and every code of the phone is still unused.
 *
 * @returns the phone, which uses the clock of `twoFactor`, and the recovery codes
 * @throws Error if the user has it on already
 * @example
 * const { phone, recoveryCodes } = await enroll(twoFactor, 'ann')
 * await twoFactor.verify('ann', { code: phone.next() })
 */
export async function enroll(
  twoFactor: TwoFactor,
  userId: string,
): Promise<{ phone: VirtualAuthenticator; recoveryCodes: string[] }> {
  const secret = generateSecret()
  const recoveryCodes = makeRecoveryCodes(RECOVERY_CODES, RECOVERY_CODE_CHARACTERS.sealed, randomBytes)
  const { imported } = await twoFactor.admin.importUser(userId, {
    authenticators: [{ secret, name: 'Virtual phone' }],
    recoveryCodes,
  })
  if (!imported) throw new Error(`enroll: the user already has two-factor authentication on. Enroll each user once.`)
  const uri = buildOtpauthUri({ issuer: 'Countersign', accountName: 'virtual', secret })
  return { phone: virtualAuthenticator(uri, { now: clockOf(twoFactor) }), recoveryCodes }
}

/** The `now` of createTwoFactor; for another implementation of TwoFactor, the system's clock. */
function clockOf(twoFactor: TwoFactor): () => number {
  const clock: unknown = Reflect.get(twoFactor, CLOCK)
  return typeof clock === 'function' ? () => Number(clock()) : () => Date.now()
}
