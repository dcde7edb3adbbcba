import * as v from 'valibot'
import { refusal } from '../../engine/refusal.ts'
import { deviceCookies } from '../device-cookies.ts'
import { assertion, authenticatorType, challengeToken, code, id, name, registration } from '../fields.ts'
import { openSession } from '../open-session.ts'
import { challengeRoute, type Route } from '../route.ts'
import { isSuperseded, readSetup, refusedSetup, superseded } from '../setup-cookie.ts'
import { answerOffer, canSetUp, noVerifier } from '../setup-offer.ts'
import { readSignInCookie } from '../sign-in-cookie.ts'

const secondStep = { challengeToken, trustDevice: v.optional(v.boolean()), setupId: v.optional(id) }

/** Operations of a sign-in, with a challenge that is bound to this browser. */
export const signInRoutes: readonly Route[] = [
  challengeRoute(
    'completeChallenge',
    v.union([
      v.strictObject({ ...secondStep, passkey: v.union([assertion, registration]) }),
      v.strictObject({ ...secondStep, code }),
    ]),
    async ({ request, settings }, body) => {
      const { twoFactor, cookies } = settings
      const cookie = readSignInCookie(request, settings)
      if (cookie === null) return refusal('sign-in-cookie-missing')
      const setupToken = readSetup(request, settings)
      if (isSuperseded(setupToken, body.setupId)) return superseded
      const result = await twoFactor.completeChallenge(body.challengeToken, {
        setupToken,
        trustDevice: body.trustDevice,
        device: cookies.devices(request),
        binding: cookie.binding,
        deviceName: settings.deviceName(request),
        context: settings.context(request),
        ...('passkey' in body ? { passkey: body.passkey } : { code: body.code }),
      })
      if (!result.ok) return refusedSetup(request, settings, result)
      const { userId, method, recoveryCodesLeft, device, state, assurance, recoveryCodes } = result
      return {
        ok: true,
        answer: {
          signedIn: true,
          method,
          recoveryCodesLeft,
          deviceTrusted: device.trusted,
          ...(recoveryCodes === undefined ? {} : { recoveryCodes }),
        },
        cookies: [
          ...deviceCookies(request, settings, device),
          cookies.endSignIn(request),
          ...(recoveryCodes === undefined ? [] : [cookies.endSetup(request)]),
        ],
        host: await openSession(settings, userId, { request, method, state, assurance }),
      }
    },
  ),

  challengeRoute(
    'beginRequiredSetup',
    v.strictObject({ challengeToken, type: authenticatorType, name: v.optional(name) }),
    async ({ request, settings }, body) => {
      const cookie = readSignInCookie(request, settings)
      if (cookie === null) return refusal('sign-in-cookie-missing')
      // A broken cookie opens no challenge, with any name.
      if (cookie.accountName === '') return refusal('challenge-expired')
      if (!canSetUp(settings, body.type)) return noVerifier
      const offer = await settings.twoFactor.beginRequiredSetup(body.challengeToken, {
        accountName: cookie.accountName,
        type: body.type,
        name: body.name,
        binding: cookie.binding,
        context: settings.context(request),
      })
      return offer.ok ? answerOffer(request, settings, offer) : offer
    },
  ),

  challengeRoute('resumeRequiredSetup', v.strictObject({ challengeToken }), async ({ request, settings }, body) => {
    const cookie = readSignInCookie(request, settings)
    if (cookie === null) return refusal('sign-in-cookie-missing')
    const offer = await settings.twoFactor.resumeRequiredSetup(body.challengeToken, {
      setupToken: readSetup(request, settings),
      binding: cookie.binding,
      context: settings.context(request),
    })
    return offer.ok ? answerOffer(request, settings, offer) : refusedSetup(request, settings, offer)
  }),
]
