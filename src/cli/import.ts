import { closeSync, openSync, realpathSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { CountersignError, type TwoFactor, type UserStore } from '../index.ts'
import type { CliConfig } from './config.ts'
import { createAppender, type Journal, type JournalEntries, openJournal, readJournal } from './journal.ts'
import { fileError } from './lines.ts'
import { CliError, type Output, rateOf } from './output.ts'
import type { RowFormat } from './rows.ts'
import { type FromRows, SYSTEMS } from './systems.ts'
import { batchOf, readUserBatches, surveyFile, type UserBatch, type UserFile } from './users.ts'

export interface ImportOptions {
  from: string
  format?: RowFormat | undefined
  userId?: string | undefined
  dryRun?: boolean | undefined
  report?: string | undefined
  journal?: string | undefined
  restart?: boolean | undefined
  retry?: boolean | undefined
  encoding?: 'base32' | 'hex' | 'base64' | 'ascii' | undefined
  algorithm?: string | undefined
  digits?: number | undefined
  period?: number | undefined
  hashedCodeLength?: number | undefined
}

/** What happened to the users of a file. */
export interface ImportCounts {
  /** Processed users: all in the file, unless the run was stopped. */
  users: number
  imported: number
  /** Two-factor authentication was already on: nothing changed. */
  alreadyOn: number
  /** Done by an earlier run of this file. */
  doneBefore: number
  /** Nothing could be imported: the report says why. */
  left: number
  /** An earlier run was killed while writing them, and they have no two-factor authentication now: nothing changed. */
  unclear: number
}

/** A line of the report. Notes contain no secrets. */
interface ReportLine {
  userId: string | null
  outcome: 'imported' | 'left' | 'unclear' | 'would-import' | 'already-on'
  reason?: string
  notes: readonly object[]
}

type FoundUser = { userId: string | null } & ReturnType<FromRows>

/** How many users are written at once. */
const AT_ONCE = 8
const MOST_SAID = 20
const NOTHING: JournalEntries = { done: new Set(), begun: new Set() }
const UNCLEAR =
  'An earlier run was killed while writing this user: either nothing was written, or it was turned off since then. If you know that it was not turned off, import again with --retry.'

export async function importFile(
  { twoFactor, store }: CliConfig,
  path: string,
  options: ImportOptions,
  output: Output,
  stopped: AbortSignal,
): Promise<ImportCounts> {
  const system = Object.hasOwn(SYSTEMS, options.from) ? SYSTEMS[options.from] : undefined
  if (system === undefined) throw new CliError(`--from must be one of: ${Object.keys(SYSTEMS).join(', ')}.`, 2)
  const { encoding, algorithm, digits, period, hashedCodeLength } = options
  const from = system.reader({ encoding, algorithm, digits, periodSeconds: period, hashedCodeLength })
  const format = options.format ?? (path.toLowerCase().endsWith('.csv') ? 'csv' : 'jsonl')
  const file: UserFile = { path, format, column: options.userId ?? system.userId }
  const journalPath = options.journal ?? `${path}.imported`
  refuseSameFile(path, journalPath, options.report)
  const survey = await surveyFile(file)
  // A file of something else is refused before it is changed.
  await readJournal(journalPath, () => false)
  const journal = options.dryRun ? null : openJournal(journalPath)
  try {
    if (options.restart) journal?.clear()
    const report = openReport(options.report, journal?.isEmpty() === false, output)
    const counts: ImportCounts = { users: 0, imported: 0, alreadyOn: 0, doneBefore: 0, left: 0, unclear: 0 }
    const readKnown = (isWanted: (userId: string) => boolean) =>
      // A dry run does not clear the list, so it ignores it.
      options.restart && journal === null ? NOTHING : readJournal(journalPath, isWanted)
    try {
      const run = { twoFactor, store, journal, counts, retry: options.retry === true, readKnown, report }
      await importUsers(run, file, survey, from, output, stopped)
      return counts
    } finally {
      report.close()
    }
  } finally {
    journal?.close()
  }
}

async function importUsers(
  run: Run,
  file: UserFile,
  { rows, batches }: { rows: number; batches: number },
  from: FromRows,
  output: Output,
  stopped: AbortSignal,
): Promise<void> {
  const { store, counts, report } = run
  const startMs = performance.now()
  let rowsDone = 0
  for await (const batch of readUserBatches(file, batches)) {
    const known = await run.readKnown((userId) => batchOf(userId, batches) === batch.index)
    // Finds a database that does not answer before any user is recorded as begun.
    const [firstId] = batch.users.keys()
    if (firstId !== undefined) await store.load(firstId)
    const queue = foundUsers(batch, from)
    const worker = async (): Promise<void> => {
      for (let next = queue.next(); !next.done && !stopped.aborted; next = queue.next()) {
        const { found, rowCount } = next.value
        counts.users += 1
        const line = await importOne(run, known, found)
        if (line !== null) report.add(line)
        rowsDone += rowCount
        // With a store that never waits, no signal would get through.
        await setImmediate()
        if (counts.users % 100 === 0) {
          output.progress(`${rateOf(counts.users, startMs)}, ${rowsDone} of ${rows} rows`)
        }
      }
    }
    await allOrStop(Array.from({ length: AT_ONCE }, worker), queue)
    if (stopped.aborted) break
  }
  output.say(`${rateOf(counts.users, startMs)}.`)
}

/** After one fails, the others get no more users, and finish those they have. */
async function allOrStop(workers: readonly Promise<void>[], queue: Generator<unknown>): Promise<void> {
  try {
    await Promise.all(workers)
  } finally {
    queue.return(undefined)
    await Promise.allSettled(workers)
  }
}

function* foundUsers({ users, nobodys }: UserBatch, from: FromRows): Generator<{ found: FoundUser; rowCount: number }> {
  for (const { line, message } of nobodys) {
    const notes = [{ field: `line ${line}`, reason: 'malformed' as const, message }]
    yield { found: { userId: null, ok: false, reason: 'malformed', notes }, rowCount: 1 }
  }
  for (const [userId, rows] of users) yield { found: { userId, ...from(rows) }, rowCount: rows.length }
}

interface Run {
  twoFactor: TwoFactor
  store: UserStore
  /** Null in a dry run. */
  journal: Journal | null
  readKnown(isWanted: (userId: string) => boolean): JournalEntries | Promise<JournalEntries>
  counts: ImportCounts
  report: Report
  retry: boolean
}

/**
 * The list records the start and the end of each write. If a write began and did not end, it is unknown whether the
 * user turned it off since then: they are written again only if the operator says so.
 */
async function importOne(run: Run, known: JournalEntries, found: FoundUser): Promise<ReportLine | null> {
  const { twoFactor, journal, counts } = run
  const { userId, notes } = found
  if (userId !== null && known.done.has(userId)) {
    counts.doneBefore += 1
    return null
  }
  if (!found.ok || userId === null) {
    counts.left += 1
    return { userId, outcome: 'left', reason: found.ok ? 'missing' : found.reason, notes }
  }
  const hasBegun = known.begun.has(userId)
  if (journal === null || hasBegun) {
    const isOn = (await twoFactor.status(userId)).enabled
    if (isOn) {
      journal?.add(userId)
      counts.alreadyOn += 1
      return { userId, outcome: 'already-on', notes }
    }
    if (hasBegun && !run.retry) {
      counts.unclear += 1
      return { userId, outcome: 'unclear', reason: 'killed-before', notes: [{ message: UNCLEAR }, ...notes] }
    }
    if (journal === null) {
      counts.imported += 1
      return { userId, outcome: 'would-import', notes }
    }
  }
  return writeOne(run, journal, userId, found)
}

async function writeOne(
  { twoFactor, counts }: Run,
  journal: Journal,
  userId: string,
  { user, notes }: Extract<FoundUser, { ok: true }>,
): Promise<ReportLine> {
  journal.begin(userId)
  try {
    const { imported } = await twoFactor.admin.importUser(userId, user)
    journal.add(userId)
    counts[imported ? 'imported' : 'alreadyOn'] += 1
    return { userId, outcome: imported ? 'imported' : 'already-on', notes }
  } catch (error) {
    if (!(error instanceof CountersignError) || !['invalid_option', 'record_invalid'].includes(error.code)) throw error
    // Thrown before anything is written.
    journal.cancel(userId)
    counts.left += 1
    return { userId, outcome: 'left', reason: error.code, notes: [...notes, { message: error.message }] }
  }
}

/** A report would overwrite the rows. */
function refuseSameFile(path: string, journal: string, report: string | undefined): void {
  const same = (one: string, other: string) => realPath(one) === realPath(other)
  if (same(path, journal)) throw new CliError('--journal must not be the file with the rows.', 2)
  if (report === undefined) return
  if (same(path, report) || same(journal, report)) {
    throw new CliError('--report must not be the file with the rows or the list of users.', 2)
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

interface Report {
  add(line: ReportLine): void
  close(): void
}

/**
 * Written line by line, so that a stopped run leaves what it knows; the next run adds to it. The first problems are also
 * printed.
 */
function openReport(path: string | undefined, isContinued: boolean, output: Output): Report {
  const file = path === undefined ? null : openForReport(path, isContinued ? 'a' : 'w')
  const append = file === null || path === undefined ? () => {} : createAppender(path, file)
  let problems = 0
  return {
    add(line) {
      append(`${JSON.stringify(line)}\n`)
      const { userId, outcome, reason, notes } = line
      if (outcome !== 'left' && outcome !== 'unclear') return
      problems += 1
      if (problems > MOST_SAID) return
      const message: unknown = Reflect.get(notes[0] ?? {}, 'message')
      output.say(`${userId ?? '(no user id)'}: ${reason}. ${typeof message === 'string' ? message : ''}`)
    },
    close() {
      if (file !== null) closeSync(file)
      if (problems <= MOST_SAID) return
      output.say(`and ${problems - MOST_SAID} more${path === undefined ? ': see them with --report <file>' : ''}`)
    },
  }
}

function openForReport(path: string, flags: 'a' | 'w'): number {
  try {
    return openSync(path, flags, 0o600)
  } catch (error) {
    throw fileError(path, error)
  }
}
