import { utf8Length } from '../../encoding/utf8.ts'
import type { TwoFactorRecord } from '../../index.ts'

/** The engine writes no larger record. */
export const ENGINE_LIMIT_BYTES = 16_384

/**
 * A store need not look inside a record, so these have the shape and size of the engine's, with some of everything that
 * JSON can express.
 */
function plain(fields: object): TwoFactorRecord {
  return JSON.parse(JSON.stringify(fields))
}

/** About a kilobyte, like an ordinary user's. */
export function ordinary(fields: object = {}): TwoFactorRecord {
  const atMs = 1_764_000_000_123
  const secret = 'sealed'.repeat(16)
  return plain({
    schema: 1,
    enrollment: 'enrollment-1',
    enabledAtMs: atMs,
    authenticators: [
      { id: 'phone', type: 'totp', name: 'Phone', secret, weak: false, lastUsedAtMs: null, lastStep: -1 },
    ],
    pending: null,
    recoveryCodes: { kept: 'sealed', sealed: 'sealed'.repeat(60), hashes: [], usedAtMs: [null, atMs, null] },
    trustedDevices: [{ id: 'device-1', name: 'Firefox', expiresAtMs: atMs + 1 }],
    throttle: { codes: { known: { failedAtMs: [atMs - 5, atMs] }, strangers: { failedAtMs: [] } } },
    changes: [{ type: 'two-factor.enabled', atMs }],
    ...fields,
  })
}

/** A record that its number distinguishes from others. */
export function numbered(number: number): TwoFactorRecord {
  return plain({ schema: 1, number })
}

/** A record of exactly that many bytes of JSON. */
export function sized(bytes: number): TwoFactorRecord {
  const entries = Array.from(
    { length: Math.floor(bytes / 64) - 100 },
    (_, index) => `entry ${index} é${'x'.repeat(24)}`,
  )
  const size = (padding: string) => utf8Length(JSON.stringify(ordinary({ entries, padding })))
  return ordinary({ entries, padding: 'x'.repeat(bytes - size('')) })
}

/** Overwrites everything in it. */
export function scribble(value: object): void {
  for (const [key, field] of Object.entries(value)) {
    if (typeof field === 'object' && field !== null) scribble(field)
    else Reflect.set(value, key, 'scribbled')
  }
}

export function deepFreeze<T extends object>(value: T): T {
  for (const field of Object.values(value)) if (typeof field === 'object' && field !== null) deepFreeze(field)
  return Object.freeze(value)
}

/** A record, and what a store usually does wrong if it does not return it intact. */
export interface RecordShape {
  what: string
  record: TwoFactorRecord
  mistake: string
}

export function recordShapes(largestBytes: number): readonly RecordShape[] {
  return [
    {
      what: 'an ordinary record',
      record: ordinary(),
      mistake:
        'Fields picked by name, nulls or empty lists left out, or JSON returned as text. Keep the record as one JSON value and return it parsed.',
    },
    {
      what: 'a record with nothing in it',
      record: plain({}),
      mistake:
        'An empty value treated as none. Only `record === null` deletes, and only a missing record loads as null.',
    },
    {
      what: 'a record of empty values',
      record: plain({ text: '', list: [], object: {}, nothing: null, lists: [[], [null], ['']], no: false, zero: 0 }),
      mistake: 'A serializer or driver that drops what is empty, or turns it into null. Store JSON text.',
    },
    {
      what: 'a record in many scripts',
      record: ordinary({ name: 'Ünï¢ödé 漢字 שלום 👩🏽‍💻 e\u0301 é \u2028 \ufeff', 漢字: ['é', 'e\u0301'] }),
      mistake:
        'A column or connection that is not UTF-8 throughout (MySQL: utf8mb4), or text that is normalized on its way.',
    },
    {
      what: 'a record full of quotes',
      record: ordinary({ name: `'"\`\\ \\n \\u0041 %s $1 ? :a {"a":[1]} <b>&amp;</b> -- ; \t\n` }),
      mistake: 'A query assembled from text. Bind every value.',
    },
    {
      what: 'a record of texts that look like something else',
      record: ordinary({ texts: ['2025-01-31T12:00:00.000Z', '2025-01-31', '1', '1e3', 'true', 'null', '[]', ''] }),
      mistake:
        'A reviver or driver that turns text into dates or numbers. JSON.parse without a reviver returns what was saved.',
    },
    {
      what: 'a record with numbers as large as they can be',
      record: ordinary({ most: 2 ** 53 - 1, least: -(2 ** 53) + 1, tenth: 0.1, zero: 0, atMs: 8_640_000_000_000_000 }),
      mistake: 'Numbers kept as floats of 32 bits or rounded decimals, or read as BigInt or text.',
    },
    {
      what: 'a record with nine levels',
      record: plain({ a: [{ b: [{ c: [{ d: [[{ e: { f: null, g: true, h: [] } }]] }] }] }] }),
      mistake: 'A mapper that stops at some depth or flattens one-element lists. Store JSON text.',
    },
    {
      what: 'a record with keys like __proto__',
      record: JSON.parse('{"__proto__":{"a":1},"a":{"__proto__":[],"constructor":null,"toString":"b","length":2}}'),
      mistake:
        'A copy made by assigning key after key. Use JSON, structuredClone or a spread, which make own properties.',
    },
    {
      what: `a record of ${largestBytes} bytes`,
      record: sized(largestBytes),
      mistake:
        'A column that is too small, or that cuts long values. If the database has a limit, pass it as largestRecordBytes, from 16384 on.',
    },
  ]
}
