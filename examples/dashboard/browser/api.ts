import { type Answers, type HostReason, MIN_PASSWORD_LENGTH } from '../answers.ts'

/** What stands in the way, in words for the person who meets it. */
const WORDS: Record<HostReason | 'offline', string> = {
  'wrong-login': 'No account has this login and password.',
  'wrong-password': 'That is not your password.',
  'wrong-code': 'That code isn’t right.',
  'second-factor-needed': 'Set up two-factor authentication for your own account first.',
  'weak-password': `Use at least ${MIN_PASSWORD_LENGTH} characters.`,
  'too-many-attempts': 'Too many attempts from here.',
  'not-enabled': 'Two-factor authentication is off for this account.',
  'signed-out': 'You are signed out. Sign in again.',
  forbidden: 'Only administrators may do this.',
  'cross-site': 'This page is open at another address than the server expects. Open it at its own address.',
  'bad-request': 'This cannot be saved as it is. Check what you typed.',
  'not-found': 'This is not there any more. Reload the page to see what is.',
  'server-error': 'Something went wrong on our side. Try again.',
  offline: 'The server cannot be reached. Check your connection.',
}

export interface Refusal {
  ok: false
  reason: keyof typeof WORDS
  words: string
}
export type Result<Answer> = ({ ok: true } & Answer) | Refusal
export type Api = ReturnType<typeof createApi>

/**
 * The dashboard's own API. Nothing here throws: what goes wrong on the way is a refusal like any other.
 * `onSignedOut` hears of it when the session is over.
 */
export function createApi(onSignedOut: () => void) {
  async function call<Answer>(path: string, body?: object): Promise<Result<Answer>> {
    const sent = body && {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    }
    const response = await fetch(`/api/${path}`, sent).catch(() => null)
    if (!response) return refusal('offline')
    const answer = await response.json().catch(() => ({}))
    if (response.ok) return { ok: true, ...answer }
    if (answer.reason === 'signed-out' && path !== 'Me') onSignedOut()
    return refusal(answer.reason in WORDS ? answer.reason : 'server-error', answer.retryAfterSeconds)
  }

  return {
    get: <Path extends keyof Answers>(path: Path) => call<Answers[Path]>(path),
    post: <Answer = object>(path: string, body: object) => call<Answer>(path, body),
  }
}

function refusal(reason: Refusal['reason'], retryAfterSeconds: number | null = null): Refusal {
  const minutes = Math.ceil((retryAfterSeconds ?? 0) / 60)
  const wait = minutes === 0 ? '' : ` Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`
  return { ok: false, reason, words: WORDS[reason] + wait }
}
