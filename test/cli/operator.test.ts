/** What an operator reads when something is missing or wrong, and the exit code beside it. */
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generateKey } from 'countersign'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { needs } from '../needs.ts'
import { postgresConfig, SQLITE } from './databases.ts'
import { type Ended, openProject, type Project } from './program.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const DRIVERS = join(ROOT, 'test/stores/key-value/node_modules')
const built = existsSync(join(ROOT, 'dist/cli/index.js'))
const STAFF = ['--by', 'ada@acme.example', '--note', 'ticket 1']
const keys = { COUNTERSIGN_KEYS: generateKey() }

let project: Project
beforeEach(() => {
  project = openProject()
})
afterEach(() => project.remove())

const run = (...args: string[]): Promise<Ended> => project.run(args, keys)

function link(name: string, target: string): void {
  const path = join(project.folder, 'node_modules', name)
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(target, path, 'junction')
}

describe.skipIf(needs('the build', built, 'npm run build'))('an operator', { timeout: 60_000 }, () => {
  test('is told to create the tables if they do not exist', async () => {
    project.write('countersign.config.mjs', SQLITE)
    const { exitCode, stderr } = await run('status', 'ann')
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringMatching(/npx countersign migrate\n$/) })
  })

  test('is told which config cannot be loaded, and why', async () => {
    project.write('countersign.config.mjs', "throw new Error('no database here')")
    const { exitCode, stderr } = await run('status', 'ann')
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/countersign\.config\.mjs cannot be loaded: no database here\n$/)
  })

  test('who calls a command wrongly gets exit code 2 and the name of what is wrong', async () => {
    project.write('countersign.config.mjs', SQLITE)
    for (const [args, said] of [
      [['recovery-code', 'ann', ...STAFF, '--hours', '100'], "'--hours <hours>' argument '100' is invalid"],
      [['reset', 'ann', '--by', '', '--note', 'x'], 'by must be text'],
      [['key', '--id', 'a b'], 'It must be 1 to 32 of'],
      [['schema', 'oracle'], 'Use one of: sqlite, postgres, mysql'],
    ] as const) {
      expect(await run(...args)).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(said) })
    }
  })

  test('who issues a third recovery code is told what ends the other two', async () => {
    project.write('countersign.config.mjs', SQLITE)
    project.write('users.jsonl', '{"id":"ann","secret":"JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"}')
    await run('migrate')
    expect((await run('import', '--from', 'otplib', 'users.jsonl')).stdout).toMatch(/^1 user: 1 imported/)
    for (const _ of [1, 2]) expect((await run('recovery-code', 'ann', ...STAFF)).exitCode).toBe(0)
    expect(await run('recovery-code', 'ann', ...STAFF)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('npx countersign unlock'),
    })
  })

  test('sees in doctor that the database does not answer, beside all the rest', async () => {
    const config = postgresConfig('none', 'postgres://postgres@127.0.0.1:1/test')
    project.write('countersign.config.mjs', config)
    const { exitCode, stdout, stderr } = await run('doctor')
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/WRONG clock: .*ECONNREFUSED.*\n +Start the database/)
    expect(stdout).toMatch(/^skip {2}origins and cookies: not checked/m)
    expect(stdout).toMatch(/^ok {4}versions/m)
    expect(stderr).toBe('Using countersign.config.mjs\n')
  })

  test.skipIf(needs('ioredis', existsSync(join(DRIVERS, 'ioredis')), 'npm ci --prefix test/stores/key-value'))(
    'of a Redis that does not answer reads one line for each attempt, and no stack',
    async () => {
      await run('init', '--database', 'ioredis', '--framework', 'hono', '--issuer', 'Acme')
      link('countersign', ROOT)
      link('ioredis', join(DRIVERS, 'ioredis'))
      const { exitCode, stderr } = await project.run(['status', 'ann'], { ...keys, REDIS_URL: 'redis://127.0.0.1:1' })
      expect(exitCode).toBe(1)
      expect(stderr).toContain('Redis: connect ECONNREFUSED')
      expect(stderr).not.toMatch(/^ +at /m)
    },
  )

  test('of init reads which variable holds the address, and how the application gets the key', async () => {
    const { stdout, stderr } = await run('init', '--database', 'mysql2', '--framework', 'hono', '--json')
    expect(JSON.parse(stdout).wrote).toEqual(['countersign.config.mjs', 'countersign.sql', '.env', '.gitignore'])
    expect(stderr).toContain('Set DATABASE_URL in .env')
    expect(stderr).toContain('node --env-file=.env')
    expect(readFileSync(join(project.folder, 'countersign.config.mjs'), 'utf8')).toContain("Error('Set DATABASE_URL.')")
  })
})
