import { utf8Length } from '../encoding/utf8.ts'
import { MAX_BINDING } from '../engine/challenge-token.ts'
import type { JsonValue } from '../engine/json.ts'
import { invalidOption } from '../options/invalid-option.ts'

const MAX_STATE_BYTES = 1024
const MAX_AMR = 8
const AMR_VALUE = /^[\x21-\x7e]{1,32}$/

export function bindingArgument(binding: unknown): string | undefined {
  if (binding === undefined || (typeof binding === 'string' && binding.length <= MAX_BINDING)) return binding
  throw invalidOption('binding', binding, `text of at most ${MAX_BINDING} characters`)
}

export function amrArgument(amr: unknown): readonly string[] {
  if (amr === undefined) return []
  const isList = Array.isArray(amr) && amr.length <= MAX_AMR && amr.every((value) => isAmrValue(value))
  if (isList) return [...amr]
  throw invalidOption('amr', amr, `a list of at most ${MAX_AMR} RFC 8176 values such as 'pwd'`)
}

function isAmrValue(value: unknown): boolean {
  return typeof value === 'string' && AMR_VALUE.test(value)
}

export function stateArgument(state: JsonValue | undefined): JsonValue {
  if (state === undefined) return null
  const bytes = typeof state === 'string' ? state : jsonText(state)
  if (bytes !== null && utf8Length(bytes) <= MAX_STATE_BYTES) return state
  throw invalidOption('state', state, `JSON of at most ${MAX_STATE_BYTES} bytes`)
}

function jsonText(state: JsonValue): string | null {
  try {
    return JSON.stringify(state) ?? null
  } catch {
    return null
  }
}
