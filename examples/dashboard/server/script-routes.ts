import { Hono, type MiddlewareHandler } from 'hono'
import { Refused } from './replies.ts'
import type { Services } from './services.ts'
import { bearerIn } from './sessions.ts'
import { ISSUER } from './two-factor.ts'
import { publicUser, type StoredUser } from './users.ts'

interface ScriptEnv {
  Variables: { user: StoredUser }
}

/** The API that an access token opens: no session, no cookie. */
export function scriptRoutes({ tokens, users, activity }: Services): Hono<ScriptEnv> {
  const routes = new Hono<ScriptEnv>()
  routes.get('/me', needs('account:read'), (c) => c.json({ user: publicUser(c.var.user) }))
  routes.get('/activity', needs('activity:read'), async (c) => c.json({ entries: await activity.list(c.var.user.id) }))

  /** Lets through a token with this scope; says what is amiss as RFC 6750 §3 does. */
  function needs(scope: string): MiddlewareHandler<ScriptEnv> {
    return async (c, next) => {
      const token = bearerIn(c.req.raw)
      if (token === undefined) throw new Refused(401, 'invalid-token', challenge())
      const result = await tokens.verify(token, { scope })
      if (!result.ok && result.reason === 'scope') {
        throw new Refused(403, 'insufficient-scope', challenge(`error="insufficient_scope", scope="${scope}"`))
      }
      const user = result.ok ? await users.byId(result.userId) : null
      if (!user) throw new Refused(401, 'invalid-token', challenge('error="invalid_token"'))
      c.set('user', user)
      await next()
    }
  }

  return routes
}

function challenge(...details: string[]) {
  return { headers: { 'WWW-Authenticate': `Bearer ${[`realm="${ISSUER}"`, ...details].join(', ')}` } }
}
