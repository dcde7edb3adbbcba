import * as v from 'valibot'
import { type Refusal, refusal } from '../engine/refusal.ts'
import type { HttpOperationName, HttpOperations, ProblemReason } from './api.ts'
import { type FieldError, fieldErrors } from './field-errors.ts'
import type { Person, Settings } from './options.ts'
import type { Answered } from './reply.ts'

/** One request, signed in or not. */
export interface Call<Who extends Person | null> {
  request: Request
  settings: Settings
  person: Who
}

/** The outcome of an operation. */
export type Outcome<Answer> =
  | Answered<Answer>
  | (Refusal<ProblemReason> & { errors?: FieldError[]; cookies?: readonly string[]; clockOffsetSeconds?: number })

/** One operation, as the handler and the document see it: only `run` knows its types. */
export interface Route {
  name: HttpOperationName
  path: string
  method: 'GET' | 'POST'
  /** Null: it has no body. */
  body: v.GenericSchema | null
  /** Requires a signed-in user. */
  isPersonal: boolean
  run(call: Call<Person | null>, json: unknown): Promise<Outcome<object>>
}

/** The answer of an operation without any other. */
export const done: Answered<Record<never, never>> = { ok: true, answer: {} }

type BodySchema<Name extends HttpOperationName> = v.GenericSchema<unknown, HttpOperations[Name]['body']>
type Run<Name extends HttpOperationName, Who extends Person | null> = (
  call: Call<Who>,
  body: HttpOperations[Name]['body'],
) => Promise<Outcome<HttpOperations[Name]['answer']>>

/** An operation that reads something of the signed-in user. */
export function getRoute<Name extends 'status' | 'accessTokens'>(name: Name, run: Run<Name, Person>): Route {
  return {
    ...common(name),
    method: 'GET',
    body: null,
    isPersonal: true,
    run: async ({ person, ...call }) => (person === null ? refusal('signed-out') : run({ ...call, person }, null)),
  }
}

/** An operation that changes something of the signed-in user. */
export function postRoute<Name extends HttpOperationName>(
  name: Name,
  body: BodySchema<Name>,
  run: Run<Name, Person>,
): Route {
  return {
    ...common(name),
    method: 'POST',
    body,
    isPersonal: true,
    run: ({ person, ...call }, json) =>
      parsed(body, json, async (fields) =>
        person === null ? refusal('signed-out') : run({ ...call, person }, fields),
      ),
  }
}

/** A step of a sign-in, with a challenge. */
export function challengeRoute<Name extends HttpOperationName>(
  name: Name,
  body: BodySchema<Name>,
  run: Run<Name, null>,
): Route {
  return {
    ...common(name),
    method: 'POST',
    body,
    isPersonal: false,
    run: (call, json) => parsed(body, json, (fields) => run({ ...call, person: null }, fields)),
  }
}

function common(name: HttpOperationName) {
  return { name, path: name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`) }
}

async function parsed<Body>(
  schema: v.GenericSchema<unknown, Body>,
  json: unknown,
  run: (body: Body) => Promise<Outcome<object>>,
): Promise<Outcome<object>> {
  const shape = shapeFor(schema, json)
  // To valibot, an array is an object too.
  const result = Array.isArray(json) ? null : v.safeParse(shape, json)
  if (result?.success) return run(result.output)
  return { ...refusal('invalid-request'), errors: fieldErrors(shape, result?.issues ?? []) }
}

/** Of several shapes, the first with all of these fields, or else the last, so that errors name fields. */
function shapeFor<Body>(schema: v.GenericSchema<unknown, Body>, json: unknown): v.GenericSchema<unknown, Body> {
  const shapes = 'options' in schema ? (schema.options as v.GenericSchema<unknown, Body>[]) : [schema]
  const keys = typeof json === 'object' && json !== null ? Object.keys(json) : []
  const fits = (shape: object) => 'entries' in shape && keys.every((key) => Reflect.has(shape.entries as object, key))
  return shapes.find(fits) ?? shapes.at(-1) ?? schema
}
