import type { TotpOffer } from '../engine/setup-offer.ts'
import { parseOtpauthUri } from '../otp/parse-uri.ts'
import { qrSvg } from '../qr/svg.ts'
import { idOf } from '../vault/vault.ts'
import type { SetupOfferAnswer } from './api.ts'
import type { Settings } from './options.ts'
import type { Answered } from './reply.ts'

/** A new secret with all that a person needs to take it, by camera or by typing; its token goes into a cookie. */
export function answerOffer(request: Request, { cookies }: Settings, offer: TotpOffer): Answered<SetupOfferAnswer> {
  const { type, token, uri, secret, expiresAtMs } = offer
  const { issuer = '', accountName, algorithm, digits, ...kind } = parseOtpauthUri(uri)
  const periodSeconds = kind.type === 'totp' ? kind.periodSeconds : 0
  const shown = { uri, secret, qr: qrSvg(uri), expiresAtMs, issuer, accountName, algorithm, digits, periodSeconds }
  return {
    ok: true,
    answer: { type, setupId: idOf(token), ...shown },
    cookies: [cookies.setSetup(request, token)],
  }
}
