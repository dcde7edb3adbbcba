import { type FileLine, MAX_LINE_BYTES, readLines } from './lines.ts'
import { CliError } from './output.ts'

/** The format of a file of rows. */
export type RowFormat = 'jsonl' | 'csv'

/** A row, and its first line. `value` undefined: it cannot be read, and `fault` says why. */
export interface FileRow {
  line: number
  value: unknown
  fault: string | null
}

/** The rows of a file, one chunk at a time. A faulty row does not stop the others. */
export async function* readFileRows(path: string, format: RowFormat): AsyncGenerator<FileRow[]> {
  const reader = format === 'csv' ? createCsvReader(path) : createJsonReader(path)
  for await (const lines of readLines(path)) yield lines.flatMap(reader.add)
  reader.end()
}

interface RowReader {
  add(line: FileLine): FileRow[]
  end(): void
}

function createJsonReader(path: string): RowReader {
  let isFirst = true
  return {
    add({ number: line, text, fault }) {
      if (text === null) return [{ line, value: undefined, fault }]
      const trimmed = text.trim()
      if (trimmed === '') return []
      if (isFirst && trimmed.startsWith('[')) {
        throw new CliError(`${path} is one JSON array. Write one row per line: jq -c '.[]' ${path} > rows.jsonl`, 2)
      }
      isFirst = false
      try {
        return [{ line, value: JSON.parse(trimmed), fault: null }]
      } catch {
        return [{ line, value: undefined, fault: 'is not readable' }]
      }
    },
    end() {},
  }
}

/** RFC 4180, with a header: quoted fields may contain commas, quotes and line breaks. An empty field is null. */
function createCsvReader(path: string): RowReader {
  let names: readonly string[] | null = null
  let pending: CsvRecord | null = null
  let begin = 1

  function rowsOf({ fields, isBroken }: CsvRecord): FileRow[] {
    if (names === null) {
      names = checkedHeader(path, fields)
      return []
    }
    if (isBroken) return [{ line: begin, value: undefined, fault: 'has text after a closing quote' }]
    if (fields.length === names.length) return [{ line: begin, value: rowOf(names, fields), fault: null }]
    const fault = `has ${fields.length} fields, and the header ${names.length}`
    return [{ line: begin, value: undefined, fault }]
  }

  return {
    add({ number, text, fault }) {
      if (text === null) {
        if (names === null) throw new CliError(`${path}: the header, line ${number}, ${fault}.`, 2)
        if (pending === null) return [{ line: number, value: undefined, fault }]
        throw neverClosed(path, begin)
      }
      if (pending === null && text.trim() === '') return []
      if (pending === null) begin = number
      const record: CsvRecord = pending ?? { fields: [], open: null, length: 0, isBroken: false }
      readCsvLine(record, text)
      if (record.length > MAX_LINE_BYTES) throw neverClosed(path, begin)
      // An open quote: the record continues on the next line.
      pending = record.open === null ? null : record
      return pending === null ? rowsOf(record) : []
    },
    end() {
      if (pending !== null) throw neverClosed(path, begin)
    },
  }
}

/** A record as read so far. `open`: the lines of the field whose quote is not closed yet. */
interface CsvRecord {
  fields: string[]
  open: string[] | null
  length: number
  isBroken: boolean
}

function readCsvLine(record: CsvRecord, line: string): void {
  record.length += line.length
  let at = 0
  for (;;) {
    if (record.open === null && line[at] === '"') {
      record.open = []
      at += 1
    }
    let end = at
    if (record.open !== null) {
      const quote = closingQuote(line, at)
      record.open.push(line.slice(at, quote === -1 ? undefined : quote))
      if (quote === -1) return
      record.fields.push(record.open.join('\n').replaceAll('""', '"'))
      record.open = null
      end = quote + 1
      if (end < line.length && line[end] !== ',') record.isBroken = true
    }
    const comma = line.indexOf(',', end)
    if (end === at) record.fields.push(line.slice(at, comma === -1 ? undefined : comma))
    if (comma === -1) return
    at = comma + 1
  }
}

function closingQuote(line: string, from: number): number {
  let quote = line.indexOf('"', from)
  while (quote !== -1 && line[quote + 1] === '"') quote = line.indexOf('"', quote + 2)
  return quote
}

function checkedHeader(path: string, names: readonly string[]): readonly string[] {
  if (new Set(names).size === names.length) return names
  // Not the name: without a header, it would be a secret.
  throw new CliError(`${path}: two columns of the header have the same name, or the header is missing.`, 2)
}

function neverClosed(path: string, line: number): CliError {
  return new CliError(`${path}: the quote in line ${line} is never closed.`, 2)
}

function rowOf(names: readonly string[], fields: readonly string[]): object {
  return Object.fromEntries(names.map((name, at) => [name, fields[at] === '' ? null : fields[at]]))
}
