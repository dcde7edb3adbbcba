import { execFile } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pack } from '../../scripts/pack.mjs'

const run = promisify(execFile)

/**
 * Packs what `npm publish` would send and installs it in an empty folder outside of the repository, where no other
 * node_modules can stand in for what the package forgot to name.
 */
export async function packAndInstall() {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-package-'))
  const tarball = await pack(folder)
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n')
  await run('npm', ['install', '--silent', '--no-audit', '--no-fund', tarball], { cwd: folder })
  return { folder, tarball }
}
