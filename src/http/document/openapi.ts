import { type ConversionConfig, toJsonSchema } from '@valibot/to-json-schema'
import type * as v from 'valibot'
import type { ProblemReason } from '../api.ts'
import { isUnique } from '../fields.ts'
import type { Settings } from '../options.ts'
import { REASONS, statusOf } from '../problems.ts'
import type { Route } from '../route.ts'
import { ANSWERS } from './answers.ts'
import { requestReasons, SUMMARIES } from './refusals.ts'

const PROBLEM = '#/components/schemas/Problem'
// The handler still checks what JSON Schema cannot express (bytes of UTF-8).
const CONVERSION: ConversionConfig = {
  target: 'draft-2020-12',
  typeMode: 'input',
  errorMode: 'ignore',
  overrideAction: ({ valibotAction, jsonSchema }) =>
    'requirement' in valibotAction && valibotAction.requirement === isUnique
      ? { ...jsonSchema, uniqueItems: true }
      : undefined,
}

/** OpenAPI 3.1 for this handler's routes, from the schemas that check their bodies. */
export function openApiDocument(settings: Settings, routes: readonly Route[]): object {
  const { twoFactor, basePath, allowedOrigins } = settings
  const [server] = allowedOrigins ?? []
  return {
    openapi: '3.1.0',
    info: {
      title: `Two-factor authentication of ${twoFactor.issuer}`,
      version: '1',
      description:
        'A change needs an allowed Origin and Content-Type: application/json. Refusals are RFC 9457 problems with stable types.',
    },
    ...(server === undefined ? {} : { servers: [{ url: server }] }),
    paths: Object.fromEntries(
      routes.map((route) => [`${basePath}/${route.path}`, { [route.method.toLowerCase()]: operationOf(route) }]),
    ),
    components: {
      schemas: { Problem: problemSchema() },
      securitySchemes: {
        session: { type: 'apiKey', in: 'header', name: 'Cookie', description: 'The session of the host.' },
      },
    },
  }
}

function operationOf({ name, method, body, isPersonal }: Route): object {
  const { summary, reasons } = SUMMARIES[name]
  return {
    operationId: name,
    summary,
    security: isPersonal ? [{ session: [] }] : [],
    ...(body === null ? {} : { requestBody: { required: true, content: { 'application/json': contentOf(body) } } }),
    responses: {
      200: { description: 'Done.', content: { 'application/json': contentOf(ANSWERS[name]) } },
      ...refusalsOf([...requestReasons(method, isPersonal), ...reasons]),
    },
  }
}

/** One response per status, which names its reasons. */
function refusalsOf(reasons: readonly ProblemReason[]): Record<string, object> {
  const byStatus = new Map<number, ProblemReason[]>()
  for (const reason of reasons) {
    const status = statusOf(reason)
    byStatus.set(status, [...(byStatus.get(status) ?? []), reason])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      status,
      {
        description: group.join(', '),
        content: {
          'application/problem+json': {
            schema: {
              allOf: [{ $ref: PROBLEM }, { properties: { status: { const: status }, reason: { enum: group } } }],
            },
          },
        },
      },
    ]),
  )
}

function contentOf(schema: v.GenericSchema): object {
  const { $schema: _, ...converted } = toJsonSchema(schema, CONVERSION)
  return { schema: converted }
}

function problemSchema(): object {
  return {
    type: 'object',
    description: 'RFC 9457.',
    properties: {
      type: { type: 'string', description: 'urn:countersign:problem: and the reason.' },
      title: { type: 'string' },
      status: { type: 'integer' },
      reason: { enum: REASONS },
      retryAfterSeconds: { type: ['integer', 'null'], description: 'Until trying again can help.' },
      detail: { type: 'string', description: 'More for the developer.' },
      clockOffsetSeconds: { type: 'integer', description: 'How far the phone’s clock is off.' },
      errors: {
        type: 'array',
        items: {
          type: 'object',
          properties: { path: { type: 'string' }, message: { type: 'string' } },
          required: ['path', 'message'],
        },
      },
    },
    required: ['type', 'title', 'status', 'reason', 'retryAfterSeconds'],
  }
}
