import type { SetupOffer } from 'countersign'
import { parseOtpauthUri } from 'countersign/otp'
import { qrDataUri } from 'countersign/qr'
import type { ScanOffer } from '../answers.ts'
import { ISSUER } from './two-factor.ts'

/** A new secret as the page shows it: a picture for the camera, and the same data in words for typing. */
export function scanOffer({ uri, secret }: SetupOffer): ScanOffer {
  const shown = parseOtpauthUri(uri)
  if (shown.type !== 'totp') throw new Error('countersign offered something other than a time-based code')
  const { accountName, digits, periodSeconds } = shown
  return { uri, secret, qr: qrDataUri(uri), issuer: ISSUER, accountName, digits, periodSeconds }
}
