import { betterAuth } from 'better-auth'
import { APIError, createAuthEndpoint, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { toNodeHandler as toBetterAuthHandler } from 'better-auth/node'
import { createHandler } from 'countersign/http'
import { toNodeHandler } from 'countersign/http/node'
import express from 'express'

/** What a session may be used for before its second step. `/` is `passSecondStep`, which has no path. */
const BEFORE_SECOND_STEP = ['/', '/get-session', '/sign-out', '/sign-in/*', '/callback/*']

/** A plugin for better-auth: it notes in the session that the second step was passed, and refuses its routes before. */
function secondStep({ twoFactor }) {
  return {
    id: 'countersign',
    schema: { session: { fields: { passedSecondStep: { type: 'boolean', required: false, input: false } } } },
    hooks: {
      before: [
        {
          matcher: () => true,
          handler: createAuthMiddleware(async (ctx) => {
            if (BEFORE_SECOND_STEP.some((path) => isUnder(ctx.path, path))) return
            const session = await getSessionFromCtx(ctx)
            if (session === null || (await mayEnter(session, twoFactor))) return
            throw new APIError('FORBIDDEN', { message: 'second-step-required' })
          }),
        },
      ],
    },
    endpoints: {
      /** Replaces the session with a new one. It has no path, so only the server can call it. */
      passSecondStep: createAuthEndpoint({ method: 'POST', requireHeaders: true }, async (ctx) => {
        const { session, user } = await getSessionFromCtx(ctx)
        const { internalAdapter, authCookies, secret } = ctx.context
        const isShort = (await ctx.getSignedCookie(authCookies.dontRememberToken.name, secret)) === 'true'
        const passed = await internalAdapter.createSession(user.id, isShort, { passedSecondStep: true })
        await setSessionCookie(ctx, { session: passed, user }, isShort)
        await internalAdapter.deleteSession(session.token)
        return ctx.json({})
      }),
    },
  }
}

export function createApp({ twoFactor, secret, database, baseURL }) {
  const auth = betterAuth({
    baseURL,
    secret,
    database,
    emailAndPassword: { enabled: true },
    plugins: [secondStep({ twoFactor })],
  })

  const app = express()
  app.all('/api/auth/*splat', toBetterAuthHandler(auth))
  app.use(express.json())

  const handler = createHandler({
    twoFactor,
    authenticate: async ({ headers }) => {
      const found = await auth.api.getSession({ headers })
      return (await mayEnter(found, twoFactor)) ? accountOf(found) : null
    },
    openSession: async (userId, { request, method }) => {
      const found = await auth.api.getSession({ headers: request.headers })
      if (found?.user.id !== userId) return Response.json({ reason: 'not-signed-in' }, { status: 401 })
      if (method === 'not-enabled') return {} // the session that better-auth opened will do
      return newSession(request)
    },
    onSetupConfirmed: (_userId, { request }) => newSession(request),
  })
  app.use('/two-factor', toNodeHandler(handler))

  // The page calls it after every sign-in of better-auth.
  app.post('/second-step', async (req, res, next) => {
    const found = await auth.api.getSession({ headers: new Headers(req.headers) })
    if (found === null) return res.status(401).json({ reason: 'not-signed-in' })
    return toNodeHandler((request) => handler.signIn(request, accountOf(found)))(req, res, next)
  })

  app.get('/account', requireUser, (_req, res) => res.json({ userId: res.locals.user.id }))

  async function newSession(request) {
    const { headers } = await auth.api.passSecondStep({ headers: request.headers, returnHeaders: true })
    return headers
  }

  async function requireUser(req, res, next) {
    const found = await auth.api.getSession({ headers: new Headers(req.headers) })
    res.locals.user = found?.user
    if (await mayEnter(found, twoFactor)) return next()
    return res.status(found ? 403 : 401).json({ reason: found ? 'second-step-required' : 'not-signed-in' })
  }

  return { app, auth }
}

async function mayEnter(found, twoFactor) {
  if (!found) return false
  return found.session.passedSecondStep === true || !(await twoFactor.status(found.user.id)).enabled
}

function accountOf({ user }) {
  return { userId: user.id, accountName: user.email }
}

function isUnder(path, pattern) {
  return pattern.endsWith('/*') ? path?.startsWith(pattern.slice(0, -1)) : path === pattern
}
