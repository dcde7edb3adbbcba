import { type Answers, type HostReason, MIN_PASSWORD_LENGTH } from '../answers.ts'
import { fillIn, texts } from './language.ts'
import { inMinutes, inNumbers } from './times.ts'

export interface Refusal {
  ok: false
  reason: HostReason | 'offline'
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
    const answer = await response.json().catch(() => null)
    // Cut off on its way, or no JSON.
    if (answer === null) return refusal(response.ok ? 'offline' : 'server-error')
    if (response.ok) return { ok: true, ...answer }
    if (answer.reason === 'signed-out' && path !== 'Me') onSignedOut()
    return refusal(answer.reason in texts().reasons ? answer.reason : 'server-error', answer.retryAfterSeconds)
  }

  return {
    get: <Path extends keyof Answers>(path: Path) => call<Answers[Path]>(path),
    post: <Answer = object>(path: string, body: object) => call<Answer>(path, body),
  }
}

/** With words for the person who meets it. */
function refusal(reason: Refusal['reason'], retryAfterSeconds: number | null = null): Refusal {
  const { reasons, tryAgainIn } = texts()
  const words = fillIn(reasons[reason], { count: inNumbers(MIN_PASSWORD_LENGTH) })
  const minutes = Math.ceil((retryAfterSeconds ?? 0) / 60)
  const wait = minutes === 0 ? '' : ` ${fillIn(tryAgainIn, { time: inMinutes(minutes) })}`
  return { ok: false, reason, words: words + wait }
}
