import type { Assurance } from '../engine/assurance.ts'
import type { JsonValue } from '../engine/json.ts'
import { checkOptionNames, checkOptions, optionNames } from '../options/groups.ts'
import { clockOption, hookOption, requiredHook } from '../options/hooks.ts'
import { invalidOption } from '../options/invalid-option.ts'
import { checkMethods } from '../options/methods.ts'
import type { AccessTokens } from '../tokens/index.ts'
import type { TwoFactor } from '../two-factor/api.ts'
import { allowedOriginsOption } from './allowed-origins.ts'
import type { SignInMethod } from './api.ts'
import { type Cookies, createCookies, SAME_SITE, type SameSite } from './cookies.ts'
import { deviceName } from './device-name.ts'
import { checkedAuthenticate, checkedContext, checkedDeviceName } from './host-hooks.ts'
import { createWarn, type HandlerWarning, type Warn, warnOfMixedOrigins } from './warnings.ts'

/** The signed-in user. */
export interface SignedInUser {
  userId: string
  /** What an authenticator app shows beside the issuer: the login or address. Default: the user id. */
  accountName?: string | null | undefined
  /**
   * When the user last signed in, in Unix milliseconds. Used as proof if `acceptedProofs` includes 'reauthenticated'.
   */
  signedInAtMs?: number | undefined
}

/** The signed-in user, with a name to show. */
export interface Person extends SignedInUser {
  accountName: string
}

/**
 * Headers that open a session, or a whole Response: empty, or a JSON object that is merged into the handler's answer.
 */
export type HostAnswer = HeadersLike | Response

/** What `new Headers()` accepts. Only TypeScript's DOM library has a name for it. */
export type HeadersLike = Headers | Record<string, string> | [string, string][]

/** For `createHandler`. */
export interface HandlerOptions {
  twoFactor: TwoFactor
  /** Personal access tokens, if your users can have them. */
  tokens?: AccessTokens | undefined
  /** Returns the user of this request from your own session, or null if nobody is signed in. */
  authenticate: (request: Request) => SignedInUser | null | Promise<SignedInUser | null>
  /**
   * Opens your session: the user passed everything that was required. Return headers (`Set-Cookie`) or a Response; a
   * non-2xx Response is passed on unchanged.
   */
  openSession: (
    userId: string,
    details: {
      request: Request
      method: SignInMethod
      state: JsonValue
      assurance: Assurance
      /** When two-factor authentication becomes required for this user (Unix milliseconds); present until then. */
      requiredFromMs?: number
    },
  ) => HostAnswer | Promise<HostAnswer>
  /** The path under which it is mounted. Default `/two-factor`. */
  basePath?: string | undefined
  /**
   * The origins whose pages may make changes: `https://app.example.com`, or an app's own, such as
   * `capacitor://localhost`. Default: the origin that the request was sent to.
   */
  allowedOrigins?: readonly string[] | undefined
  /** Passed to the events of this request's operations: request id, IP address. */
  context?: ((request: Request) => unknown) | undefined
  /**
   * This browser's name in the lists of trusted devices and recent changes. Default: from its User-Agent, 'Firefox on
   * Windows'.
   */
  deviceName?: ((request: Request) => string) | undefined
  /** Called after a step-up (`verify`), to record it in the session. */
  onVerified?:
    | ((
        userId: string,
        details: { request: Request; method: SignInMethod; assurance: Assurance },
      ) => HostAnswer | undefined | Promise<HostAnswer | undefined>)
    | undefined
  /**
   * Called after `confirm-setup`, to record in the session that it has passed the second step, as `openSession` does:
   * otherwise a guard asks for a second step right after the setup. A required setup calls `openSession` instead.
   */
  onSetupConfirmed?:
    | ((userId: string, details: { request: Request }) => HostAnswer | undefined | Promise<HostAnswer | undefined>)
    | undefined
  /**
   * Called with a fault: a broken store, a hook that threw. The client gets a bare 500. Without it, the fault is
   * thrown.
   */
  onError?: ((error: unknown, request: Request) => void | Promise<void>) | undefined
  /**
   * Receives warnings about a configuration that cannot work, such as a page whose origin is not allowed. Each warning
   * is reported once per handler. Default: `console.warn`.
   */
  onWarning?: ((warning: HandlerWarning) => void | Promise<void>) | undefined
  /** The prefix of its cookies' names. Default `countersign`. */
  cookiePrefix?: string | undefined
  /**
   * Whether cookies are `Secure` and `__Host-`. Default: yes, except for a page on http://localhost that calls this server
   * on http://localhost.
   */
  secureCookies?: boolean | undefined
  /** `none` if your pages are on another site than this API. Default `lax`. */
  sameSite?: 'lax' | 'strict' | 'none' | undefined
  /** The clock, in Unix milliseconds. Default `() => Date.now()`. */
  now?: (() => number) | undefined
}

/** Who passed the first factor, and what you want back after the second step. */
export interface SignInDetails {
  userId: string
  /** What an authenticator app shows beside the issuer: the login or address. Default: the user id. */
  accountName?: string | null | undefined
  /** Up to 1 KiB of your own JSON (remember me, return path), passed to `openSession`. */
  state?: JsonValue | undefined
  /** The first factor, in RFC 8176 values such as `['pwd']`: included in the `assurance` for `openSession`. */
  amr?: readonly string[] | undefined
  /** Your own flag says that this user has two-factor authentication on: a missing record is then a fault. */
  expectEnabled?: boolean | undefined
}

/** The options, checked. */
export interface Settings {
  twoFactor: TwoFactor
  tokens: AccessTokens | undefined
  authenticate: (request: Request) => Promise<Person | null>
  openSession: HandlerOptions['openSession']
  basePath: string
  allowedOrigins: ReadonlySet<string> | null
  context: (request: Request) => unknown
  deviceName: (request: Request) => string
  onVerified: HandlerOptions['onVerified']
  onSetupConfirmed: HandlerOptions['onSetupConfirmed']
  onError: HandlerOptions['onError']
  warn: Warn
  cookies: Cookies
  now: () => number
}

const OPTIONS = /* @__PURE__ */ optionNames<HandlerOptions>({
  twoFactor: true,
  tokens: true,
  authenticate: true,
  openSession: true,
  basePath: true,
  allowedOrigins: true,
  context: true,
  deviceName: true,
  onVerified: true,
  onSetupConfirmed: true,
  onError: true,
  onWarning: true,
  cookiePrefix: true,
  secureCookies: true,
  sameSite: true,
  now: true,
})

export function readHandlerOptions(options: HandlerOptions): Settings {
  checkOptions(options)
  checkOptionNames('createHandler', options, OPTIONS)
  const { twoFactor, tokens } = options
  checkMethods('twoFactor', twoFactor, ['challenge', 'status'], 'what createTwoFactor returns')
  if (tokens !== undefined) checkMethods('tokens', tokens, ['issue', 'list'], 'what createAccessTokens returns')
  const allowedOrigins = allowedOriginsOption(options.allowedOrigins)
  const secure = secureOption(options.secureCookies)
  const sameSite = sameSiteOption(options.sameSite, secure)
  const warn = createWarn(hookOption('onWarning', options.onWarning))
  warnOfMixedOrigins(allowedOrigins, warn)
  return {
    twoFactor,
    tokens,
    authenticate: checkedAuthenticate(requiredHook('authenticate', options.authenticate)),
    openSession: requiredHook('openSession', options.openSession),
    basePath: basePathOption(options.basePath),
    allowedOrigins,
    context: checkedContext(hookOption('context', options.context) ?? (() => undefined)),
    deviceName: checkedDeviceName(hookOption('deviceName', options.deviceName) ?? deviceName),
    onVerified: hookOption('onVerified', options.onVerified),
    onSetupConfirmed: hookOption('onSetupConfirmed', options.onSetupConfirmed),
    onError: hookOption('onError', options.onError),
    warn,
    cookies: createCookies({ prefix: cookiePrefixOption(options.cookiePrefix), secure, sameSite }),
    now: clockOption(options.now),
  }
}

function basePathOption(basePath = '/two-factor'): string {
  if (typeof basePath === 'string' && /^(\/(?!\.{1,2}(\/|$))[\w.~-]+)*$/.test(basePath)) return basePath
  throw invalidOption('basePath', basePath, "a path such as '/two-factor'", basePathHint(basePath))
}

function basePathHint(basePath: unknown): string {
  if (typeof basePath !== 'string') return ''
  if (/^https?:/.test(basePath)) return 'Pass only the path, without the origin.'
  if (basePath.endsWith('/')) return 'Remove the trailing slash.'
  if (basePath.includes('*')) return 'Remove the *: everything under the path is served.'
  return basePath.startsWith('/') ? '' : 'It must begin with a slash.'
}

function cookiePrefixOption(prefix = 'countersign'): string {
  if (typeof prefix === 'string' && /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/.test(prefix)) return prefix
  throw invalidOption(
    'cookiePrefix',
    prefix,
    '1 to 40 letters, digits, hyphens and underscores, starting with a letter or digit',
  )
}

function secureOption(secure: boolean | undefined): boolean | undefined {
  if (secure === undefined || typeof secure === 'boolean') return secure
  throw invalidOption('secureCookies', secure, 'true or false')
}

function sameSiteOption(sameSite: SameSite = 'lax', secure: boolean | undefined): SameSite {
  if (!SAME_SITE.includes(sameSite)) throw invalidOption('sameSite', sameSite, "'lax', 'strict' or 'none'")
  if (sameSite === 'none' && secure === false) {
    throw invalidOption(
      'sameSite',
      sameSite,
      "'lax' or 'strict' with secureCookies: false: browsers refuse the two together",
    )
  }
  return sameSite
}
