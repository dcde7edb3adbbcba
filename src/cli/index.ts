import { CountersignError } from '../errors.ts'
import type { StoreOptions } from '../stores/sql/options.ts'
import { type SqlDialectName, schema, tokenSchema } from '../stores/sql/schema.ts'

/** What the program writes, and how it ends. */
export interface CliResult {
  stdout: string
  stderr: string
  exitCode: 0 | 1
}

const USAGE = `countersign schema <postgres | mysql | sqlite> [options]

Prints the statements that make the tables, for a migration of your own.

  --table <name>         default two_factor
  --users-table <name>   columns in your own table of users instead
  --audit-table <name>   with a table of events
  --tokens-table <name>  with a table of access tokens
`

const DIALECTS: readonly SqlDialectName[] = ['postgres', 'mysql', 'sqlite']
const FLAGS = ['--table', '--users-table', '--audit-table', '--tokens-table']

/**
 * The program `countersign`, as a function.
 *
 * @param args what stands behind the program's name
 * @example
 * runCli(['schema', 'postgres', '--table', 'auth.two_factor']).stdout
 */
export function runCli(args: readonly string[]): CliResult {
  if (args.length === 0 || args.includes('--help')) return { stdout: USAGE, stderr: '', exitCode: 0 }
  try {
    return { stdout: printed(args), stderr: '', exitCode: 0 }
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error
    return { stdout: '', stderr: `${error.message}\n\n${USAGE}`, exitCode: 1 }
  }
}

function printed([command, name, ...rest]: readonly string[]): string {
  if (command !== 'schema') throw refused(`There is no command ${JSON.stringify(command)}.`)
  const dialect = DIALECTS.find((known) => known === name)
  if (dialect === undefined) throw refused(`schema takes one of ${DIALECTS.join(', ')}.`)
  const flags = readFlags(rest)
  const audit = flags.get('--audit-table')
  const tokens = flags.get('--tokens-table')
  const options: StoreOptions = {
    table: flags.get('--table'),
    usersTable: flags.get('--users-table'),
    audit: audit === undefined ? undefined : { table: audit },
  }
  return schema(dialect, options) + (tokens === undefined ? '' : tokenSchema(dialect, { table: tokens }))
}

/** `--name value` or `--name=value`. */
function readFlags(args: readonly string[]): ReadonlyMap<string, string> {
  const flags = new Map<string, string>()
  const words = args.flatMap((word) => (/^--[a-z-]+=/.test(word) ? splitAtEquals(word) : [word]))
  for (let at = 0; at < words.length; at += 2) {
    const [flag = '', value] = words.slice(at)
    if (!FLAGS.includes(flag)) throw refused(`There is no option ${JSON.stringify(flag)}.`)
    if (value === undefined || value.startsWith('--')) throw refused(`${flag} takes a name.`)
    flags.set(flag, value)
  }
  return flags
}

function splitAtEquals(word: string): string[] {
  const at = word.indexOf('=')
  return [word.slice(0, at), word.slice(at + 1)]
}

function refused(message: string): CountersignError {
  return new CountersignError('invalid_option', message)
}
