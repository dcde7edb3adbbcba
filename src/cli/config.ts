import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { env, features, loadEnvFile } from 'node:process'
import { pathToFileURL } from 'node:url'
import type { KeySource, TwoFactor, UserStore } from '../index.ts'
import { messageOf } from './finding.ts'
import { CliError, type Output } from './output.ts'

/** The default export of `countersign.config`. */
export interface CliConfig {
  twoFactor: TwoFactor
  store: UserStore
  /** As for createTwoFactor. Default: the variable COUNTERSIGN_KEYS. */
  keys?: KeySource
  /** For `migrate`: creates the tables. */
  migrate?: () => unknown
  /** For `doctor`: a store on a scratch table, or under a scratch prefix. */
  scratchStore?: () => UserStore | Promise<UserStore>
  /** For `doctor`: what `checkRedis` or `checkNats` returns. */
  check?: () => Promise<{ warnings: readonly string[] }>
  /** For `doctor`: the database's clock, in Unix milliseconds. */
  databaseNowMs?: () => number | Promise<number>
  /** For `doctor`: the cookie options of createHandler, if you set any. */
  cookies?: { cookiePrefix?: string; sameSite?: 'lax' | 'strict' | 'none'; secureCookies?: boolean }
  /** Closes the connections. */
  close?: () => unknown
}

const NAMES = ['countersign.config.mjs', 'countersign.config.js', 'countersign.config.ts']

/** Reads the folder's `.env`, if there is one; variables that are already set stay. */
export function loadEnvironment(folder: string): void {
  const file = join(folder, '.env')
  if (existsSync(file)) loadEnvFile(file)
}

export function hasConfig(folder: string): boolean {
  return NAMES.some((name) => existsSync(join(folder, name)))
}

/** The config of this folder only: a command must not act on another project's users. */
export async function loadConfig(folder: string, output: Output): Promise<CliConfig> {
  const name = NAMES.find((one) => existsSync(join(folder, one)))
  if (name === undefined) {
    throw new CliError(
      `There is no countersign.config.mjs, .js or .ts in ${folder}. Create one with: npx countersign init`,
      2,
    )
  }
  output.say(`Using ${name}`)
  loadEnvironment(folder)
  const config: unknown = Reflect.get(await loaded(name, importConfig(join(folder, name))), 'default')
  checkConfig(name, config)
  return config
}

async function loaded(name: string, module: Promise<object>): Promise<object> {
  try {
    return await module
  } catch (error) {
    throw error instanceof CliError ? error : new CliError(`${name} cannot be loaded: ${messageOf(error)}`, 2)
  }
}

async function importConfig(path: string): Promise<object> {
  const url = pathToFileURL(path).href
  if (
    !path.endsWith('.ts') ||
    (Reflect.get(features, 'typescript') !== undefined && Reflect.get(features, 'typescript') !== false)
  )
    return import(url)
  const jiti = await findJiti(path)
  if (jiti !== null) return jiti.import(path)
  throw new CliError(
    'This Node cannot load TypeScript. Use Node 22.18 or newer, or: npm install --save-dev jiti; or write countersign.config.mjs.',
    2,
  )
}

async function findJiti(path: string): Promise<{ import(path: string): Promise<object> } | null> {
  try {
    const { createJiti } = await import(pathToFileURL(createRequire(path).resolve('jiti')).href)
    return createJiti(path)
  } catch {
    return null
  }
}

function checkConfig(name: string, config: unknown): asserts config is CliConfig {
  const has = (part: string, method: string) => {
    const value: unknown = typeof config === 'object' && config !== null ? Reflect.get(config, part) : null
    return typeof value === 'object' && value !== null && method in value
  }
  if (has('twoFactor', 'admin') && has('store', 'load')) return
  throw new CliError(
    `${name} must have a default export { twoFactor, store }: what createTwoFactor returns, and its store.`,
    2,
  )
}

/** The text of the key ring, for commands about keys. */
export function keysOf(config: Pick<CliConfig, 'keys'> | null): KeySource {
  return config?.keys ?? env['COUNTERSIGN_KEYS']
}
