import { createHandler } from 'countersign/http'
import { nodeRequestOf, toNodeHandler } from 'countersign/http/node'
import express from 'express'
import session from 'express-session'
import { Passport } from 'passport'
import { Strategy as LocalStrategy } from 'passport-local'

const MONTH = 30 * 24 * 60 * 60 * 1000

export function createApp({ users, twoFactor, secret, store }) {
  const passport = new Passport()
  passport.serializeUser((user, done) => done(null, user.id))
  passport.deserializeUser((id, done) => done(null, users.find(id)))
  passport.use(
    new LocalStrategy({ usernameField: 'login' }, (login, password, done) => {
      users.check(login, password).then((user) => done(null, user ?? false), done)
    }),
  )

  const app = express()
  app.use(express.json())
  app.use(
    session({ store, secret, resave: false, saveUninitialized: false, cookie: { sameSite: 'lax', secure: 'auto' } }),
  )
  app.use(passport.session())

  const handler = createHandler({
    twoFactor,
    authenticate: async (request) => {
      const req = nodeRequestOf(request)
      return (await mayEnter(req)) ? accountOf(req.user) : null
    },
    openSession: async (userId, { request, method, state }) => {
      const passedSecondStep = method !== 'not-enabled'
      await newSession(nodeRequestOf(request), { userId, passedSecondStep, rememberMe: state?.rememberMe })
      return {} // Passport sets the session's cookie
    },
    onSetupConfirmed: async (userId, { request }) => {
      const req = nodeRequestOf(request)
      await newSession(req, { userId, passedSecondStep: true, rememberMe: req.session.cookie.maxAge !== null })
      return {}
    },
  })
  app.use('/two-factor', toNodeHandler(handler))

  /** The last step of every sign-in. `session: false` keeps Passport from opening a session by itself. */
  const secondStep = toNodeHandler((request) => {
    const { user, body } = nodeRequestOf(request)
    return handler.signIn(request, { ...accountOf(user), state: { rememberMe: body?.rememberMe === true } })
  })
  app.post('/sign-in', passport.authenticate('local', { session: false }), secondStep)
  // app.get('/auth/github/callback', passport.authenticate('github', { session: false }), secondStep)

  // For a session that was opened before its user turned on two-factor authentication.
  app.post('/second-step', (req, res, next) =>
    req.user ? secondStep(req, res, next) : res.status(401).json({ reason: 'not-signed-in' }),
  )

  app.post('/sign-out', (req, res, next) => {
    req.logOut((fault) => (fault ? next(fault) : res.json({})))
  })

  app.get('/account', requireUser, (req, res) => res.json({ userId: req.user.id }))

  /** `logIn` gives the session another id, so that a copied or planted cookie opens nothing. */
  async function newSession(req, { userId, passedSecondStep, rememberMe }) {
    const user = users.find(userId)
    await new Promise((resolve, reject) => req.logIn(user, (fault) => (fault ? reject(fault) : resolve())))
    req.session.passedSecondStep = passedSecondStep
    if (rememberMe) req.session.cookie.maxAge = MONTH
  }

  async function requireUser(req, res, next) {
    if (await mayEnter(req)) return next()
    return res.status(req.user ? 403 : 401).json({ reason: req.user ? 'second-step-required' : 'not-signed-in' })
  }

  async function mayEnter({ user, session }) {
    if (!user) return false
    return session.passedSecondStep === true || !(await twoFactor.status(user.id)).enabled
  }

  function accountOf(user) {
    return { userId: user.id, accountName: user.login }
  }

  return app
}
