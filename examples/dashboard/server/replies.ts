import type { Refusal } from 'countersign'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import * as v from 'valibot'
import type { HostReason } from '../answers.ts'

/** Thrown where a request goes no further; answered in one place, as JSON. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused'
  readonly status: ContentfulStatusCode
  readonly reason: HostReason
  readonly retryAfterSeconds: number | null

  constructor(status: ContentfulStatusCode, reason: HostReason, retryAfterSeconds: number | null = null) {
    super(reason)
    this.status = status
    this.reason = reason
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Passes a refusal on, as it is; 429 where waiting helps. */
export function refuse(c: Context, refusal: Refusal<string>, status: ContentfulStatusCode = 422): Response {
  const { reason, retryAfterSeconds } = refusal
  if (retryAfterSeconds !== null) c.header('Retry-After', String(retryAfterSeconds))
  return c.json({ ok: false, reason, retryAfterSeconds }, retryAfterSeconds === null ? status : 429)
}

/** Answers with what the engine said. Only for outcomes that hold nothing for a cookie. */
export function reply(c: Context, outcome: { ok: true } | Refusal<string>): Response {
  return outcome.ok ? c.json(outcome) : refuse(c, outcome)
}

/** The request's JSON, if it is what the schema says; unknown fields are refused. */
export async function readBody<Schema extends v.GenericSchema>(
  c: Context,
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  const json: unknown = await c.req.json().catch((error: unknown) => {
    if (error instanceof RequestRefused) throw error
    return null
  })
  const body = v.safeParse(schema, json)
  if (!body.success) throw new RequestRefused(400, 'bad-request')
  return body.output
}

export function answerError(error: Error, c: Context): Response {
  if (error instanceof RequestRefused) return refuse(c, { ok: false, ...pick(error) }, error.status)
  console.error(`${c.req.method} ${c.req.path} failed:`, error)
  return refuse(c, { ok: false, reason: 'server-error', retryAfterSeconds: null }, 500)
}

const pick = ({ reason, retryAfterSeconds }: RequestRefused) => ({ reason, retryAfterSeconds })
