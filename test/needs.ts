/**
 * What a test needs from the machine besides Node and `npm install`: a program, a browser, a service.
 *
 *     describe.skipIf(needs('oathtool', hasProgram('oathtool'), 'apt-get install oathtool'))('oathtool agrees', …)
 *     test.skipIf(needs('Redis', await answers(6379), 'start redis-server'))('…', …)
 *
 * Where it is missing, the tests are skipped on a stranger's machine, with one line that says what is missing and
 * how to get it; with CI=true the test file fails, since there nothing may be missing.
 */
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** True if `name` is missing and its tests are to be skipped. Throws instead where CI is set. */
export function needs(name: string, isThere: boolean, hint: string): boolean {
  if (isThere) return false
  const missing = `${name} is not there (${hint})`
  if (process.env['CI']) throw new Error(`${missing}, and CI skips nothing`)
  process.stderr.write(`skipped: ${missing}\n`)
  return true
}

/** Whether a program of that name stands in PATH. Starts nothing. */
export function hasProgram(name: string): boolean {
  return findProgram(name) !== null
}

/** The path of the first of these programs that stands in PATH; null if none does. */
export function findProgram(...names: readonly string[]): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const paths = names.flatMap((name) => folders.map((folder) => join(folder, name)))
  return paths.find(isExecutableFile) ?? null
}

function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
