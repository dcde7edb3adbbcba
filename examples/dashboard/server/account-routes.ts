import { Hono } from 'hono'
import * as v from 'valibot'
import { type Answers, MIN_PASSWORD_LENGTH } from '../answers.ts'
import { Refused, readBody } from './replies.ts'
import { addressOf, requestContext } from './request-context.ts'
import type { Services, SignedInEnv } from './services.ts'
import { publicUser } from './users.ts'

const ChangePasswordBody = v.strictObject({ currentPassword: v.string(), newPassword: v.string() })
const NothingBody = v.strictObject({})

/** The account itself: who is signed in, the password, what happened lately, signing out. */
export function accountRoutes(services: Services): Hono<SignedInEnv> {
  const { users, sessions, activity, passwordLimit, twoFactor, tokens } = services
  const routes = new Hono<SignedInEnv>()

  routes.get('/Me', (c) => c.json<Answers['Me']>({ user: publicUser(c.var.user) }))

  routes.get('/Activity', async (c) => {
    return c.json<Answers['Activity']>({ entries: await activity.list(c.var.user.id) })
  })

  routes.post('/ChangePassword', async (c) => {
    const { currentPassword, newPassword } = await readBody(c, ChangePasswordBody)
    const { user, session } = c.var
    const address = addressOf(c)
    const wait = passwordLimit.take(address, user.login)
    if (wait > 0) throw new Refused(429, 'too-many-attempts', { retryAfterSeconds: wait })
    if (!(await users.checkPassword(user.id, currentPassword))) throw new Refused(422, 'wrong-password')
    passwordLimit.clear(address, user.login)
    if (newPassword.length < MIN_PASSWORD_LENGTH) throw new Refused(422, 'weak-password')

    // Whoever knew the old password has nothing left by which to stay: no session, no token, no trusted device.
    const context = requestContext(c.req.raw, address, session.id)
    await users.setPassword(user.id, newPassword)
    await sessions.endAll(user.id, { except: session.id })
    await tokens.revokeAll(user.id, { context })
    await twoFactor.passwordChanged(user.id, { context, deviceName: context.browser ?? undefined })
    return c.json({})
  })

  routes.post('/SignOut', async (c) => {
    await readBody(c, NothingBody)
    await sessions.end(c.var.session.id)
    c.header('Set-Cookie', sessions.endCookie)
    return c.json({})
  })

  return routes
}
