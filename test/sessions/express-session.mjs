import { createHandler } from 'countersign/http'
import { nodeRequestOf, toNodeHandler } from 'countersign/http/node'
import express from 'express'
import session from 'express-session'

const MONTH = 30 * 24 * 60 * 60 * 1000

export function createApp({ users, twoFactor, secret, store }) {
  const app = express()
  app.use(express.json())
  app.use(
    session({ store, secret, resave: false, saveUninitialized: false, cookie: { sameSite: 'lax', secure: 'auto' } }),
  )

  const handler = createHandler({
    twoFactor,
    authenticate: async (request) => {
      const { session } = nodeRequestOf(request)
      return (await mayEnter(session)) ? accountOf(session) : null
    },
    openSession: async (userId, { request, method, state }) => {
      const passedSecondStep = method !== 'not-enabled'
      await newSession(nodeRequestOf(request), { userId, passedSecondStep, rememberMe: state?.rememberMe })
      return {} // express-session sets the cookie
    },
    onSetupConfirmed: async (userId, { request }) => {
      const req = nodeRequestOf(request)
      await newSession(req, { userId, passedSecondStep: true, rememberMe: isRemembered(req.session) })
      return {}
    },
  })
  app.use('/two-factor', toNodeHandler(handler))

  app.post('/sign-in', async (req, res, next) => {
    const { login, password, rememberMe } = req.body ?? {}
    const user = await users.check(login, password)
    if (user === null) return res.status(401).json({ reason: 'wrong-password' })
    const details = {
      userId: user.id,
      accountName: user.login,
      amr: ['pwd'],
      state: { rememberMe: rememberMe === true },
    }
    return toNodeHandler((request) => handler.signIn(request, details))(req, res, next)
  })

  // For a session that was opened before its user turned on two-factor authentication.
  app.post('/second-step', (req, res, next) => {
    if (req.session.userId === undefined) return res.status(401).json({ reason: 'not-signed-in' })
    const state = { rememberMe: isRemembered(req.session) }
    return toNodeHandler((request) => handler.signIn(request, { ...accountOf(req.session), state }))(req, res, next)
  })

  app.post('/sign-out', (req, res, next) => {
    req.session.destroy((fault) => (fault ? next(fault) : res.clearCookie('connect.sid').json({})))
  })

  app.get('/account', requireUser, (req, res) => res.json({ userId: req.session.userId }))

  async function requireUser(req, res, next) {
    if (await mayEnter(req.session)) return next()
    const reason = req.session.userId === undefined ? 'not-signed-in' : 'second-step-required'
    return res.status(reason === 'not-signed-in' ? 401 : 403).json({ reason })
  }

  async function mayEnter({ userId, passedSecondStep }) {
    if (userId === undefined) return false
    return passedSecondStep || !(await twoFactor.status(userId)).enabled
  }

  function accountOf({ userId }) {
    return { userId, accountName: users.find(userId).login }
  }

  return app
}

/** Under another id than before, so that a copied or planted cookie opens nothing. */
async function newSession(req, { userId, passedSecondStep, rememberMe }) {
  await new Promise((resolve, reject) => req.session.regenerate((fault) => (fault ? reject(fault) : resolve())))
  Object.assign(req.session, { userId, passedSecondStep })
  if (rememberMe) req.session.cookie.maxAge = MONTH
}

const isRemembered = ({ cookie }) => cookie.maxAge !== null
