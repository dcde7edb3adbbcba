import { readFile, writeFile } from 'node:fs/promises'
import { generateKey } from 'countersign'

/**
 * The key ring: from the environment, else from a file that only this user can read, made at the first start.
 * In production keep it apart from the data, so that nobody finds both in one place.
 */
export async function loadKeys(file: string, fromEnvironment: string | undefined): Promise<string> {
  if (fromEnvironment) return fromEnvironment
  try {
    await writeFile(file, `${generateKey()}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  return (await readFile(file, 'utf8')).trim()
}
