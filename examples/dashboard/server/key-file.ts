import { link, readFile, unlink, writeFile } from 'node:fs/promises'
import { generateKey } from 'countersign'

/**
 * The key ring: from the environment, else from a file that only this user can read, made at the first start.
 * In production keep it apart from the data, so that nobody finds both in one place.
 */
export async function loadKeys(file: string, fromEnvironment: string | undefined): Promise<string> {
  if (fromEnvironment) return fromEnvironment
  const kept = await readFile(file, 'utf8').catch(noFile)
  return (kept ?? (await makeKeys(file))).trim()
}

/** Of several that start at once, the file of one stays; and nobody finds it half written. */
async function makeKeys(file: string): Promise<string> {
  const own = `${file}.${process.pid}`
  await writeFile(own, `${generateKey()}\n`, { mode: 0o600 })
  try {
    await link(own, file)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  } finally {
    await unlink(own)
  }
  return readFile(file, 'utf8')
}

function noFile(error: unknown): null {
  if (hasCode(error, 'ENOENT')) return null
  throw error
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
