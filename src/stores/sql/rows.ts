import { utf8Text } from '../../encoding/utf8.ts'
import { describeType } from '../../options/invalid-option.ts'
import { storeInvalid } from '../answers/store-invalid.ts'
import type { SqlDriver, SqlResult } from './driver.ts'

export const CAUSES: string =
  'Look for what changes rows on this client: rowsAsArray, nestTables, metaAsArray, typeCast, rowMode, a type parser, a ' +
  'transform or a plugin; or give the store its own client'

/**
 * The columns of a row, in the order of the statement. A row may be a list (`rowsAsArray`, `rowMode: 'array'`), group
 * its columns by table (`nestTables: true`) or have text as bytes (`typeCast: false`).
 */
export function readColumns(what: string, row: unknown, names: readonly string[]): unknown[] {
  if (Array.isArray(row) && row.length === names.length) return row.map(textOfBytes)
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    throw storeInvalid(
      `${what} found a row that is ${describeType(row)}, not an object with ${names.join(', ')}. ${CAUSES}`,
    )
  }
  if (names.every((name) => name in row)) return names.map((name) => textOfBytes(Reflect.get(row, name)))
  const found: object = Object.assign({}, ...Object.values(row).filter(isObject), row)
  const missing = names.filter((name) => !(name in found) && !(name in row))
  if (missing.length > 0) {
    const shown = Object.keys(row).slice(0, 5).join(', ').slice(0, 200)
    throw storeInvalid(
      `${what} found a row without the column ${missing.join(', ')}; it has ${shown || 'none'}. ${CAUSES}`,
    )
  }
  return names.map((name) => textOfBytes(Reflect.get(name in row ? row : found, name)))
}

/** A column that always holds text. */
export function readText(what: string, name: string, value: unknown): string {
  if (typeof value === 'string') return value
  throw storeInvalid(`${what} found ${describeType(value)} in the column ${name}, not text. ${CAUSES}`)
}

function textOfBytes(value: unknown): unknown {
  return value instanceof Uint8Array ? utf8Text(value) : value
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** The driver, with each result checked. */
export function checkedDriver(driver: SqlDriver): SqlDriver {
  const { batch } = driver
  return {
    query: async (sql, params) => checkedResult(await driver.query(sql, params)),
    batch: batch && (async (statements) => (await batch.call(driver, statements)).map(checkedResult)),
  }
}

function checkedResult(result: SqlResult): SqlResult {
  const given: unknown = result
  if (!isObject(given))
    throw storeInvalid(`the driver's query returned ${describeType(given)}, not { rows, rowsAffected }`)
  const rows: unknown = Reflect.get(given, 'rows')
  if (!Array.isArray(rows))
    throw storeInvalid(`the driver's query returned ${describeType(rows)} as rows, not an array`)
  const count: unknown = Reflect.get(given, 'rowsAffected')
  if (typeof count === 'number' || typeof count === 'bigint') return result
  throw storeInvalid(`the driver's query returned ${describeType(count)} as the number of rows written`)
}
