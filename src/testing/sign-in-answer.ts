/** What an answer says: the second step is required, the person is signed in, or neither. */
export type SignInAnswerKind = 'challenge' | 'signed-in' | 'other'

/** Reads the result of `challenge` and the answer of `handler.signIn`, directly or as an HTTP client returns them. */
export async function answerOf(answer: unknown): Promise<SignInAnswerKind> {
  const body = await bodyOf(answer)
  for (const part of [body, fieldOf(body, 'body'), fieldOf(body, 'data')]) {
    if (fieldOf(part, 'passed') === false && isText(fieldOf(part, 'token'))) return 'challenge'
    if (fieldOf(part, 'signedIn') === false && isText(fieldOf(part, 'challengeToken'))) return 'challenge'
    if (fieldOf(part, 'passed') === true || fieldOf(part, 'signedIn') === true) return 'signed-in'
  }
  return 'other'
}

/** Its status and reason, such as `status 401, wrong-password`, for a message; null if it has neither. */
export async function outcomeOf(answer: unknown): Promise<string | null> {
  const body = await bodyOf(answer)
  const parts = [body, fieldOf(body, 'body'), fieldOf(body, 'data')]
  const status = fieldOf(answer, 'status') ?? fieldOf(answer, 'statusCode')
  const reason = parts.flatMap((part) => [fieldOf(part, 'reason'), fieldOf(part, 'type')]).find(isText)
  const said = [typeof status === 'number' ? `status ${status}` : null, reason].filter((part) => part != null)
  return said.length === 0 ? null : said.join(', ')
}

/** The JSON of an unread Response; anything else as it is. */
async function bodyOf(answer: unknown): Promise<unknown> {
  if (!(answer instanceof Response) || answer.bodyUsed) return answer
  return answer
    .clone()
    .json()
    .catch(() => null)
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}
