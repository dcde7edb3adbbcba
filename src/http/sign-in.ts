import { checkOptionNames, checkOptions, optionNames } from '../options/groups.ts'
import { accountNameArgument } from '../two-factor/account-name.ts'
import type { SignInAnswer } from './api.ts'
import { openSession } from './open-session.ts'
import type { Settings, SignInDetails } from './options.ts'
import { reply } from './reply.ts'
import { requiredFrom } from './required-from.ts'
import { bindingOf, makeSignInCookie } from './sign-in-cookie.ts'

const DETAILS = /* @__PURE__ */ optionNames<SignInDetails>({
  userId: true,
  accountName: true,
  state: true,
  amr: true,
  expectEnabled: true,
})

/** The step after the first factor: a challenge for this browser, or the session. */
export async function signIn(settings: Settings, request: Request, details: SignInDetails): Promise<Response> {
  const { twoFactor, cookies } = settings
  checkOptions(details)
  checkOptionNames('handler.signIn', details, DETAILS)
  const { userId, accountName, state, amr, expectEnabled } = details
  const cookie = makeSignInCookie(accountNameArgument(accountName, userId))
  const challenge = await twoFactor.challenge(userId, {
    device: cookies.devices(request),
    binding: bindingOf(cookie),
    state,
    amr,
    expectEnabled,
    context: settings.context(request),
  })
  if (challenge.passed) {
    const { because: method, assurance } = challenge
    const required = requiredFrom(challenge)
    const host = await openSession(settings, userId, { request, method, state: state ?? null, assurance, ...required })
    return reply({ ok: true, answer: { signedIn: true, ...required } satisfies SignInAnswer, host })
  }
  const { action, token: challengeToken, expiresAtMs, methods, totpDigits, passkey, trustDeviceDays } = challenge
  const answer: SignInAnswer = {
    signedIn: false,
    action,
    challengeToken,
    expiresAtMs,
    methods,
    totpDigits,
    passkey,
    trustDeviceDays,
  }
  return reply({ ok: true, answer, cookies: [cookies.setSignIn(request, cookie)] })
}
