import type { SetupOffer } from '../engine/setup.ts'
import { parseOtpauthUri } from '../otp/parse-uri.ts'
import { qrSvg } from '../qr/svg.ts'
import type { SetupOfferAnswer } from './api.ts'

/** A new secret with all that a person needs to take it: by camera or by typing. */
export function setupOffer({ uri, secret, expiresAtMs }: SetupOffer): SetupOfferAnswer {
  const { issuer = '', accountName, algorithm, digits, ...kind } = parseOtpauthUri(uri)
  const periodSeconds = kind.type === 'totp' ? kind.periodSeconds : 0
  return { uri, secret, qr: qrSvg(uri), expiresAtMs, issuer, accountName, algorithm, digits, periodSeconds }
}
