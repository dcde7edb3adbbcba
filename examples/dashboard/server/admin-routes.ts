import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import type { Answers, ListedUser } from '../answers.ts'
import { Refused, readBody } from './replies.ts'
import { addressOf, requestContext } from './request-context.ts'
import type { Services, SignedInEnv } from './services.ts'
import { publicUser, type StoredUser } from './users.ts'

const RequiredBody = v.strictObject({ userId: v.string(), required: v.boolean() })
const StaffBody = v.strictObject({
  userId: v.string(),
  note: v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(500)),
})

/** What the company's own staff does for somebody. Mounted behind `onlyAdmins`: the engine asks for no proof here. */
export function adminRoutes({ users, sessions, twoFactor, tokens }: Services): Hono<SignedInEnv> {
  const routes = new Hono<SignedInEnv>()
  const staff = (c: Context<SignedInEnv>) => ({
    by: c.var.user.login,
    context: requestContext(c.req.raw, addressOf(c), c.var.session.id),
  })

  routes.get('/Users', async (c) => {
    const listed = await Promise.all((await users.list()).map(describe))
    return c.json<Answers['Admin/Users']>({ users: listed })
  })

  routes.post('/SetTwoFactorRequired', async (c) => {
    const { userId, required } = await readBody(c, RequiredBody)
    await mustExist(userId)
    await users.setTwoFactorRequired(userId, required)
    // Who signed in by the password alone comes in again, through the setup.
    if (required) await sessions.endAll(userId, { except: c.var.session.id })
    return c.json({})
  })

  routes.post('/ResetTwoFactor', async (c) => {
    const { userId, note } = await readBody(c, StaffBody)
    await mustExist(userId)
    await twoFactor.admin.reset(userId, { note, ...staff(c) })
    await tokens.revokeAll(userId, staff(c))
    return c.json({})
  })

  routes.post('/UnlockTwoFactor', async (c) => {
    const { userId, note } = await readBody(c, StaffBody)
    await mustExist(userId)
    const result = await twoFactor.admin.unlock(userId, { note, ...staff(c) })
    if (!result.ok) throw new Refused(409, result.reason)
    return c.json({})
  })

  async function mustExist(userId: string): Promise<void> {
    if (!(await users.byId(userId))) throw new Refused(404, 'not-found')
  }

  async function describe(user: StoredUser): Promise<ListedUser> {
    const status = await twoFactor.status(user.id).catch(() => null)
    return {
      id: user.id,
      ...publicUser(user),
      twoFactorRequired: user.twoFactorRequired,
      twoFactor: status === null ? 'unreadable' : status.enabled ? 'on' : 'off',
      enabledAtMs: status?.enabledAtMs ?? null,
      isHeldUp: status !== null && Object.values(status.throttle).some(({ state }) => state !== 'open'),
    }
  }

  return routes
}
