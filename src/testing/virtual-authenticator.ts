import { checkOptionNames, groupOption } from '../options/groups.ts'
import { generateTotp, parseOtpauthUri } from '../otp/index.ts'

/** An authenticator app that has read one QR code. */
export interface VirtualAuthenticator {
  /** The URI's secret, in base32. */
  secret: string
  /** The code that the app shows at a time, in Unix milliseconds; default now. */
  code(timeMs?: number): string
  /** A code that neither method returned before: that of the current step, or else of the next one. */
  next(): string
  /**
   * As `next`, but if both codes were already returned, it waits for the next step: up to one period, usually 30
   * seconds. For end-to-end tests, whose server runs on a real clock.
   *
   * @throws Error if the clock stands still, as a test clock does
   */
  nextFresh(): Promise<string>
}

/** How often `nextFresh` checks that the clock moves. */
const LOOK_MS = 1000

/**
 * Simulates the phone in a test: reads the URI of a setup and shows codes.
 *
 * @param uri an otpauth URI of type totp
 * @param options `now`: the clock, in Unix milliseconds; default `() => Date.now()`
 * @throws CountersignError `invalid_uri`
 * @throws Error from `next`, if both codes that a server would accept now were returned already; for a URI of type hotp
 * @example
 * const phone = virtualAuthenticator(setup.uri, { now: clock.now })
 * await twoFactor.confirmSetup(userId, { token: setup.token, code: phone.next() })
 */
export function virtualAuthenticator(
  uri: string,
  options: { now?: (() => number) | undefined } = {},
): VirtualAuthenticator {
  checkOptionNames('virtualAuthenticator', groupOption('options', options), ['now'])
  const parsed = parseOtpauthUri(uri)
  if (parsed.type !== 'totp') throw new Error('virtualAuthenticator reads otpauth URIs of type totp, not of type hotp.')
  const { secret, periodSeconds, digits, algorithm } = parsed
  const now = options.now ?? (() => Date.now())
  const periodMs = periodSeconds * 1000
  const given = new Set<number>()
  const code = (timeMs: number) => {
    const text = generateTotp({ secret, timeMs, periodSeconds, digits, algorithm })
    given.add(Math.floor(timeMs / periodMs))
    return text
  }
  /** Null if both codes that a server accepts now were returned. */
  const nextOrNull = () => {
    const current = Math.floor(now() / periodMs)
    const step = [current, current + 1].find((step) => !given.has(step))
    return step === undefined ? null : code(step * periodMs)
  }
  return {
    secret,
    code: (timeMs = now()) => code(timeMs),
    next: () => {
      const text = nextOrNull()
      if (text !== null) return text
      throw new Error(
        'This authenticator already returned the codes of the current step and the next one, and a server accepts each ' +
          `once, and none from later steps. Advance the clock by ${periodSeconds} seconds: clock.advance({ seconds: ${periodSeconds} }). ` +
          'If the server runs on a real clock: await phone.nextFresh().',
      )
    },
    nextFresh: async () => {
      for (;;) {
        const text = nextOrNull()
        if (text !== null) return text
        const startMs = now()
        const leftMs = periodMs - (startMs % periodMs)
        await new Promise((resolve) => setTimeout(resolve, Math.min(leftMs, LOOK_MS)))
        if (now() === startMs) {
          throw new Error(
            `nextFresh needs a real clock, and this one stands still. Advance it by ${periodSeconds} seconds, and call next().`,
          )
        }
      }
    },
  }
}
