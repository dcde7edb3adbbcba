import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { CannotStart } from './cannot-start.ts'

const require = createRequire(import.meta.url)

/**
 * A driver that only one kind of database needs. Found as `require` finds it, so that NODE_PATH may name a folder too.
 *
 * @param alongside a package that is installed with it
 */
export async function importDriver(name: string, alongside?: string) {
  let file: string
  try {
    file = require.resolve(name)
  } catch {
    const packages = [name.replace(/^([^@/]+)\/.*/, '$1'), ...(alongside === undefined ? [] : [alongside])]
    throw new CannotStart(`This DATABASE_URL needs a driver. Run this first: npm install ${packages.sort().join(' ')}`)
  }
  return import(/* @vite-ignore */ pathToFileURL(file).href)
}
