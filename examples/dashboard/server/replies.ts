import type { Context } from 'hono'
import * as v from 'valibot'
import type { HostReason } from '../answers.ts'

interface RefusedDetails {
  retryAfterSeconds?: number
  headers?: Record<string, string>
}

/** Thrown where a request goes no further; answered in one place, as an RFC 9457 problem. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: number
  readonly reason: HostReason | 'invalid-token' | 'insufficient-scope'
  readonly details: RefusedDetails

  constructor(status: number, reason: Refused['reason'], details: RefusedDetails = {}) {
    super(reason)
    this.status = status
    this.reason = reason
    this.details = details
  }
}

export function answerError(error: Error, c: Context): Response {
  if (error instanceof Refused) return problem(error)
  console.error(`${c.req.method} ${c.req.path} failed:`, error)
  return problem(new Refused(500, 'server-error'))
}

function problem({ status, reason, details: { retryAfterSeconds, headers } }: Refused): Response {
  return new Response(JSON.stringify({ status, reason, retryAfterSeconds: retryAfterSeconds ?? null }), {
    status,
    headers: {
      'Content-Type': 'application/problem+json',
      ...(retryAfterSeconds !== undefined && { 'Retry-After': String(retryAfterSeconds) }),
      ...headers,
    },
  })
}

/** The request's JSON, if it is what the schema says; unknown fields are refused. */
export async function readBody<Schema extends v.GenericSchema>(
  c: Context,
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  const json: unknown = await c.req.json().catch((error: unknown) => {
    if (error instanceof Refused) throw error
    return null
  })
  const body = v.safeParse(schema, json)
  if (!body.success) throw new Refused(400, 'bad-request')
  return body.output
}
