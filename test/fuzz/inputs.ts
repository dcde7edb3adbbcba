import fc from 'fast-check'

const PIECES = [
  '',
  ' ',
  '-',
  '=',
  '%',
  '%00',
  '\u0000',
  '\ud800',
  'é',
  '１',
  '__proto__',
  '.',
  ':',
  '"',
  '{',
  '[',
  '$ba$1$',
  '9'.repeat(40),
  'A'.repeat(3000),
]

const text = fc.oneof(
  fc.string({ maxLength: 200 }),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.base64String({ maxLength: 400 }),
  fc.stringMatching(/^[0-9A-Za-z=&%:/?._-]{0,80}$/),
  fc.constantFrom(...PIECES),
)

const seeds = new WeakMap<fc.Arbitrary<unknown>, readonly unknown[]>()

/** Inputs, and some right ones for the guided fuzzer to begin with. */
export function withSeeds<T>(right: readonly unknown[], inputs: fc.Arbitrary<T>): fc.Arbitrary<T> {
  seeds.set(inputs, right)
  return inputs
}

export function seedsOf(inputs: fc.Arbitrary<unknown>): readonly unknown[] {
  return seeds.get(inputs) ?? []
}

export function either(...all: fc.Arbitrary<unknown>[]): fc.Arbitrary<unknown> {
  return withSeeds(all.flatMap(seedsOf), fc.oneof(...all))
}

/** Text that is nearly as it should be: one that is right with some places changed, doubled, cut or filled with something else. */
export function nearlyText(...right: string[]): fc.Arbitrary<string> {
  const edit = fc.tuple(fc.nat(4000), fc.nat(40), fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 3 })))
  const edited = fc.tuple(fc.constantFrom(...right), fc.array(edit, { maxLength: 4 })).map(([whole, edits]) =>
    edits.reduce((now, [at, length, piece]) => {
      const start = now.length === 0 ? 0 : at % (now.length + 1)
      return now.slice(0, start) + piece + now.slice(start + (length % 7))
    }, whole),
  )
  return withSeeds(right, fc.oneof(edited, edited, text))
}

/** Any value that JSON, a database's driver or a programmer could hand over. */
export const anything: fc.Arbitrary<unknown> = fc.oneof(
  text,
  fc.jsonValue({ maxDepth: 3 }),
  fc.anything({
    maxDepth: 2,
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withTypedArray: true,
  }),
)

/** A value of this shape with some of its fields, however deep, replaced, removed or added to. */
export function nearly(...right: unknown[]): fc.Arbitrary<unknown> {
  const edit = fc.tuple(fc.array(fc.nat(20), { minLength: 1, maxLength: 6 }), anything, fc.boolean())
  const edited = fc
    .tuple(fc.constantFrom(...right), fc.array(edit, { maxLength: 3 }))
    .map(([whole, edits]) =>
      edits.reduce((now, [path, value, isRemoved]) => replaced(now, path, value, isRemoved), structuredClone(whole)),
    )
  return withSeeds(right, fc.oneof(edited, edited, edited, anything))
}

function replaced(value: unknown, [first = 0, ...rest]: readonly number[], by: unknown, isRemoved: boolean): unknown {
  if (typeof value === 'string' && typeof by === 'string' && value !== '') {
    const at = first % value.length
    return value.slice(0, at) + by + value.slice(at + 1)
  }
  if (typeof value !== 'object' || value === null || rest.length === 0) return by
  const keys = Object.keys(value)
  const key = keys[first % Math.max(1, keys.length)]
  if (key === undefined) return by
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...value }
  if (isRemoved && rest.length === 1) Reflect.deleteProperty(copy, key)
  else Reflect.set(copy, key, replaced(Reflect.get(value, key), rest, by, isRemoved))
  return copy
}
