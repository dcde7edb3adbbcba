import type { MiddlewareHandler } from 'hono'
import { RequestRefused } from './replies.ts'
import type { Services, SignedInEnv } from './services.ts'

/** Lets through who has a session: a browser by its cookie, a script by `Authorization: Bearer` or its cookie jar. */
export function signedIn({ users, sessions, cookies }: Services): MiddlewareHandler<SignedInEnv> {
  return async (c, next) => {
    const bearer = /^Bearer (\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    const session = await sessions.find(bearer ?? cookies.readSession(c) ?? '')
    const user = session && (await users.byId(session.userId))
    if (!session || !user) throw new RequestRefused(401, 'signed-out')
    c.set('session', session)
    c.set('user', user)
    await next()
  }
}

export const onlyAdmins: MiddlewareHandler<SignedInEnv> = async (c, next) => {
  if (!c.var.user.isAdmin) throw new RequestRefused(403, 'forbidden')
  await next()
}
