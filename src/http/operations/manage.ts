import * as v from 'valibot'
import type { RegenerateRecoveryCodesOptions } from '../../two-factor/options.ts'
import type { ProofBody } from '../api.ts'
import { caller, withProof } from '../caller.ts'
import { deviceCookies } from '../device-cookies.ts'
import {
  assertion,
  authenticatorType,
  code,
  createdAtMs,
  id,
  name,
  proof,
  proofOrToken,
  registration,
  stepUpToken,
} from '../fields.ts'
import { onSetupConfirmed, onVerified } from '../open-session.ts'
import { requiredFrom } from '../required-from.ts'
import { done, getRoute, postRoute, type Route } from '../route.ts'
import { isSuperseded, readSetup, refusedSetup, superseded } from '../setup-cookie.ts'
import { answerOffer, canSetUp, noVerifier } from '../setup-offer.ts'

const setupId = v.optional(id)
const passkeyStepUp = v.strictObject({ passkey: assertion, token: stepUpToken })
const newPasskey = v.strictObject({ passkey: registration, setupId })

/** Operations on a person's own second factor. */
export const manageRoutes: readonly Route[] = [
  getRoute('status', async ({ settings, person }) => {
    const status = await settings.twoFactor.status(person.userId)
    const { issuer } = settings.twoFactor
    const trustedDevices = status.trustedDevices.map(({ current: _, ...device }) => device)
    return { ok: true, answer: { ...status, trustedDevices, issuer, accountName: person.accountName } }
  }),

  postRoute('thisDevice', v.strictObject({}), async (call) => {
    const { device } = caller(call)
    const { trustedDevices } = await call.settings.twoFactor.status(call.person.userId, { device })
    return { ok: true, answer: { trustedDeviceId: trustedDevices.find(({ current }) => current)?.id ?? null } }
  }),

  postRoute('beginStepUp', v.strictObject({}), async (call) => {
    const { device } = caller(call)
    const result = await call.settings.twoFactor.beginStepUp(call.person.userId, { device })
    if (!result.ok) return result
    const { ok: _, ...answer } = result
    return { ok: true, answer }
  }),

  postRoute('verify', v.union([passkeyStepUp, v.strictObject({ code })]), async (call, body) => {
    const { request, settings, person } = call
    const result = await settings.twoFactor.verify(person.userId, { ...body, ...caller(call) })
    if (!result.ok) return result
    const { method, recoveryCodesLeft, device, assurance } = result
    return {
      ok: true,
      answer: { method, recoveryCodesLeft },
      cookies: deviceCookies(request, settings, device),
      host: await onVerified(settings, person.userId, { request, method, assurance }),
    }
  }),

  postRoute(
    'beginSetup',
    v.strictObject({ proof, type: authenticatorType, name: v.optional(name), replaces: v.optional(id) }),
    withProof(async ({ request, settings, person }, options, { type, name, replaces }) => {
      if (!canSetUp(settings, type)) return noVerifier
      const { userId, accountName } = person
      const offer = await settings.twoFactor.beginSetup(userId, { accountName, type, name, replaces, ...options })
      return offer.ok ? answerOffer(request, settings, offer) : offer
    }),
  ),

  postRoute('confirmSetup', v.union([newPasskey, v.strictObject({ code, setupId })]), async (call, body) => {
    const { request, settings, person } = call
    const token = readSetup(request, settings)
    if (isSuperseded(token, body.setupId)) return superseded
    const { setupId: _, ...given } = body
    const options = { token, ...given, ...caller(call) }
    const result = await settings.twoFactor.confirmSetup(person.userId, options)
    if (!result.ok) return refusedSetup(request, settings, result)
    const { authenticatorId, recoveryCodes, device } = result
    return {
      ok: true,
      answer: { authenticatorId, ...(recoveryCodes === undefined ? {} : { recoveryCodes }) },
      cookies: [...deviceCookies(request, settings, device), settings.cookies.endSetup(request)],
      host: await onSetupConfirmed(settings, person.userId, { request }),
    }
  }),

  postRoute('resumeSetup', v.strictObject({}), async (call) => {
    const { request, settings, person } = call
    const options = { token: readSetup(request, settings), ...caller(call) }
    const offer = await settings.twoFactor.resumeSetup(person.userId, options)
    return offer.ok ? answerOffer(request, settings, offer) : refusedSetup(request, settings, offer)
  }),

  postRoute('cancelSetup', v.strictObject({ setupId }), async (call, { setupId }) => {
    const { request, settings, person } = call
    const token = readSetup(request, settings)
    if (isSuperseded(token, setupId)) return superseded
    const options = { token, ...caller(call) }
    const result = await settings.twoFactor.cancelSetup(person.userId, options)
    const cookies = [settings.cookies.endSetup(request)]
    return result.ok ? { ...done, cookies } : { ...result, cookies }
  }),

  postRoute(
    'viewRecoveryCodes',
    v.strictObject({ proof }),
    withProof(async ({ settings, person }, options) => {
      const result = await settings.twoFactor.viewRecoveryCodes(person.userId, options)
      if (!result.ok) return result
      const { recoveryCodes, createdAtMs, token } = result
      return { ok: true, answer: { recoveryCodes, createdAtMs, token } }
    }),
  ),

  postRoute('regenerateRecoveryCodes', v.strictObject({ proof: proofOrToken }), async (call, body) => {
    const { twoFactor } = call.settings
    const regenerate = async (options: RegenerateRecoveryCodesOptions) => {
      const result = await twoFactor.regenerateRecoveryCodes(call.person.userId, options)
      return result.ok ? ({ ok: true, answer: { recoveryCodes: result.recoveryCodes } } as const) : result
    }
    if (body.proof !== undefined && isViewToken(body.proof)) return regenerate({ ...caller(call), proof: body.proof })
    return withProof((_, options) => regenerate(options))(call, { proof: body.proof })
  }),

  postRoute('markRecoveryCodesSaved', v.strictObject({ createdAtMs }), async (call, body) => {
    const { settings, person } = call
    const result = await settings.twoFactor.markRecoveryCodesSaved(person.userId, { ...body, ...caller(call) })
    return result.ok ? done : result
  }),

  postRoute('renameAuthenticator', v.strictObject({ id, name }), async (call, body) => {
    const { settings, person } = call
    const result = await settings.twoFactor.renameAuthenticator(person.userId, { ...body, ...caller(call) })
    return result.ok ? done : result
  }),

  postRoute(
    'removeAuthenticator',
    v.strictObject({ id, proof }),
    withProof(async ({ settings, person }, options, { id }) => {
      const result = await settings.twoFactor.removeAuthenticator(person.userId, { id, ...options })
      return result.ok ? done : result
    }),
  ),

  postRoute('revokeTrustedDevices', v.strictObject({ id: v.optional(id) }), async (call, body) => {
    const { settings, person } = call
    const result = await settings.twoFactor.revokeTrustedDevices(person.userId, { ...body, ...caller(call) })
    return result.ok ? { ok: true, answer: { revoked: result.revoked } } : result
  }),

  postRoute(
    'disable',
    v.strictObject({ proof }),
    withProof(async ({ settings, person }, options) => {
      const result = await settings.twoFactor.disable(person.userId, options)
      return result.ok ? { ok: true, answer: requiredFrom(result) } : result
    }),
  ),
]

/** The token from viewing the codes; a passkey's proof has a token too. */
function isViewToken(proof: ProofBody | { token: string }): proof is { token: string } {
  return 'token' in proof && !('passkey' in proof)
}
