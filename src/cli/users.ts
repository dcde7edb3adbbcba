import { sizeOfFile } from './lines.ts'
import { CliError } from './output.ts'
import { type FileRow, type RowFormat, readFileRows } from './rows.ts'

/** The users of a batch with their rows, and the rows without a user. */
export interface UserBatch {
  users: ReadonlyMap<string, readonly unknown[]>
  nobodys: readonly NobodysRow[]
  /** The number of the batch, from 0. */
  index: number
}

/** A row without a usable user id. */
export interface NobodysRow {
  line: number
  message: string
}

export interface UserFile {
  path: string
  format: RowFormat
  /** The column of the user id. */
  column: string
  /** About how much of the file is in memory at once. */
  batchBytes?: number
}

const BATCH_BYTES = 8 * 1_048_576
/** The readers read 100 rows of a user; one more shows that there are more. */
const MOST_ROWS_OF_USER = 101
const MAX_USER_ID = 255

/**
 * Checks every row before the first user is written, so that a wrong file or user id column is found before anything
 * happens.
 *
 * @returns how many rows it has, and in how many batches `readUserBatches` returns them
 */
export async function surveyFile(file: UserFile): Promise<{ rows: number; batches: number }> {
  const { path, format, column, batchBytes = BATCH_BYTES } = file
  const batches = Math.max(1, Math.ceil((await sizeOfFile(path)) / batchBytes))
  let rows = 0
  let hasColumn = false
  for await (const some of readFileRows(path, format)) {
    rows += some.length
    hasColumn ||= some.some(({ value }) => typeof value === 'object' && value !== null && Object.hasOwn(value, column))
  }
  if (rows === 0) throw new CliError(`${path} has no rows.`, 2)
  if (hasColumn) return { rows, batches }
  const hint = format === 'csv' ? ' The first line must be the header, with commas between the names.' : ''
  throw new CliError(`No row of ${path} has the column ${column}. Name the user id's column with --user-id.${hint}`, 2)
}

/**
 * The users of a file, batch by batch. A user's rows may be anywhere, so the file is read once per batch, which has the
 * users whose ids hash to it: memory depends on the size of a batch, not of the file.
 */
export async function* readUserBatches(file: UserFile, batches: number): AsyncGenerator<UserBatch> {
  for (let index = 0; index < batches; index += 1) yield await readBatch(file, index, batches)
}

async function readBatch({ path, format, column }: UserFile, index: number, batches: number): Promise<UserBatch> {
  const users = new Map<string, unknown[]>()
  const nobodys: NobodysRow[] = []
  for await (const rows of readFileRows(path, format)) {
    for (const row of rows) {
      const userId = userIdOf(row.value, column)
      if (userId !== null && batchOf(userId, batches) !== index) continue
      if (userId === null) {
        if (row.line % batches === index) nobodys.push({ line: row.line, message: faultOf(row, column) })
        continue
      }
      const own = users.get(userId)
      if (own === undefined) users.set(userId, [row.value])
      else if (own.length < MOST_ROWS_OF_USER) own.push(row.value)
    }
  }
  return { users, nobodys, index }
}

/** The batch of a user, by FNV-1a: the hash need not be secure. */
export function batchOf(userId: string, batches: number): number {
  if (batches === 1) return 0
  let hash = 0x811c9dc5
  for (let at = 0; at < userId.length; at += 1) hash = Math.imul(hash ^ userId.charCodeAt(at), 0x01000193)
  return (hash >>> 0) % batches
}

/** A number that JSON cannot hold exactly would be another user's id. */
function userIdOf(row: unknown, column: string): string | null {
  const id: unknown = typeof row === 'object' && row !== null ? Reflect.get(row, column) : null
  const text = typeof id === 'string' || Number.isSafeInteger(id) ? String(id) : ''
  return text.length >= 1 && text.length <= MAX_USER_ID ? text : null
}

function faultOf({ line, value, fault }: FileRow, column: string): string {
  if (fault !== null) return `Line ${line} ${fault}.`
  const id: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, column) : null
  if (typeof id === 'number') return `Line ${line}: its user id is too large to be an exact number. Export it as text.`
  return `Line ${line} has no user id in ${column}.`
}
