import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { CliError } from './output.ts'

/** How a file of rows is written. */
export type RowFormat = 'jsonl' | 'csv' | 'lines'

/** A row, and the line where it begins. `value` undefined: the line is not readable. */
export interface FileRow {
  line: number
  value: unknown
}

/** The rows of a file, one by one. Nothing that is wrong with a row stops the others. */
export async function* readFileRows(path: string, format: RowFormat): AsyncGenerator<FileRow> {
  const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY })
  if (format === 'csv') {
    yield* csvRows(lines)
    return
  }
  let line = 0
  for await (const given of lines) {
    line += 1
    const text = line === 1 ? given.replace(/^\ufeff/, '') : given
    if (text.trim() !== '') yield { line, value: format === 'jsonl' ? parsed(text) : text }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** RFC 4180, with a header: fields in quotes may hold commas, quotes and line breaks. An empty field is null. */
async function* csvRows(lines: AsyncIterable<string>): AsyncGenerator<FileRow> {
  let names: string[] | null = null
  let pending = ''
  let line = 0
  let begin = 1
  for await (const text of lines) {
    line += 1
    if (pending === '') begin = line
    const record = pending === '' ? text.replace(line === 1 ? /^\ufeff/ : /^$/, '') : `${pending}\n${text}`
    // An open quote: the record goes on in the next line.
    pending = (record.split('"').length - 1) % 2 === 1 ? record : ''
    if (pending !== '' || record.trim() === '') continue
    const fields = csvFields(record)
    if (names === null) names = fields
    else yield { line: begin, value: fields.length === names.length ? rowOf(names, fields) : undefined }
  }
  if (pending !== '') throw new CliError(`The quote in line ${begin} of the CSV file is never closed.`)
}

function csvFields(record: string): string[] {
  const fields = record.match(/(?<=^|,)(?:"(?:[^"]|"")*"|[^",]*)(?=,|$)/g) ?? []
  return fields.map((field) => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field))
}

function rowOf(names: readonly string[], fields: readonly string[]): object {
  return Object.fromEntries(names.map((name, at) => [name, fields[at] === '' ? null : fields[at]]))
}
