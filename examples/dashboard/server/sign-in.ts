import type { SignInAnswer } from 'countersign/http'
import { Hono } from 'hono'
import * as v from 'valibot'
import { lastReset } from '../answers.ts'
import { Refused, readBody } from './replies.ts'
import { addressOf } from './request-context.ts'
import type { Services } from './services.ts'

const SignInBody = v.strictObject({ login: v.string(), password: v.string() })

/** The way in: `SignIn` takes the password, `Verify2FACode` the code. */
export function signInRoutes({ users, passwordLimit, handler, activity }: Services): Hono {
  const routes = new Hono()

  routes.post('/SignIn', async (c) => {
    const { login, password } = await readBody(c, SignInBody)
    const wait = passwordLimit.take(addressOf(c), login)
    if (wait > 0) throw new Refused(429, 'too-many-attempts', { retryAfterSeconds: wait })
    const user = await users.authenticate(login, password)
    if (!user) throw new Refused(401, 'wrong-login')
    passwordLimit.clear(addressOf(c), login)
    const response = await handler.signIn(c.req.raw, { userId: user.id, accountName: user.login })
    const answer: SignInAnswer = await response.clone().json()
    if (answer.signedIn || answer.action === 'verify') return response
    // Two-factor authentication is required and off: the setup says so if a reset is why.
    const resetAtMs = lastReset(await activity.list(user.id))
    return Response.json({ ...answer, resetAtMs }, { headers: response.headers })
  })

  // The name that scripts know it by.
  routes.post('/Verify2FACode', (c) => {
    return handler(new Request(new URL('/api/two-factor/complete-challenge', c.req.url), c.req.raw))
  })

  return routes
}
