import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { versions } from 'node:process'
import { keyRing } from '../index.ts'
import { userStoreCases } from '../testing/index.ts'
import { examineAddress } from './address.ts'
import { type CliConfig, keysOf } from './config.ts'
import { type Finding, fine, messageOf } from './finding.ts'

const MOST_CLOCK_MS = 2000
/** The exit code of `git check-ignore`; outside a repository it is 128, and null without git. */
const NOT_IGNORED = 1

/** Runs all checks. One that cannot run here says what it needs. */
export async function examine(
  config: CliConfig,
  folder: string,
  url: string | undefined,
  page?: string,
): Promise<Finding[]> {
  return [
    examineKeys(config),
    examineEnvFile(folder),
    await tried('clock', () => examineClock(config)),
    await examineServer(config),
    await tried('store', () => examineStore(config)),
    examineWalking(config),
    ...(url === undefined
      ? [skipped('origins and cookies', 'pass --url https://your.app/two-factor')]
      : await examineAddress(config, url, page)),
    examineVersions(folder),
  ]
}

/** A database that does not answer is a finding, too. */
async function tried(check: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look()
  } catch (error) {
    return { check, found: messageOf(error), todo: 'Start the database, or correct its address in the config.' }
  }
}

function skipped(check: string, needs: string): Finding {
  return { ...fine(check, `not checked: ${needs}`), isSkipped: true }
}

function examineKeys(config: CliConfig): Finding {
  try {
    const { first, ids } = keyRing(keysOf(config))
    if (ids.length === 1) return fine('keys', `one key, ${first}`)
    return fine('keys', `${ids.length} keys; ${first} seals. A rotation is under way: npx countersign key rotate`)
  } catch (error) {
    const found = messageOf(error).split('\n')[0] ?? ''
    return { check: 'keys', found, todo: 'Make a key with npx countersign key, and set COUNTERSIGN_KEYS to it.' }
  }
}

function examineEnvFile(folder: string): Finding {
  const file = join(folder, '.env')
  if (!existsSync(file) || !/^COUNTERSIGN_KEYS=/m.test(readFileSync(file, 'utf8'))) return fine('.env', 'has no keys')
  if ((statSync(file).mode & 0o077) !== 0) {
    return { check: '.env', found: 'has keys, and other users of this machine can read it', todo: 'chmod 600 .env' }
  }
  if (spawnSync('git', ['check-ignore', '--quiet', '.env'], { cwd: folder }).status === NOT_IGNORED) {
    return { check: '.env', found: 'has keys, and git does not ignore it', todo: 'Add .env to .gitignore.' }
  }
  return fine('.env', 'readable by its owner only')
}

async function examineClock({ databaseNowMs }: CliConfig): Promise<Finding> {
  if (databaseNowMs === undefined) return skipped('clock', 'add databaseNowMs() to the config')
  const beforeMs = Date.now()
  const databaseMs = await databaseNowMs()
  const offMs = Math.round(databaseMs - (beforeMs + Date.now()) / 2)
  if (Math.abs(offMs) <= MOST_CLOCK_MS) return fine('clock', `${offMs} ms from the database's`)
  const todo = 'Synchronize both with NTP. A code is valid for 30 seconds and one step on either side.'
  return { check: 'clock', found: `the database's clock is ${offMs} ms from this one`, todo }
}

async function examineServer({ check }: CliConfig): Promise<Finding> {
  if (check === undefined)
    return skipped('eviction and persistence', 'add check() to the config, such as () => checkRedis(client)')
  try {
    const { warnings } = await check()
    if (warnings.length === 0) return fine('eviction and persistence', 'no warnings')
    return {
      check: 'eviction and persistence',
      found: warnings.join(' '),
      todo: 'See docs/stores.md for the settings.',
    }
  } catch (error) {
    return { check: 'eviction and persistence', found: messageOf(error), todo: 'Change the setting that it names.' }
  }
}

async function examineStore({ scratchStore }: CliConfig): Promise<Finding> {
  if (scratchStore === undefined) {
    return skipped(
      'store',
      "add scratchStore() to the config, such as () => pgStore(pool, { table: 'countersign_scratch' })",
    )
  }
  const failures: string[] = []
  const store = await scratchStore()
  const cases = userStoreCases(() => store)
  for (const { name, run } of cases) {
    try {
      await run()
    } catch (error) {
      failures.push(`${name}: ${messageOf(error)}`)
    }
  }
  if (failures.length === 0) return fine('store', `all ${cases.length} cases of userStoreCases pass`)
  const found = `${failures.length} of ${cases.length} cases fail. The first: ${failures[0]}`
  return { check: 'store', found, todo: 'Do not use this store. See docs/writing-a-store.md.' }
}

function examineWalking({ store }: CliConfig): Finding {
  if (store.userIds !== undefined) return fine('listing users', 'the store has userIds')
  return {
    check: 'listing users',
    found: 'the store has no userIds',
    todo: 'npx countersign reseal needs it. Add it to your store.',
  }
}

const NEEDS = [
  { name: '@noble/hashes', isGood: (major: number) => major === 2, needs: '2.x' },
  {
    name: '@noble/ciphers',
    isGood: (major: number, minor: number) => major === 2 && minor < 5,
    needs: '>=2.0.0 <2.5.0',
  },
]

function examineVersions(folder: string): Finding {
  const check = 'versions'
  const [major = 0, minor = 0] = numbersOf(versions.node)
  if (major < 20 || (major === 20 && minor < 19)) {
    return { check, found: `Node ${versions.node}`, todo: 'Use Node 20.19 or newer.' }
  }
  for (const { name, isGood, needs } of NEEDS) {
    const version = versionOf(name, folder)
    const [first = 0, second = 0] = numbersOf(version ?? '')
    if (version !== null && !isGood(first, second)) {
      return { check, found: `${name} ${version}`, todo: `npm install ${name}@"${needs}"` }
    }
  }
  return fine(check, `Node ${versions.node}`)
}

function versionOf(name: string, folder: string): string | null {
  for (const from of [join(folder, 'node_modules/countersign/package.json'), join(folder, 'package.json')]) {
    const found = createRequire(from)
      .resolve.paths(name)
      ?.map((path) => join(path, name, 'package.json'))
    const file = found?.find((path) => existsSync(path))
    const version: unknown = file === undefined ? null : Reflect.get(JSON.parse(readFileSync(file, 'utf8')), 'version')
    if (typeof version === 'string') return version
  }
  return null
}

function numbersOf(version: string): number[] {
  return version.split('.').map(Number)
}
