import type { VerifyProofResult } from 'countersign'
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import type { Answers, ListedUser } from '../answers.ts'
import { Refused, readBody } from './replies.ts'
import { addressOf, requestContext } from './request-context.ts'
import type { Services, SignedInEnv } from './services.ts'
import { publicUser, type StoredUser } from './users.ts'

/** Of the administrator who asks. */
const Proof = v.union([v.strictObject({ password: v.string() }), v.strictObject({ code: v.string() })])
const RequiredBody = v.strictObject({ userId: v.string(), proof: Proof, required: v.boolean() })
const StaffBody = v.strictObject({
  userId: v.string(),
  proof: Proof,
  note: v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(500)),
})

/**
 * What the company's own staff does for somebody. Mounted behind `onlyAdmins`. `twoFactor.admin` asks for no proof, so these
 * routes ask for the administrator's own: an open session alone changes nobody else's account.
 */
export function adminRoutes({ users, sessions, twoFactor, tokens }: Services): Hono<SignedInEnv> {
  const routes = new Hono<SignedInEnv>()
  const staff = (c: Context<SignedInEnv>) => ({
    by: c.var.user.login,
    context: requestContext(c.req.raw, addressOf(c), c.var.session.id),
  })

  routes.get('/Users', async (c) => {
    const listed = await Promise.all((await users.list()).map((user) => describe(user, user.id === c.var.user.id)))
    const isProtected = listed.some(({ isOwn, twoFactor }) => isOwn && twoFactor === 'on')
    return c.json<Answers['Admin/Users']>({ users: listed, isProtected })
  })

  routes.post('/SetTwoFactorRequired', async (c) => {
    const { userId, required, proof } = await readBody(c, RequiredBody)
    await mustBeAnother(c, userId)
    await mustProve(c, proof)
    await users.setTwoFactorRequired(userId, required)
    // Whoever signed in with the password alone signs in again, and sets it up then.
    const signedOut = required && !(await isOn(userId).catch(() => false))
    if (signedOut) await sessions.endAll(userId, { except: null })
    return c.json<Answers['Admin/SetTwoFactorRequired']>({ signedOut })
  })

  routes.post('/ResetTwoFactor', async (c) => {
    const { userId, note, proof } = await readBody(c, StaffBody)
    await mustBeAnother(c, userId)
    await mustProve(c, proof)
    await twoFactor.admin.reset(userId, { note, ...staff(c) })
    await tokens.revokeAll(userId, staff(c))
    return c.json({})
  })

  routes.post('/UnlockTwoFactor', async (c) => {
    const { userId, note, proof } = await readBody(c, StaffBody)
    await mustBeAnother(c, userId)
    await mustProve(c, proof)
    const result = await twoFactor.admin.unlock(userId, { note, ...staff(c) })
    if (!result.ok) throw new Refused(409, result.reason)
    return c.json({})
  })

  // For who lost everything, and was looked at: unlike a reset it leaves no time without a second factor.
  routes.post('/IssueRecoveryCode', async (c) => {
    const { userId, note, proof } = await readBody(c, StaffBody)
    await mustBeAnother(c, userId)
    await mustProve(c, proof)
    const result = await twoFactor.admin.issueRecoveryCode(userId, { note, ...staff(c) })
    if (!result.ok) throw new Refused(409, result.reason)
    const { recoveryCode, expiresAtMs } = result
    return c.json<Answers['Admin/IssueRecoveryCode']>({ recoveryCode, expiresAtMs })
  })

  /** Nobody is their own staff: a code or a reset for oneself would pass by the second factor, and nobody else would look. */
  async function mustBeAnother(c: Context<SignedInEnv>, userId: string): Promise<void> {
    if (userId === c.var.user.id) throw new Refused(403, 'own-account')
    if (!(await users.byId(userId))) throw new Refused(404, 'not-found')
  }

  /** An administrator without a second factor is the easiest way into everybody's account. */
  async function mustProve(c: Context<SignedInEnv>, proof: v.InferOutput<typeof Proof>): Promise<void> {
    const { user } = c.var
    if (!(await isOn(user.id))) throw new Refused(403, 'second-factor-needed')
    const proven = await twoFactor.verifyProof(user.id, { proof, context: staff(c).context })
    if (!proven.ok) throw refusedProof(proven)
  }

  async function isOn(userId: string): Promise<boolean> {
    return (await twoFactor.status(userId)).enabled
  }

  async function describe(user: StoredUser, isOwn: boolean): Promise<ListedUser> {
    const status = await twoFactor.status(user.id).catch(() => null)
    return {
      id: user.id,
      ...publicUser(user),
      twoFactorRequired: user.twoFactorRequired,
      twoFactor: status === null ? 'unreadable' : status.enabled ? 'on' : 'off',
      enabledAtMs: status?.enabledAtMs ?? null,
      isHeldUp: status !== null && Object.values(status.throttle).some(({ state }) => state !== 'open'),
      isOwn,
    }
  }

  return routes
}

function refusedProof({ reason, retryAfterSeconds }: Extract<VerifyProofResult, { ok: false }>): Refused {
  if (retryAfterSeconds !== null) return new Refused(429, 'too-many-attempts', { retryAfterSeconds })
  return new Refused(422, reason === 'wrong-password' ? 'wrong-password' : 'wrong-code')
}
