import type * as v from 'valibot'
import { nearestName } from '../options/nearest-name.ts'

/** What is wrong with one field of a body. */
export interface FieldError {
  /** Names and positions, joined by dots; '' for the body itself. */
  path: string
  message: string
}

/** A small request must not cause a large answer. */
const MAX_ERRORS = 10
const MAX_PATH = 64

/** Says what was expected, never what was sent: that may be a password in the wrong field. */
export function fieldErrors(schema: v.GenericSchema, issues: readonly v.BaseIssue<unknown>[]): FieldError[] {
  if (issues.length === 0) return [{ path: '', message: 'expected an object' }]
  return issues.slice(0, MAX_ERRORS).map((issue) => {
    const path = (issue.path ?? []).map(({ key }) => String(key)).join('.')
    return { path: path.slice(0, MAX_PATH), message: messageOf(issue, path, namesOf(schema)) }
  })
}

function messageOf(issue: v.BaseIssue<unknown>, path: string, names: readonly string[]): string {
  const { type, expected, received, kind } = issue
  const most: unknown = 'requirement' in issue ? issue.requirement : undefined
  if (expected === 'never') return unknownField(path, names)
  if (kind === 'schema' && received === 'undefined') return 'required'
  if (type === 'union') return 'expected { password }, { code } or { passkey, token }'
  if (type === 'max_length') return `expected at most ${most} ${received === 'Array' ? 'elements' : 'characters'}`
  if (type === 'max_bytes') return `expected at most ${most} bytes of UTF-8`
  if (type === 'min_value') return `expected ${most} or more`
  if (type === 'max_value') return `expected ${most} or less`
  if (type === 'integer') return 'expected a whole number'
  if (type === 'regex' || type === 'check') return `expected ${issue.message}`
  return `expected ${TYPES[type] ?? 'another value'}`
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  strict_object: 'an object',
  object: 'an object',
}

function unknownField(path: string, names: readonly string[]): string {
  const nearest = nearestName(path, names)
  return nearest === null ? 'unknown field' : `unknown field; did you mean '${nearest}'?`
}

/** The fields that a body of this schema has. */
function namesOf(schema: v.GenericSchema): readonly string[] {
  const entries: unknown = 'entries' in schema ? schema.entries : null
  return typeof entries === 'object' && entries !== null ? Object.keys(entries) : []
}
