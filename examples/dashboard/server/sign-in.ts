import { Hono } from 'hono'
import * as v from 'valibot'
import { Refused, readBody } from './replies.ts'
import { addressOf } from './request-context.ts'
import type { Services } from './services.ts'

const SignInBody = v.strictObject({ login: v.string(), password: v.string() })

/** The way in: `SignIn` takes the password, `Verify2FACode` the code. */
export function signInRoutes({ users, passwordLimit, handler }: Services): Hono {
  const routes = new Hono()

  routes.post('/SignIn', async (c) => {
    const { login, password } = await readBody(c, SignInBody)
    const wait = passwordLimit.take(addressOf(c), login)
    if (wait > 0) throw new Refused(429, 'too-many-attempts', { retryAfterSeconds: wait })
    const user = await users.authenticate(login, password)
    if (!user) throw new Refused(401, 'wrong-login')
    passwordLimit.clear(addressOf(c), login)
    return handler.signIn(c.req.raw, { userId: user.id, accountName: user.login })
  })

  // The name that scripts know it by.
  routes.post('/Verify2FACode', (c) => {
    return handler(new Request(new URL('/api/two-factor/complete-challenge', c.req.url), c.req.raw))
  })

  return routes
}
