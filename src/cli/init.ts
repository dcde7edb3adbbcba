import { appendFileSync, chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isCancel, select, text } from '@clack/prompts'
import { generateKey } from '../index.ts'
import { schema } from '../stores/sql/schema.ts'
import { CliError, type Output } from './output.ts'
import { configText, DATABASES, FRAMEWORKS, mountText } from './templates.ts'

export interface InitOptions {
  database?: string | undefined
  framework?: string | undefined
  issuer?: string | undefined
}

const CONFIG = 'countersign.config.mjs'
const MIGRATION = 'countersign.sql'
const ENV = '.env'

/** Creates what does not exist yet, and changes nothing else. Returns what it did, for `--json`. */
export async function initProject(
  folder: string,
  options: InitOptions,
  isInteractive: boolean,
  output: Output,
): Promise<{ wrote: string[]; lines: string }> {
  const { database, framework, issuer } = isInteractive ? await ask(options) : options
  const template = database !== undefined && Object.hasOwn(DATABASES, database) ? DATABASES[database] : undefined
  if (template === undefined) throw new CliError(`--database must be one of: ${Object.keys(DATABASES).join(', ')}.`, 2)
  if (framework === undefined || !FRAMEWORKS.includes(framework)) {
    throw new CliError(`--framework must be one of: ${FRAMEWORKS.join(', ')}.`, 2)
  }
  const wrote = [writeNew(folder, CONFIG, configText(template, issuer ?? 'My product'))]
  if (template.dialect !== null) wrote.push(writeNew(folder, MIGRATION, schema(template.dialect)))
  wrote.push(writeKey(folder), ignoreEnv(folder))
  const done = wrote.filter((what) => what !== null)
  for (const what of done) output.say(`Wrote ${what}${what === ENV ? ' (a key; readable by you only)' : ''}`)
  output.say(`Install: npm install countersign ${template.packages.join(' ')}`)
  if (template.variable !== null) output.say(`Set ${template.variable} in ${ENV}, unless it is set already`)
  output.say(`Your application needs the key, too: start it with node --env-file=${ENV}, or set COUNTERSIGN_KEYS`)
  if (template.dialect !== null)
    output.say(`Create the table: npx countersign migrate, or run ${MIGRATION} as one of your migrations`)
  return { wrote: done, lines: mountText(framework) }
}

async function ask(given: InitOptions): Promise<InitOptions> {
  const answered = (answer: string | symbol): string => {
    if (isCancel(answer)) throw new CliError('Nothing was written.', 130)
    return String(answer)
  }
  const databases = Object.entries(DATABASES).map(([value, { title }]) => ({ value, label: title }))
  const frameworks = FRAMEWORKS.map((value) => ({ value, label: value }))
  return {
    database: given.database ?? answered(await select({ message: 'Which database?', options: databases })),
    framework: given.framework ?? answered(await select({ message: 'Which framework?', options: frameworks })),
    issuer:
      given.issuer ??
      answered(
        await text({
          message: "Your product's name, as apps show it",
          defaultValue: 'My product',
          placeholder: 'My product',
        }),
      ),
  }
}

function writeNew(folder: string, name: string, content: string): string | null {
  const path = join(folder, name)
  if (existsSync(path)) return null
  writeFileSync(path, content, { flag: 'wx' })
  return name
}

/** An existing key stays, since another one could not open what it sealed. An empty variable counts as none. */
function writeKey(folder: string): string | null {
  const path = join(folder, ENV)
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  if (/^\s*(?:export\s+)?COUNTERSIGN_KEYS[ \t]*=[ \t]*["']?[\w-]/m.test(text)) return null
  const gap = text === '' || text.endsWith('\n') ? '' : '\n'
  // Before the key is written to it.
  appendFileSync(path, gap, { mode: 0o600 })
  chmodSync(path, 0o600)
  appendFileSync(path, `COUNTERSIGN_KEYS=${generateKey()}\n`)
  return ENV
}

function ignoreEnv(folder: string): string | null {
  const path = join(folder, '.gitignore')
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  if (text.split(/\r?\n/).some((line) => ['.env', '/.env', '.env*', '*.env'].includes(line.trim()))) return null
  appendFileSync(path, `${text === '' || text.endsWith('\n') ? '' : '\n'}.env\n`)
  return '.gitignore'
}
