import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { CountersignError, type TwoFactor } from '../index.ts'
import { type Journal, openJournal } from './journal.ts'
import { CliError, type Output, rateOf } from './output.ts'
import { type FileRow, type RowFormat, readFileRows } from './rows.ts'
import { type FromRows, SYSTEMS } from './systems.ts'

export interface ImportOptions {
  from: string
  format?: RowFormat | undefined
  userId?: string | undefined
  dryRun?: boolean | undefined
  report?: string | undefined
  journal?: string | undefined
  restart?: boolean | undefined
  encoding?: 'base32' | 'hex' | 'base64' | 'ascii' | undefined
  algorithm?: string | undefined
  digits?: number | undefined
  period?: number | undefined
  hashedCodeLength?: number | undefined
}

/** What became of the users of a file. */
export interface ImportCounts {
  /** Users in the file. */
  users: number
  imported: number
  /** Two-factor authentication was on already: nothing changed. */
  alreadyOn: number
  /** Done by an earlier run of this file. */
  doneBefore: number
  /** Nothing could be imported: the report says why. */
  left: number
}

/** A line of the report. Notes hold no secrets. */
interface ReportLine {
  userId: string | null
  outcome: 'imported' | 'left' | 'would-import' | 'already-on'
  reason?: string
  notes: readonly object[]
}

/** How many users are written at once. */
const AT_ONCE = 8

export async function importFile(
  twoFactor: TwoFactor,
  file: string,
  options: ImportOptions,
  output: Output,
): Promise<ImportCounts> {
  const users = await readUsersOf(file, options, output)
  const counts: ImportCounts = { users: users.length, imported: 0, alreadyOn: 0, doneBefore: 0, left: 0 }
  const journalPath = options.journal ?? `${file}.imported`
  if (options.restart) rmSync(journalPath, { force: true })
  const journal = options.dryRun ? null : openJournal(journalPath)
  const lines: ReportLine[] = []
  const startMs = performance.now()
  let at = 0

  async function worker(): Promise<void> {
    for (let user = users[at++]; user !== undefined; user = users[at++]) {
      const line = await importOne(twoFactor, user, journal, counts)
      if (line !== null) lines.push(line)
      if (at % 100 === 0) output.progress(`${rateOf(at, startMs)}, ${users.length - at} to go`)
    }
  }

  try {
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
  } catch (error) {
    at = users.length
    throw error
  } finally {
    journal?.close()
    if (options.report !== undefined) writeReport(options.report, lines)
  }
  sayProblems(lines, options, output)
  output.say(`${rateOf(users.length, startMs)}.`)
  return counts
}

type FoundUser = { userId: string | null } & ReturnType<FromRows>

async function readUsersOf(file: string, options: ImportOptions, output: Output): Promise<FoundUser[]> {
  const system = Object.hasOwn(SYSTEMS, options.from) ? SYSTEMS[options.from] : undefined
  if (system === undefined) throw new CliError(`--from takes one of: ${Object.keys(SYSTEMS).join(', ')}.`, 2)
  if (!existsSync(file)) throw new CliError(`There is no file ${file}.`, 2)
  const { encoding, algorithm, digits, period, hashedCodeLength } = options
  const from = system.reader({ encoding, algorithm, digits, periodSeconds: period, hashedCodeLength })
  const column = options.userId ?? system.userId
  const rows: FileRow[] = []
  for await (const row of readFileRows(file, options.format ?? (file.endsWith('.csv') ? 'csv' : 'jsonl'))) {
    rows.push(row)
    if (rows.length % 10_000 === 0) output.progress(`${rows.length} rows read`)
  }
  const byUser = new Map<string, unknown[]>()
  const found: FoundUser[] = []
  for (const { line, value } of rows) {
    const userId = userIdOf(value, column)
    if (userId === null) {
      const message = value === undefined ? 'is not readable' : `has no user id in ${column}`
      found.push({
        userId: null,
        ok: false,
        reason: 'malformed',
        notes: [{ field: `line ${line}`, reason: 'malformed', message: `Line ${line} ${message}.` }],
      })
    } else byUser.set(userId, [...(byUser.get(userId) ?? []), value])
  }
  for (const [userId, own] of byUser) found.push({ userId, ...from(own) })
  return found
}

function userIdOf(row: unknown, column: string): string | null {
  const id: unknown = typeof row === 'object' && row !== null ? Reflect.get(row, column) : null
  const text = typeof id === 'string' || typeof id === 'number' ? String(id) : ''
  return text.length >= 1 && text.length <= 255 ? text : null
}

/** The journal comes after the write: a kill between the two makes the next run find that user already on. */
async function importOne(
  twoFactor: TwoFactor,
  found: FoundUser,
  journal: Journal | null,
  counts: ImportCounts,
): Promise<ReportLine | null> {
  const { userId, notes } = found
  if (userId !== null && journal?.has(userId)) {
    counts.doneBefore += 1
    return null
  }
  if (!found.ok || userId === null) {
    counts.left += 1
    return { userId, outcome: 'left', reason: found.ok ? 'missing' : found.reason, notes }
  }
  try {
    const isOn = journal === null && (await twoFactor.status(userId)).enabled
    const { imported } = journal === null ? { imported: !isOn } : await twoFactor.admin.importUser(userId, found.user)
    journal?.add(userId)
    counts[imported ? 'imported' : 'alreadyOn'] += 1
    const done = journal === null ? 'would-import' : 'imported'
    return { userId, outcome: imported ? done : 'already-on', notes }
  } catch (error) {
    if (!(error instanceof CountersignError) || !['invalid_option', 'record_invalid'].includes(error.code)) throw error
    counts.left += 1
    return { userId, outcome: 'left', reason: error.code, notes: [...notes, { message: error.message }] }
  }
}

function writeReport(path: string, lines: readonly ReportLine[]): void {
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { mode: 0o600 })
}

function sayProblems(lines: readonly ReportLine[], { report }: ImportOptions, output: Output): void {
  const left = lines.filter(({ outcome }) => outcome === 'left')
  for (const { userId, reason, notes } of left.slice(0, 20)) {
    const message: unknown = Reflect.get(notes[0] ?? {}, 'message')
    output.say(`${userId ?? '(no user id)'}: ${reason}. ${typeof message === 'string' ? message : ''}`)
  }
  if (left.length > 20)
    output.say(`and ${left.length - 20} more${report === undefined ? ': see them with --report <file>' : ''}`)
}
