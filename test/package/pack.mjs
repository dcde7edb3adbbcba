import { execFile } from 'node:child_process'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Packs what `npm publish` would send and installs it in an empty folder outside of the repository, where no other
 * node_modules can stand in for what the package forgot to name.
 */
export async function packAndInstall() {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-package-'))
  await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root })
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const tarball = join(folder, `countersign-${version}.tgz`)
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n')
  await run('npm', ['install', '--silent', '--no-audit', '--no-fund', tarball], { cwd: folder })
  return { folder, tarball }
}
