import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import type { SignInAnswer, User, Verify2FACodeAnswer } from '../answers.ts'
import { browserName } from './browser-name.ts'
import { isBrowser } from './guard.ts'
import { RequestRefused, readBody, refuse } from './replies.ts'
import { addressOf, requestContext } from './request-context.ts'
import { scanOffer } from './scan-offer.ts'
import type { Services } from './services.ts'
import { AUTHENTICATOR_NAME } from './two-factor.ts'
import type { StoredUser } from './users.ts'

const SignInBody = v.strictObject({ login: v.string(), password: v.string() })
const Verify2FACodeBody = v.strictObject({
  challengeToken: v.string(),
  code: v.string(),
  trustDevice: v.optional(v.boolean()),
})

/** The way in: `SignIn` takes the password, `Verify2FACode` the code. The only routes that open a session. */
export function signInRoutes(services: Services): Hono {
  const { users, sessions, cookies, passwordLimit, twoFactor } = services
  const routes = new Hono()

  routes.post('/SignIn', async (c) => {
    const { login, password } = await readBody(c, SignInBody)
    const wait = passwordLimit.take(addressOf(c), login)
    if (wait > 0) throw new RequestRefused(429, 'too-many-attempts', wait)
    const user = await users.authenticate(login, password)
    if (!user) throw new RequestRefused(401, 'wrong-login')
    passwordLimit.clear(addressOf(c), login)

    const binding = cookies.writeSignIn(c, user.id)
    const asked = { binding: isBrowser(c) ? binding : undefined, context: requestContext(c, null) }
    const challenge = await twoFactor.challenge(user.id, { device: cookies.readDevice(c, user.id), ...asked })
    if (!challenge.required) {
      return c.json<SignInAnswer>({ ok: true, signedIn: true, ...(await openSession(c, user)) })
    }

    const { token: challengeToken, action, methods } = challenge
    if (action === 'code') return c.json<SignInAnswer>({ ok: true, signedIn: false, action, challengeToken, methods })

    const label = { accountName: user.login, name: AUTHENTICATOR_NAME }
    const offer = await twoFactor.beginRequiredSetup(challengeToken, { ...label, ...asked })
    if (!offer.ok) return refuse(c, offer)
    return c.json<SignInAnswer>({ ok: true, signedIn: false, action, challengeToken, setup: scanOffer(offer) })
  })

  routes.post('/Verify2FACode', async (c) => {
    const { challengeToken, code, trustDevice } = await readBody(c, Verify2FACodeBody)
    const signIn = cookies.readSignIn(c)
    const result = await twoFactor.completeChallenge(challengeToken, {
      code,
      trustDevice,
      device: signIn?.device,
      binding: isBrowser(c) ? signIn?.binding : undefined,
      deviceName: browserName(c.req.header('user-agent') ?? ''),
      context: requestContext(c, null),
    })
    if (!result.ok) return refuse(c, result)

    cookies.writeDevice(c, result.userId, result.device)
    const user = await users.byId(result.userId)
    if (!user) throw new RequestRefused(401, 'signed-out')
    const { method, recoveryCodesLeft, recoveryCodes, device } = result
    return c.json<Verify2FACodeAnswer>({
      ok: true,
      method,
      recoveryCodesLeft,
      deviceTrusted: device.trusted,
      ...(recoveryCodes && { recoveryCodes }),
      ...(await openSession(c, user)),
    })
  })

  /** A new session each time; the one that the client came with ends. A page's scripts never see its token. */
  async function openSession(c: Context, user: StoredUser): Promise<{ user: User; sessionToken?: string }> {
    const before = await sessions.find(cookies.readSession(c) ?? '')
    if (before) await sessions.end(before.id)
    const token = await sessions.open(user.id)
    cookies.writeSession(c, token)
    cookies.clearSignIn(c)
    return { user: publicUser(user), ...(isBrowser(c) ? {} : { sessionToken: token }) }
  }

  return routes
}

export const publicUser = ({ login, name, isAdmin }: StoredUser): User => ({ login, name, isAdmin })
