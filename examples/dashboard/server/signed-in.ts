import type { MiddlewareHandler } from 'hono'
import { Refused } from './replies.ts'
import type { Services, SignedInEnv } from './services.ts'

/** Lets through who has a session. */
export function signedIn({ users, sessions }: Services): MiddlewareHandler<SignedInEnv> {
  return async (c, next) => {
    const session = await sessions.find(c.req.raw)
    const user = session && (await users.byId(session.userId))
    if (!session || !user) throw new Refused(401, 'signed-out')
    c.set('session', session)
    c.set('user', user)
    await next()
  }
}

export const onlyAdmins: MiddlewareHandler<SignedInEnv> = async (c, next) => {
  if (!c.var.user.isAdmin) throw new Refused(403, 'forbidden')
  await next()
}
