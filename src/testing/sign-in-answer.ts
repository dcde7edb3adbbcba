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
