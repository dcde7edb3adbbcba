import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { createHandler } from 'countersign/http'
import { createAccessTokens, memoryTokenStore } from 'countersign/tokens'
import { expect } from 'vitest'
import { createWorld } from '../world.ts'

/** One operation of the document, with what checks its bodies and answers. */
export interface Operation {
  id: string
  method: string
  path: string
  /** The type of the body that it takes; null: none. */
  takes: string | null
  /** Of each status, the reasons that the document names. */
  reasons: string[]
  isRight(body: unknown): boolean
  /** Fails for an answer of which the document says nothing, or something else. */
  check(status: number, type: string | null, body: unknown): void
}

interface Media {
  content: Record<string, { schema: Schema }>
}
interface Schema {
  properties?: object
  anyOf?: Schema[]
  allOf?: { properties?: Properties }[]
}
interface Properties {
  reason?: { enum: string[] }
}

export interface OpenApi {
  openapi: string
  paths: Record<
    string,
    Record<string, { operationId: string; requestBody?: Media; responses: Record<string, Media>; security: object[] }>
  >
  components: { schemas: { Problem: { properties: object } } }
}

/** The operations of a document, by their ids. */
export function operationsOf(document: OpenApi): Operation[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false })
  ajv.addSchema(document, 'document')
  const compiled = new Map<string, ValidateFunction>()
  const validatorOf = (...path: string[]) => {
    const pointer = `document#/${path.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`
    const known = compiled.get(pointer) ?? ajv.compile({ $ref: pointer })
    compiled.set(pointer, known)
    return known
  }

  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, requestBody, responses }]): Operation => {
      const at = ['paths', path, method]
      const takes = requestBody === undefined ? null : (Object.keys(requestBody.content)[0] ?? '')
      return {
        id: operationId,
        method: method.toUpperCase(),
        path,
        takes,
        reasons: Object.values(responses).flatMap(({ content }) =>
          Object.values(content).flatMap(({ schema }) => schema.allOf?.[1]?.properties?.reason?.enum ?? []),
        ),
        isRight: (body) => validatorOf(...at, 'requestBody', 'content', takes ?? '', 'schema')(body) === true,
        check(status, type, body) {
          const schema = responses[status]?.content[type ?? '']?.schema
          expect(schema, `${operationId} answers ${status} ${type}, of which the document says nothing`).toBeDefined()
          const validate = validatorOf(...at, 'responses', String(status), 'content', type ?? '', 'schema')
          validate(body)
          expect(validate.errors, `${operationId} answers ${status} ${JSON.stringify(body)}`).toBeNull()
          const problem = document.components.schemas.Problem
          const named = (schema?.anyOf ?? [schema]).flatMap((one) => Object.keys(one?.properties ?? problem.properties))
          expect(named).toEqual(expect.arrayContaining(Object.keys(body ?? {})))
        },
      }
    }),
  )
}

let known: Promise<Operation[]> | undefined

/** The operations of any handler of this version. */
export function allOperations(): Promise<Operation[]> {
  known ??= readDocument().then(operationsOf)
  return known
}

async function readDocument(): Promise<OpenApi> {
  const { twoFactor } = createWorld()
  const tokens = createAccessTokens({ twoFactor, store: memoryTokenStore(), prefix: 'acme' })
  const handler = createHandler({ twoFactor, tokens, authenticate: () => null, openSession: () => ({}) })
  const response = await handler(new Request('https://app.example.com/two-factor/openapi.json'))
  return response.json()
}
