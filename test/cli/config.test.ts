/** countersign.config.ts: loaded by Node where it can, else by the project's own jiti, else it says what to do. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generateKey } from 'countersign'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { needs } from '../needs.ts'
import { SQLITE } from './databases.ts'
import { openProject, type Project } from './program.ts'

const top = fileURLToPath(new URL('../../', import.meta.url))
const built = existsSync(join(top, 'dist/cli/index.js'))
const packages = join(top, 'test/package/node_modules')
const node24 = join(packages, 'node/bin/node')
const hasNode24 = existsSync(node24) && spawnSync(node24, ['--version']).status === 0

/** Node that runs no TypeScript: this one, or the newer one that is told not to. */
const hasTypes = Reflect.get(process.features, 'typescript') !== undefined
const without = hasTypes ? [process.execPath, '--no-experimental-strip-types'] : [process.execPath]

let project: Project
beforeEach(() => {
  project = openProject()
  const typed = SQLITE.replace('const store =', 'const store: ReturnType<typeof libsqlStore> =')
  expect(typed).not.toBe(SQLITE)
  project.write('countersign.config.ts', typed)
})
afterEach(() => project.remove())

function migrate([node = '', ...flags]: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(node, [...flags, join(top, 'bin/countersign.mjs'), 'migrate'], {
    cwd: project.folder,
    env: { ...process.env, COUNTERSIGN_KEYS: generateKey('k1') },
    encoding: 'utf8',
  })
  return { exitCode: status, stdout, stderr }
}
const migrated = { exitCode: 0, stdout: 'The tables exist.\n' }
const says = expect.stringContaining('Using countersign.config.ts')

describe.skipIf(needs('the build', built, 'npm run build'))('countersign.config.ts', { timeout: 120_000 }, () => {
  test.skipIf(needs('Node 24', hasNode24, 'npm install in test/package'))('is loaded by Node itself', () => {
    expect(migrate([node24])).toMatchObject({ ...migrated, stderr: says })
    expect(existsSync(join(project.folder, 'app.db'))).toBe(true)
  })

  test.skipIf(needs('jiti', existsSync(join(packages, 'jiti')), 'npm install in test/package'))(
    "is loaded by the project's own jiti, if Node cannot",
    () => {
      mkdirSync(join(project.folder, 'node_modules'))
      symlinkSync(join(packages, 'jiti'), join(project.folder, 'node_modules/jiti'))
      expect(migrate(without)).toMatchObject({ ...migrated, stderr: says })
      expect(existsSync(join(project.folder, 'app.db'))).toBe(true)
    },
  )

  test('without both, the message says what to install', () => {
    expect(migrate(without)).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('Use Node 22.18 or newer, or: npm install --save-dev jiti'),
    })
  })

  test('a mistake in it is reported as it is, and not as a missing loader', () => {
    project.write('countersign.config.mjs', "import { none } from './not-there.mjs'")
    expect(migrate([process.execPath])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('not-there.mjs') })
  })
})
