import { rmSync, writeFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { CountersignError, generateKey, keyRing } from '../index.ts'
import { type SqlDialectName, schema, tokenSchema } from '../stores/sql/schema.ts'
import { type CliConfig, hasConfig, keysOf, loadConfig, loadEnvironment } from './config.ts'
import { examine } from './doctor.ts'
import { messageOf } from './finding.ts'
import { type ImportOptions, importFile } from './import.ts'
import { type InitOptions, initProject } from './init.ts'
import { nextRotationStep } from './keys.ts'
import { fileError } from './lines.ts'
import { CliError, counted, type Output, withProgressLines } from './output.ts'
import { resealAll } from './reseal.ts'
import { SYSTEMS } from './systems.ts'

/** Where the program runs. */
export interface CliPlace {
  folder: string
  version: string
  output: Output
  /** Whether somebody can be asked. */
  isInteractive: boolean
  /** Aborted by Ctrl-C or SIGTERM. */
  stopped: AbortSignal
}

interface Json {
  json?: boolean
}
interface Progress {
  progress?: boolean | undefined
}
interface Staff extends Json {
  by: string
  note: string
}

const STOPPED_EXIT_CODE = 130
const PROGRESS = 'print progress in lines, if this is not a terminal'

/** Runs a command, and resolves to the exit code: 0 done, 1 failed or found problems, 2 called wrongly. */
export async function runCli(args: readonly string[], place: CliPlace): Promise<number> {
  const run: Run = { exitCode: 0, config: null, finishes: false, undo: null }
  try {
    await orStopped(program(place, run).parseAsync(args, { from: 'user' }), run, place)
    return run.exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    const message = messageOf(error)
    place.output.say(NO_TABLE.test(message) ? `${message}\nCreate the tables: npx countersign migrate` : message)
    return exitCodeOf(error)
  } finally {
    // What was done stays done, even if the connection cannot be closed.
    await Promise.resolve(run.config)
      .then((config) => config?.close?.())
      .catch((error: unknown) => place.output.say(messageOf(error)))
  }
}

/** As PostgreSQL, MySQL and SQLite say it. */
const NO_TABLE = /relation .* does not exist|Table .* doesn't exist|no such table/

function exitCodeOf(error: unknown): number {
  if (error instanceof CliError) return error.exitCode
  return error instanceof CountersignError && error.code === 'invalid_option' ? 2 : 1
}

interface Run {
  exitCode: number
  config: CliConfig | null
  /** When stopped, the command ends by itself, after its current work. */
  finishes: boolean
  /** What to undo if the command is stopped. */
  undo: (() => void) | null
}

/** Waits for a command, or until it is stopped; also waits for one that finishes its current work. */
async function orStopped(command: Promise<unknown>, run: Run, { stopped, output }: CliPlace): Promise<void> {
  const interrupted = new Promise<never>((_, reject) => {
    stopped.addEventListener('abort', () => {
      if (run.finishes) output.say('Stopping after the current work. Press Ctrl-C again to stop at once.')
      else reject(new CliError('Stopped.', STOPPED_EXIT_CODE))
    })
  })
  try {
    await Promise.race([command, interrupted])
    if (stopped.aborted) throw new CliError('Stopped. Run it again to continue.', STOPPED_EXIT_CODE)
  } catch (error) {
    run.undo?.()
    throw error
  }
}

function program(place: CliPlace, run: Run): Command {
  const { folder, output } = place
  const root = new Command('countersign')
    .description('Set up and operate two-factor authentication.')
    .version(place.version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => output.print(text), writeErr: (text) => output.say(text.trimEnd()) })
    .showHelpAfterError('See: npx countersign help')

  const command = (usage: string, description: string, example: string) =>
    root
      .command(usage)
      .description(description)
      .option('--json', 'print one line of JSON')
      .addHelpText('after', `\nExample:\n  npx countersign ${example}`)
      .exitOverride()
  const staffCommand = (usage: string, description: string) =>
    command(usage, description, `${usage.split(' ')[0]} 42 --by ada@acme.example --note "ticket 1234"`)
      .requiredOption('--by <name>', 'the staff member who does it')
      .requiredOption('--note <text>', 'why, for the events')
  const config = async () => {
    run.config ??= await loadConfig(folder, output)
    return run.config
  }
  const watched = ({ progress }: Progress) => (progress ? withProgressLines(output) : output)
  const answer = (json: boolean | undefined, value: object, text: string) =>
    json ? output.json(value) : output.print(text)

  command('init', 'write a config, a migration and a key', 'init --database pg --framework express')
    .option('--database <name>')
    .option('--framework <name>')
    .option('--issuer <name>', "your product's name, as apps show it")
    .action(async (options: InitOptions & Json) => {
      const done = await initProject(folder, options, place.isInteractive && !options.json, output)
      answer(options.json, done, `\nAdd to your application:\n\n${done.lines}`)
    })

  command('key [action]', 'print a new key; "key rotate" says which step of a rotation is next', 'key rotate')
    .option('--id <id>', 'of the new key', keyIdOf)
    .option('--new <id>', 'with "rotate": which key is the new one')
    .action(async (action: string | undefined, options: { id?: string; new?: string } & Json) => {
      if (action === undefined) {
        const key = generateKey(options.id)
        answer(options.json, { key }, key)
        return
      }
      if (action !== 'rotate') throw new CliError('Use "key" or "key rotate".', 2)
      loadEnvironment(folder)
      // A ring with one key is at step 1, whatever is stored, so no database is needed.
      const given = keysOf(null)
      const isFirstStep = given !== undefined && keyRing(given).ids.length === 1
      const loaded = !isFirstStep && hasConfig(folder) ? await config() : null
      const next = await nextRotationStep(keysOf(loaded), options.new, loaded?.store ?? null, output)
      answer(options.json, next, next.text)
      if (next.step === null) run.exitCode = 2
    })

  command(
    'schema <dialect>',
    'print the statements that create the tables: postgres, mysql or sqlite',
    'schema postgres',
  )
    .option('--table <name>', 'default two_factor')
    .option('--users-table <name>', 'columns in your own table of users instead')
    .option('--audit-table <name>', 'with a table of events')
    .option('--tokens-table <name>', 'with a table of access tokens')
    .action((dialect: SqlDialectName, options: Record<string, string | undefined> & Json) => {
      const { table, usersTable, auditTable, tokensTable } = Object.fromEntries(Object.entries(options))
      const audit = auditTable === undefined ? undefined : { table: String(auditTable) }
      const records = schema(dialect, { table: textOf(table), usersTable: textOf(usersTable), audit })
      const sql = records + (tokensTable === undefined ? '' : tokenSchema(dialect, { table: String(tokensTable) }))
      answer(options.json, { sql }, sql)
    })

  command('migrate', 'create the tables, if they do not exist', 'migrate').action(async ({ json }: Json) => {
    const { migrate } = await config()
    if (migrate === undefined)
      throw new CliError(
        'The config has no migrate(). A SQL database needs it: migrate: () => migrate(pool). Redis and other key-value stores have no tables.',
        2,
      )
    await migrate()
    answer(json, { migrated: true }, 'The tables exist.')
  })

  command('doctor', 'find configuration mistakes', 'doctor --url https://app.acme.example/two-factor')
    .option('--url <url>', "the handler's address, as browsers see it: for cookies and origins")
    .option('--page <url>', 'the page that calls it, if at another address')
    .action(async ({ url, page, json }: { url?: string; page?: string } & Json) => {
      const findings = await examine(await config(), folder, url, page)
      const lines = findings.map(({ check, found, todo, isSkipped }) =>
        todo === null
          ? `${isSkipped ? 'skip ' : 'ok   '} ${check}: ${found}`
          : `WRONG ${check}: ${found}\n      ${todo}`,
      )
      answer(json, { findings }, lines.join('\n'))
      run.exitCode = findings.some(({ todo }) => todo !== null) ? 1 : 0
    })

  command('status <user>', 'what is set up; shows no secret', 'status 42').action(
    async (user: string, { json }: Json) => {
      const status = await (await config()).twoFactor.status(user)
      answer(json, status, JSON.stringify(status, null, 2))
    },
  )

  staffCommand('reset <user>', 'turn two-factor authentication off').action(async (user: string, options: Staff) => {
    const { existed } = await (await config()).twoFactor.admin.reset(user, staffOf(options))
    answer(
      options.json,
      { existed },
      existed ? `${user} has no two-factor authentication now.` : `${user} had no two-factor authentication.`,
    )
  })

  staffCommand('unlock <user>', 'forget failed attempts').action(async (user: string, options: Staff) => {
    const result = await (await config()).twoFactor.admin.unlock(user, staffOf(options))
    if (!result.ok) throw refused(user, result.reason)
    answer(options.json, result, `${user} can try again.`)
  })

  staffCommand('recovery-code <user>', 'print one more recovery code, valid once and for a limited time')
    .option('--hours <hours>', 'how long it is valid, at most 72', hoursOf)
    .action(async (user: string, options: Staff & { hours?: number }) => {
      const validMs = options.hours === undefined ? undefined : Math.round(options.hours * 3_600_000)
      const result = await (await config()).twoFactor.admin.issueRecoveryCode(user, { ...staffOf(options), validMs })
      if (!result.ok) throw refused(user, result.reason)
      const until = new Date(result.expiresAtMs).toISOString()
      answer(options.json, result, `${result.recoveryCode}\nValid once, until ${until}. It is not shown again.`)
    })

  staffCommand('export <user>', 'every secret of a user, as a line of JSON for import')
    .option('--out <file>', 'write it to this new file, readable by you only')
    .option('--show-secrets', 'print it')
    .action(async (user: string, options: Staff & { out?: string; showSecrets?: boolean }) => {
      const { out, showSecrets } = options
      if (out === undefined && !showSecrets) {
        throw new CliError('It contains secrets. Pass --out <file>, or --show-secrets to print it.', 2)
      }
      const { twoFactor } = await config()
      // Before the user is notified: an existing file stops it.
      if (out !== undefined) reserve(out)
      if (out !== undefined) run.undo = () => rmSync(out)
      const result = await twoFactor.admin.exportUser(user, staffOf(options))
      if (!result.ok) throw refused(user, result.reason)
      const { authenticators, recoveryCodes, passkeys } = result
      const exported = { userId: user, authenticators, recoveryCodes, passkeys }
      if (out === undefined) output.json(exported)
      else {
        writeFileSync(out, `${JSON.stringify(exported)}\n`)
        run.undo = null
        answer(options.json, { wrote: out }, `Wrote ${out}`)
      }
    })

  command('import <file>', 'move users in from another system', 'import --from keycloak credentials.jsonl --dry-run')
    .requiredOption('--from <system>', Object.keys(SYSTEMS).join(', '))
    .addOption(new Option('--format <format>', 'default: csv for *.csv, else jsonl').choices(['jsonl', 'csv']))
    .option('--user-id <column>', 'the column of the user id')
    .option('--dry-run', 'change nothing, say what would happen')
    .option('--report <file>', 'a line of JSON for each user, without secrets')
    .option('--journal <file>', 'who is done; default: the name of the file with .imported')
    .option('--restart', 'forget who is done')
    .option('--retry', 'import users again whose write was killed and who have no two-factor authentication')
    .option('--progress', PROGRESS)
    .addOption(new Option('--encoding <name>', 'of the secret').choices(['base32', 'hex', 'base64', 'ascii']))
    .option('--algorithm <name>', 'if no column says it')
    .option('--digits <number>', 'if no column says it', numberOf)
    .option('--period <seconds>', 'if no column says it', numberOf)
    .option('--hashed-code-length <number>', 'of recovery codes that are stored as hashes', numberOf)
    .action(async (file: string, options: ImportOptions & Progress & Json) => {
      const loaded = await config()
      run.finishes = true
      const counts = await importFile(loaded, file, options, watched(options), place.stopped)
      const { users, imported, alreadyOn, doneBefore, left, unclear } = counts
      const verb = options.dryRun ? 'would be imported' : 'imported'
      answer(
        options.json,
        counts,
        `${counted(users, 'user')}: ${imported} ${verb}, ${alreadyOn} already on, ${doneBefore} done by an earlier run, ${left} left out, ${unclear} unclear.`,
      )
      run.exitCode = left + unclear > 0 ? 1 : 0
    })

  command('reseal', 'seal every record under the first key', 'reseal')
    .option('--restart', 'start over instead of resuming')
    .option('--progress', PROGRESS)
    .action(async ({ restart, json, progress }: { restart?: boolean } & Progress & Json) => {
      const stateFile = `${folder}/.countersign-reseal.json`
      const loaded = await config()
      run.finishes = true
      const result = await resealAll(loaded, stateFile, restart === true, watched({ progress }), place.stopped)
      if (place.stopped.aborted) return
      const { users, resealed, failed, key, unusedKeys, isDone } = result
      const unused = unusedKeys.length === 0 ? '' : ` No record uses ${unusedKeys.join(', ')}.`
      const again = isDone
        ? ''
        : ` An instance still seals under another key: deploy ${key} as the first key everywhere.`
      answer(
        json,
        result,
        `${counted(users, 'user')}: ${counted(resealed, 'record')} moved to ${key}, ${failed} failed.${unused}${again}`,
      )
      run.exitCode = failed > 0 || !isDone ? 1 : 0
    })

  return root
}

/** A new file, readable by its owner only. */
function reserve(path: string): void {
  try {
    writeFileSync(path, '', { flag: 'wx', mode: 0o600 })
  } catch (error) {
    throw fileError(path, error)
  }
}

function staffOf({ by, note }: Staff): { by: string; note: string } {
  return { by, note }
}

function refused(user: string, reason: string): CliError {
  if (reason === 'not-enabled') return new CliError(`${user} has no two-factor authentication.`)
  return new CliError(
    reason === 'limit-reached'
      ? `${user} has two such codes already. Wait until one is used or expires, or end both with npx countersign unlock.`
      : `${user}: ${reason}.`,
  )
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function keyIdOf(text: string): string {
  if (/^[\w-]{1,32}$/.test(text)) return text
  throw new InvalidArgumentError("It must be 1 to 32 of A-Z, a-z, 0-9, '_' and '-'.")
}

function hoursOf(text: string): number {
  const hours = numberOf(text)
  if (hours >= 0.1 && hours <= 72) return hours
  throw new InvalidArgumentError('It must be from 0.1 to 72.')
}

function numberOf(text: string): number {
  const number = Number(text)
  if (Number.isFinite(number) && text.trim() !== '') return number
  throw new InvalidArgumentError('It must be a number.')
}
