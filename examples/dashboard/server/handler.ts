import { createHandler, type TwoFactorHandler } from 'countersign/http'
import { getContext } from 'hono/context-storage'
import { Refused } from './replies.ts'
import { addressOf, requestContext } from './request-context.ts'
import type { Services } from './services.ts'
import { publicUser } from './users.ts'

export interface HandlerNeeds extends Omit<Services, 'handler'> {
  publicOrigin: string | undefined
  now: () => number
}

/** Everything that people do to their own second factor and tokens, under /api/two-factor; and the way in. */
export function createDashboardHandler(needs: HandlerNeeds): TwoFactorHandler {
  const { twoFactor, tokens, users, sessions, publicOrigin, now } = needs
  return createHandler({
    twoFactor,
    tokens,
    basePath: '/api/two-factor',
    allowedOrigins: publicOrigin === undefined ? undefined : [publicOrigin],
    secureCookies: publicOrigin?.startsWith('https:') ?? false,
    context: (request) => requestContext(request, addressOf(getContext()), sessions.idIn(request)),
    now,

    async authenticate(request) {
      const session = await sessions.find(request)
      const user = session && (await users.byId(session.userId))
      return user && { userId: user.id, accountName: user.login }
    },

    /** The only place that opens sessions; the one that the client came with ends. */
    async openSession(userId, { request }) {
      const user = await users.byId(userId)
      if (!user) throw new Refused(401, 'signed-out')
      await sessions.end(sessions.idIn(request))
      const { token, cookie } = await sessions.open(userId)
      // Browsers say where a request comes from. Their session stays where no script of a page can read it.
      const isScript = !request.headers.has('sec-fetch-site')
      return Response.json(
        { user: publicUser(user), ...(isScript && { sessionToken: token }) },
        { headers: { 'Set-Cookie': cookie } },
      )
    },
  })
}
