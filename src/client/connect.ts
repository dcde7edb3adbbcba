import type {
  HeadersLike,
  HttpOperationName,
  HttpOperations,
  ProblemReason,
  RequestReason,
  SetupOfferAnswers,
} from '../http/index.ts'

/** For `createClient`. */
export interface ClientOptions {
  /** Sends the requests. Default: the runtime's own. */
  fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined
  /** Sent with each request: in a script `Authorization` or `Cookie`, in a page perhaps a CSRF token. */
  headers?: HeadersLike | undefined
  /** As in `fetch`. Default: `include` if the page and the API have different origins, else that of `fetch`. */
  credentials?: 'omit' | 'same-origin' | 'include' | undefined
  /** How long to wait for an answer, in milliseconds. Default: 30,000. */
  timeoutMs?: number | undefined
}

/** Why a call failed: the API's reasons, `offline` if the network failed, `timed-out` if no answer came. */
export type ClientRefusal<Why extends string = ProblemReason> = {
  ok: false
  reason: Why | RequestReason | 'offline' | 'timed-out'
  /** Whole seconds until trying again can help; null if unknown. */
  retryAfterSeconds: number | null
  /** With a wrong first code that is correct for another time: how far the phone's clock is off. */
  clockOffsetSeconds?: number
}

/** What a call returns: the answer, or the reason it was refused. */
export type ClientResult<Name extends HttpOperationName> =
  | ({ ok: true } & HttpOperations[Name]['answer'])
  | ClientRefusal<HttpOperations[Name]['reason']>

/** One method per operation of the HTTP API. None of them throws. */
export type TwoFactorClient = {
  beginSetup: BeginSetup<'beginSetup'>
  beginRequiredSetup: BeginSetup<'beginRequiredSetup'>
} & {
  [Name in Exclude<HttpOperationName, 'beginSetup' | 'beginRequiredSetup'>]: HttpOperations[Name]['body'] extends null
    ? () => Promise<ClientResult<Name>>
    : Record<never, never> extends HttpOperations[Name]['body']
      ? (body?: HttpOperations[Name]['body']) => Promise<ClientResult<Name>>
      : (body: HttpOperations[Name]['body']) => Promise<ClientResult<Name>>
}

/** The answer depends on the requested `type`; default 'totp', an authenticator app. */
type BeginSetup<Name extends 'beginSetup' | 'beginRequiredSetup'> = <T extends keyof SetupOfferAnswers = 'totp'>(
  ...args: Record<never, never> extends HttpOperations[Name]['body']
    ? [body?: SetupBody<Name, T>]
    : [body: SetupBody<Name, T>]
) => Promise<({ ok: true } & SetupOfferAnswers[T]) | ClientRefusal<HttpOperations[Name]['reason']>>

type SetupBody<Name extends 'beginSetup' | 'beginRequiredSetup', T extends keyof SetupOfferAnswers> = Omit<
  HttpOperations[Name]['body'],
  'type'
> & { type?: T | undefined } & ('totp' extends T ? unknown : { type: T })

/** Whether each operation has a body; those without one are GET requests. */
const HAS_BODY: Record<HttpOperationName, 0 | 1> = {
  status: 0,
  thisDevice: 1,
  completeChallenge: 1,
  beginRequiredSetup: 1,
  resumeRequiredSetup: 1,
  beginStepUp: 1,
  verify: 1,
  beginSetup: 1,
  confirmSetup: 1,
  resumeSetup: 1,
  cancelSetup: 1,
  viewRecoveryCodes: 1,
  regenerateRecoveryCodes: 1,
  markRecoveryCodesSaved: 1,
  renameAuthenticator: 1,
  removeAuthenticator: 1,
  revokeTrustedDevices: 1,
  disable: 1,
  accessTokens: 0,
  issueAccessToken: 1,
  renameAccessToken: 1,
  revokeAccessToken: 1,
  revokeAllAccessTokens: 1,
}

export const TIMEOUT_MS = 30_000
const PROBLEM = 'urn:countersign:problem:'

/** `createClient` without its checks: for the elements, whose only option is an address. */
export function connect(baseUrl: string, options: ClientOptions = {}): TwoFactorClient {
  const base = baseUrl.replace(/\/+$/, '')
  // Browsers set their own and ignore this one; scripts send none, and the handler requires one.
  const origin = /^https?:/.test(base) ? new URL(base).origin : null
  const { location } = globalThis
  const isElsewhere = location !== undefined && origin !== null && origin !== location.origin
  const credentials = options.credentials ?? (isElsewhere ? 'include' : undefined)
  const send = options.fetch ?? ((url: string, init: RequestInit) => fetch(url, init))

  async function call<Name extends HttpOperationName>(name: Name, body?: object): Promise<ClientResult<Name>> {
    const headers = new Headers(options.headers)
    headers.set('Accept', 'application/json')
    if (body) headers.set('Content-Type', 'application/json')
    if (body && origin !== null) headers.set('Origin', origin)
    const ending = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    // In addition to the signal, which the host's own `fetch` may ignore.
    const late = new Promise<ClientResult<Name>>((resolve) => {
      timer = setTimeout(() => {
        resolve(refusal('timed-out'))
        ending.abort()
      }, options.timeoutMs ?? TIMEOUT_MS)
    })
    const ask = async (): Promise<ClientResult<Name>> =>
      read(
        await send(`${base}/${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, {
          headers,
          signal: ending.signal,
          ...(body && { method: 'POST', body: JSON.stringify(body) }),
          ...(credentials && { credentials }),
        }),
      )
    try {
      return await Promise.race([ask(), late])
    } catch {
      return refusal('offline')
    } finally {
      clearTimeout(timer)
    }
  }

  const methods = Object.entries(HAS_BODY).map(([name, hasBody]) => {
    return [name, (body = {}) => call(name as HttpOperationName, hasBody ? body : undefined)]
  })
  return Object.fromEntries(methods)
}

/** The answer, if it came from the API. */
async function read<Name extends HttpOperationName>(response: Response): Promise<ClientResult<Name>> {
  const text = await response.text()
  const answer = parse(text)
  if (response.ok && isJson(response) && typeof answer === 'object' && answer !== null) return { ...answer, ok: true }
  if (!answer?.reason || answer.type !== PROBLEM + answer.reason) return refusal('server-error')
  const { reason, retryAfterSeconds, clockOffsetSeconds } = answer
  return { ok: false, reason, retryAfterSeconds, ...(clockOffsetSeconds !== undefined && { clockOffsetSeconds }) }
}

const isJson = ({ headers }: Response) => /^application\/json\b/.test(headers.get('Content-Type') ?? '')

function parse(text: string) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const refusal = (reason: 'offline' | 'server-error' | 'timed-out') =>
  ({ ok: false, reason, retryAfterSeconds: null }) as const
