import { encode, getToken } from '@auth/core/jwt'
import { ExpressAuth, getSession } from '@auth/express'
import Credentials from '@auth/express/providers/credentials'
import { createHandler } from 'countersign/http'
import { toNodeHandler } from 'countersign/http/node'
import express from 'express'

const MONTH_SECONDS = 30 * 24 * 60 * 60

export function createApp({ users, twoFactor, secret }) {
  const authConfig = {
    secret,
    trustHost: true,
    session: { strategy: 'jwt', maxAge: MONTH_SECONDS },
    providers: [
      Credentials({
        credentials: { login: {}, password: {} },
        authorize: async ({ login, password }) => users.check(login, password),
      }),
    ],
    callbacks: {
      // Only the server writes `passedSecondStep`. Copy nothing from an `update`: a browser sends that.
      session: ({ session, token }) => ({
        ...session,
        userId: token.sub,
        passedSecondStep: token.passedSecondStep === true,
      }),
    },
  }

  const app = express()
  app.use(/^\/auth\/(.+)/, ExpressAuth(authConfig))
  app.use(express.json())

  const handler = createHandler({
    twoFactor,
    authenticate: async (request) => {
      const session = await getSession(asExpress(request), authConfig)
      return (await mayEnter(session)) ? accountOf(session) : null
    },
    openSession: (userId, { request, method }) => newSession(request, userId, method !== 'not-enabled'),
    onSetupConfirmed: (userId, { request }) => newSession(request, userId, true),
  })
  app.use('/two-factor', toNodeHandler(handler))

  // The page calls it after every sign-in of Auth.js, by password or by a provider.
  app.post('/second-step', async (req, res, next) => {
    const session = await getSession(req, authConfig)
    if (session === null) return res.status(401).json({ reason: 'not-signed-in' })
    return toNodeHandler((request) => handler.signIn(request, accountOf(session)))(req, res, next)
  })

  app.get('/account', requireUser, (_req, res) => res.json({ userId: res.locals.session.userId }))

  async function newSession(request, userId, passedSecondStep) {
    const secureCookie = request.url.startsWith('https:')
    const cookieName = `${secureCookie ? '__Secure-' : ''}authjs.session-token`
    const token = await getToken({ req: request, secret, secureCookie, cookieName })
    if (token?.sub !== userId) return Response.json({ reason: 'not-signed-in' }, { status: 401 })
    const value = await encode({
      token: { ...token, passedSecondStep },
      secret,
      salt: cookieName,
      maxAge: MONTH_SECONDS,
    })
    const attributes = `Path=/; HttpOnly; SameSite=Lax; Max-Age=${MONTH_SECONDS}${secureCookie ? '; Secure' : ''}`
    return { 'Set-Cookie': `${cookieName}=${value}; ${attributes}` }
  }

  async function requireUser(req, res, next) {
    const session = await getSession(req, authConfig)
    res.locals.session = session
    if (await mayEnter(session)) return next()
    return res.status(session ? 403 : 401).json({ reason: session ? 'second-step-required' : 'not-signed-in' })
  }

  async function mayEnter(session) {
    if (session === null) return false
    return session.passedSecondStep || !(await twoFactor.status(session.userId)).enabled
  }

  function accountOf({ userId }) {
    return { userId, accountName: users.find(userId).login }
  }

  return app
}

/** What `getSession` reads of a request. */
function asExpress(request) {
  const { protocol } = new URL(request.url)
  return { protocol: protocol.slice(0, -1), headers: Object.fromEntries(request.headers) }
}
