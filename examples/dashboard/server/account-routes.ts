import { Hono } from 'hono'
import * as v from 'valibot'
import { type ActivityAnswer, type DoneAnswer, type MeAnswer, MIN_PASSWORD_LENGTH } from '../answers.ts'
import { RequestRefused, readBody, refuse } from './replies.ts'
import { addressOf, requestContext } from './request-context.ts'
import type { Services, SignedInEnv } from './services.ts'
import { publicUser } from './sign-in.ts'
import { ISSUER } from './two-factor.ts'

const ChangePasswordBody = v.strictObject({ currentPassword: v.string(), newPassword: v.string() })
const NothingBody = v.strictObject({})

/** The account itself: who is signed in, the password, what happened lately, signing out. */
export function accountRoutes(services: Services): Hono<SignedInEnv> {
  const { users, sessions, activity, cookies, passwordLimit, twoFactor } = services
  const routes = new Hono<SignedInEnv>()

  routes.get('/Me', (c) => c.json<MeAnswer>({ ok: true, user: publicUser(c.var.user), issuer: ISSUER }))

  routes.get('/Activity', async (c) => {
    return c.json<ActivityAnswer>({ ok: true, entries: await activity.list(c.var.user.id) })
  })

  routes.post('/ChangePassword', async (c) => {
    const { currentPassword, newPassword } = await readBody(c, ChangePasswordBody)
    const { user, session } = c.var
    const wait = passwordLimit.take(addressOf(c), user.login)
    if (wait > 0) throw new RequestRefused(429, 'too-many-attempts', wait)
    if (!(await users.checkPassword(user.id, currentPassword))) {
      return refuse(c, { ok: false, reason: 'wrong-password', retryAfterSeconds: null })
    }
    passwordLimit.clear(addressOf(c), user.login)
    if (newPassword.length < MIN_PASSWORD_LENGTH) throw new RequestRefused(422, 'weak-password')

    await users.setPassword(user.id, newPassword)
    await sessions.endAll(user.id, { except: session.id })
    await twoFactor.passwordChanged(user.id, { context: requestContext(c, session.id) })
    return c.json<DoneAnswer>({ ok: true })
  })

  routes.post('/SignOut', async (c) => {
    await readBody(c, NothingBody)
    await sessions.end(c.var.session.id)
    cookies.clearSession(c)
    return c.json<DoneAnswer>({ ok: true })
  })

  return routes
}
