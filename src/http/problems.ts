import type { ProblemReason, TwoFactorProblem } from './api.ts'

/** Of each reason: the status, and what a developer reads. People get words from the page that they look at. */
const PROBLEMS: Readonly<Record<ProblemReason, readonly [status: number, title: string]>> = {
  'invalid-request': [400, 'The request is not what this operation takes.'],
  'signed-out': [401, 'Nobody is signed in.'],
  'cross-site': [403, 'This origin may not change anything here.'],
  'proof-required': [403, 'This operation asks for a proof that this backend accepts.'],
  'two-factor-required': [403, 'This user must have two-factor authentication.'],
  'not-found': [404, 'There is no such thing.'],
  'method-not-allowed': [405, 'This operation has another method.'],
  'body-too-slow': [408, 'The body did not arrive in time.'],
  'not-enabled': [409, 'Two-factor authentication is off.'],
  'setup-expired': [409, 'There is no setup to proof. Begin again.'],
  'limit-reached': [409, 'There are as many of these as there can be.'],
  'last-authenticator': [409, 'The last authenticator goes by turning two-factor authentication off.'],
  'not-viewable': [409, 'The recovery codes cannot be shown again.'],
  'challenge-expired': [410, 'The challenge is no longer good. Sign in again.'],
  'challenge-used': [410, 'The challenge was used. Sign in again.'],
  'body-too-large': [413, 'The body is too large.'],
  'not-json': [415, 'The body must be application/json.'],
  'wrong-code': [422, 'The code is wrong.'],
  'code-used': [422, 'The code was used before.'],
  'wrong-password': [422, 'The password is wrong.'],
  'unknown-scope': [422, 'There is no such scope.'],
  'already-expired': [422, 'The time of expiry is in the past.'],
  throttled: [429, 'Too many wrong attempts. Wait.'],
  locked: [429, 'Too many wrong attempts. Locked for a while.'],
  'server-error': [500, 'Something went wrong here.'],
}

export const REASONS: readonly ProblemReason[] = Object.keys(PROBLEMS).filter(isReason)

/** Whether it is a reason that this API gives. */
function isReason(text: string): text is ProblemReason {
  return Object.hasOwn(PROBLEMS, text)
}

export function statusOf(reason: ProblemReason): number {
  return PROBLEMS[reason][0]
}

export interface ProblemDetails {
  retryAfterSeconds?: number | null
  errors?: { path: string; message: string }[]
  headers?: Record<string, string>
}

/** A refusal, as RFC 9457 has it. */
export function problem(
  reason: ProblemReason,
  { retryAfterSeconds = null, errors, headers }: ProblemDetails = {},
): Response {
  const [status, title] = PROBLEMS[reason]
  const body: TwoFactorProblem = {
    type: `urn:countersign:problem:${reason}`,
    title,
    status,
    reason,
    retryAfterSeconds,
    ...(errors === undefined ? {} : { errors }),
  }
  const retryAfter = retryAfterSeconds === null ? {} : { 'Retry-After': String(retryAfterSeconds) }
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/problem+json', ...retryAfter, ...headers },
  })
}
