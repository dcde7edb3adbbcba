import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import type { TwoFactorAnswer } from '../answers.ts'
import { readBody, refuse, reply } from './replies.ts'
import { requestContext } from './request-context.ts'
import { scanOffer } from './scan-offer.ts'
import type { Services, SignedInEnv } from './services.ts'
import { AUTHENTICATOR_NAME } from './two-factor.ts'

const password = v.string()
const PasswordBody = v.strictObject({ password })
/** What a person may call an authenticator: countersign takes no longer name, and none with control characters. */
const name = v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxBytes(64), v.regex(/^[^\p{Cc}\p{Surrogate}]*$/u))
const BeginSetupBody = v.strictObject({
  password,
  name: v.optional(name),
  replaces: v.optional(v.string()),
})
const CodeBody = v.strictObject({ code: v.string() })
const RenameBody = v.strictObject({ id: v.string(), name })
const RemoveBody = v.strictObject({ id: v.string(), password })
const RevokeBody = v.strictObject({ id: v.optional(v.string()) })

/** What a signed-in person does to their own second factor. */
export function twoFactorRoutes({ cookies, twoFactor }: Services): Hono<SignedInEnv> {
  const routes = new Hono<SignedInEnv>()
  const caller = (c: Context<SignedInEnv>) => ({
    device: cookies.readDevice(c, c.var.user.id),
    context: requestContext(c, c.var.session.id),
  })

  routes.get('/TwoFactor', async (c) => {
    return c.json<TwoFactorAnswer>({ ok: true, status: await twoFactor.status(c.var.user.id) })
  })

  routes.post('/BeginSetup', async (c) => {
    const { password, name = AUTHENTICATOR_NAME, replaces } = await readBody(c, BeginSetupBody)
    const offer = await twoFactor.beginSetup(c.var.user.id, {
      confirm: { password },
      accountName: c.var.user.login,
      name,
      replaces,
      ...caller(c),
    })
    return offer.ok ? c.json({ ok: true, ...scanOffer(offer) }) : refuse(c, offer)
  })

  routes.post('/ConfirmSetup', async (c) => {
    const { code } = await readBody(c, CodeBody)
    const result = await twoFactor.confirmSetup(c.var.user.id, { code, ...caller(c) })
    if (!result.ok) return refuse(c, result)
    const { device, ...forThePage } = result
    cookies.writeDevice(c, c.var.user.id, device)
    return c.json(forThePage)
  })

  routes.post('/ViewRecoveryCodes', async (c) => {
    const { password } = await readBody(c, PasswordBody)
    return reply(c, await twoFactor.viewRecoveryCodes(c.var.user.id, { confirm: { password }, ...caller(c) }))
  })

  routes.post('/RegenerateRecoveryCodes', async (c) => {
    const { password } = await readBody(c, PasswordBody)
    return reply(c, await twoFactor.regenerateRecoveryCodes(c.var.user.id, { confirm: { password }, ...caller(c) }))
  })

  routes.post('/RenameAuthenticator', async (c) => {
    const { id, name } = await readBody(c, RenameBody)
    return reply(c, await twoFactor.renameAuthenticator(c.var.user.id, { id, name, ...caller(c) }))
  })

  routes.post('/RemoveAuthenticator', async (c) => {
    const { id, password } = await readBody(c, RemoveBody)
    return reply(c, await twoFactor.removeAuthenticator(c.var.user.id, { id, confirm: { password }, ...caller(c) }))
  })

  routes.post('/RevokeTrustedDevices', async (c) => {
    const { id } = await readBody(c, RevokeBody)
    return reply(c, await twoFactor.revokeTrustedDevices(c.var.user.id, { id, ...caller(c) }))
  })

  routes.post('/Disable2FA', async (c) => {
    const { password } = await readBody(c, PasswordBody)
    return reply(c, await twoFactor.disable(c.var.user.id, { confirm: { password }, ...caller(c) }))
  })

  return routes
}
