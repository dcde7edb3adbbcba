import { type Refusal, refusal } from '../engine/refusal.ts'
import type { AuthenticatorType, SetupOffers } from '../engine/setup-offer.ts'
import { parseOtpauthUri } from '../otp/parse-uri.ts'
import { qrSvg } from '../qr/svg.ts'
import { idOf } from '../vault/vault.ts'
import type { SetupOfferAnswer } from './api.ts'
import type { FieldError } from './field-errors.ts'
import type { Settings } from './options.ts'
import type { Answered } from './reply.ts'

/** Whether authenticators of this type can be set up here: a passkey needs a verifier. */
export function canSetUp({ twoFactor }: Settings, type: AuthenticatorType = 'totp'): boolean {
  return twoFactor.authenticatorTypes.includes(type)
}

export const noVerifier: Refusal<'invalid-request'> & { errors: FieldError[] } = {
  ...refusal('invalid-request'),
  errors: [{ path: 'type', message: "expected 'totp': passkeys are not configured here" }],
}

/** The offer with everything a person or a browser needs to accept it; its token goes into a cookie. */
export function answerOffer(
  request: Request,
  { cookies }: Settings,
  offer: SetupOffers[AuthenticatorType],
): Answered<SetupOfferAnswer> {
  return { ok: true, answer: answerOf(offer), cookies: [cookies.setSetup(request, offer.token)] }
}

function answerOf(offer: SetupOffers[AuthenticatorType]): SetupOfferAnswer {
  const { token, expiresAtMs } = offer
  const fields = { setupId: idOf(token), expiresAtMs }
  if (offer.type === 'passkey') return { type: 'passkey', ...fields, options: offer.options }
  const { uri, secret } = offer
  const { issuer = '', accountName, algorithm, digits, ...kind } = parseOtpauthUri(uri)
  const periodSeconds = kind.type === 'totp' ? kind.periodSeconds : 0
  return { type: 'totp', ...fields, uri, secret, qr: qrSvg(uri), issuer, accountName, algorithm, digits, periodSeconds }
}
