import type { ProblemReason, TwoFactorProblem } from './api.ts'

/** For each reason: the status, and a title for developers. Users see the page's own words. */
const PROBLEMS: Readonly<Record<ProblemReason, readonly [status: number, title: string]>> = {
  'invalid-request': [400, 'The request does not match what this operation accepts.'],
  'sign-in-cookie-missing': [400, 'The browser did not send the cookie that the sign-in had set. Sign in again.'],
  'signed-out': [401, 'Nobody is signed in.'],
  'cross-site': [403, 'This origin is not allowed to make changes here.'],
  'proof-required': [403, 'This operation requires a proof that this backend accepts.'],
  'two-factor-required': [403, 'Two-factor authentication is required for this user.'],
  'not-found': [404, 'Not found.'],
  'method-not-allowed': [405, 'Method not allowed.'],
  'body-too-slow': [408, 'The body did not arrive in time.'],
  'not-enabled': [409, 'Two-factor authentication is off.'],
  'setup-expired': [409, 'There is no setup to confirm. Begin again.'],
  'setup-superseded': [409, 'A later setup replaced this one.'],
  'already-registered': [409, 'This passkey is already registered.'],
  'limit-reached': [409, 'Limit reached.'],
  'last-authenticator': [409, 'To remove the last authenticator, turn two-factor authentication off.'],
  'not-viewable': [409, 'The recovery codes cannot be shown again.'],
  'challenge-expired': [410, 'The challenge has expired. Sign in again.'],
  'challenge-used': [410, 'The challenge was already used. Sign in again.'],
  'body-too-large': [413, 'The body is too large.'],
  'not-json': [415, 'The body must be application/json.'],
  'wrong-code': [422, 'The code is wrong.'],
  'code-used': [422, 'The code was already used.'],
  'wrong-passkey': [422, 'The passkey was not accepted.'],
  'wrong-password': [422, 'The password is wrong.'],
  'invalid-name': [422, 'A name has 1 to 64 bytes of UTF-8 and no control characters.'],
  'unknown-scope': [422, 'Unknown scope.'],
  'already-expired': [422, 'The expiry time has passed.'],
  throttled: [429, 'Too many wrong attempts. Try again later.'],
  locked: [429, 'Too many wrong attempts. Locked for a while.'],
  'server-error': [500, 'Something went wrong here.'],
}

export const REASONS: readonly ProblemReason[] = Object.keys(PROBLEMS).filter(isReason)

/** Whether it is a reason that this API returns. */
function isReason(text: string): text is ProblemReason {
  return Object.hasOwn(PROBLEMS, text)
}

export function statusOf(reason: ProblemReason): number {
  return PROBLEMS[reason][0]
}

export interface ProblemDetails {
  retryAfterSeconds?: number | null
  errors?: { path: string; message: string }[]
  detail?: string
  clockOffsetSeconds?: number
  headers?: Record<string, string>
  cookies?: readonly string[]
}

/** A refusal in the form of RFC 9457. */
export function problem(
  reason: ProblemReason,
  { retryAfterSeconds = null, errors, detail, clockOffsetSeconds, headers, cookies = [] }: ProblemDetails = {},
): Response {
  const [status, title] = PROBLEMS[reason]
  const body: TwoFactorProblem = {
    type: `urn:countersign:problem:${reason}`,
    title,
    status,
    reason,
    retryAfterSeconds,
    ...(detail === undefined ? {} : { detail }),
    ...(clockOffsetSeconds === undefined ? {} : { clockOffsetSeconds }),
    ...(errors === undefined ? {} : { errors }),
  }
  const retryAfter = retryAfterSeconds === null ? {} : { 'Retry-After': String(retryAfterSeconds) }
  const response = new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/problem+json', ...retryAfter, ...headers },
  })
  for (const cookie of cookies) response.headers.append('Set-Cookie', cookie)
  return response
}
