/** An import that is killed, stopped or started twice, at points that the config's own store chooses. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateKey } from 'countersign'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { needs } from '../needs.ts'
import { SQLITE } from './databases.ts'
import { openProject, type Project } from './program.ts'

const built = existsSync(new URL('../../dist/cli/index.js', import.meta.url))
const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
const STAFF = ['--by', 'ada@acme.example', '--note', 'ticket 1']

/** The store of SQLITE, which sends this process the signal of AT as soon as it saves that user: before or after it. */
const SIGNALLING = SQLITE.replace(
  'const store = libsqlStore(client)',
  `const inner = libsqlStore(client)
const [when, signal, whom] = (process.env.AT ?? '').split(' ')
const hit = (now, userId) => now === when && userId === whom && process.kill(process.pid, signal)
const store = {
  ...inner,
  async save(userId, change) {
    hit('before', userId)
    const wrote = await inner.save(userId, change)
    hit('after', userId)
    return wrote
  },
}`,
)

let project: Project
const keys = { COUNTERSIGN_KEYS: generateKey('k1') }
beforeEach(async () => {
  project = openProject()
  project.write('countersign.config.mjs', SIGNALLING)
  project.write('users.jsonl', [1, 2, 3].map((id) => JSON.stringify({ id, secret: SECRET })).join('\n'))
})
afterEach(() => project.remove())

const IMPORT = ['import', '--from', 'otplib', 'users.jsonl', '--json']
const run = (args: string[], at = '') => project.run(args, { ...keys, AT: at })
const counts = async (...more: string[]) => JSON.parse((await run([...IMPORT, ...more])).stdout)
const isOn = async (id: string) => JSON.parse((await run(['status', id, '--json'])).stdout).enabled

describe.skipIf(needs('the build', built, 'npm run build'))('an import', { timeout: 120_000 }, () => {
  test('killed after the write: whoever turned it off since is reported, and imported only with --retry', async () => {
    await run(['migrate'])
    expect((await run(IMPORT, 'after SIGKILL 2')).exitCode).toBe(null)
    expect(await isOn('2')).toBe(true)
    expect((await run(['reset', '2', ...STAFF])).exitCode).toBe(0)

    const again = await run([...IMPORT, '--report', 'report.jsonl'])
    expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('2: killed-before. An earlier run') })
    expect(JSON.parse(again.stdout)).toMatchObject({ users: 3, unclear: 1, left: 0 })
    expect(readFileSync(join(project.folder, 'report.jsonl'), 'utf8')).toContain('"outcome":"unclear"')
    expect(await isOn('2')).toBe(false)
    expect(await counts('--dry-run')).toMatchObject({ imported: 0, unclear: 1, doneBefore: 2 })
    expect(await counts()).toMatchObject({ imported: 0, unclear: 1, doneBefore: 2 })

    expect(await counts('--retry')).toMatchObject({ imported: 1, unclear: 0, doneBefore: 2 })
    expect(await isOn('2')).toBe(true)
    expect(await counts()).toMatchObject({ imported: 0, unclear: 0, doneBefore: 3 })
  })

  test('killed before the write and started again: nobody is lost with --retry, and nobody doubled', async () => {
    await run(['migrate'])
    expect((await run(IMPORT, 'before SIGKILL 2')).exitCode).toBe(null)
    const again = await counts()
    expect(again).toMatchObject({ users: 3, left: 0 })
    expect(again.unclear).toBeGreaterThanOrEqual(1)
    expect(await isOn('2')).toBe(false)
    await counts('--retry')
    expect(await Promise.all(['1', '2', '3'].map(isOn))).toEqual([true, true, true])
    expect(await counts()).toMatchObject({ doneBefore: 3 })
  })

  test('killed after the write, and not turned off: found on, and done without --retry', async () => {
    await run(['migrate'])
    await run(IMPORT, 'after SIGKILL 2')
    expect(await counts()).toMatchObject({ unclear: 0, left: 0 })
    expect((await run(['reset', '2', ...STAFF])).exitCode).toBe(0)
    expect(await counts()).toMatchObject({ imported: 0, doneBefore: 3 })
  })

  test('stopped by Ctrl-C: it finishes what it has at hand, says so, and leaves nobody unclear', async () => {
    await run(['migrate'])
    const rows = Array.from({ length: 300 }, (_, id) => JSON.stringify({ id, secret: SECRET }))
    project.write('users.jsonl', rows.join('\n'))
    const stopped = await run(IMPORT, 'before SIGINT 20')
    expect(stopped).toMatchObject({ exitCode: 130, stderr: expect.stringContaining('Start it again to go on') })
    const first = JSON.parse(stopped.stdout)
    expect(first.users).toBeLessThan(60)
    expect(await counts()).toMatchObject({ users: 300, unclear: 0, doneBefore: first.users, left: 0 })
  })

  test('a second one at the same time is refused; the lock of one that was killed is not in the way', async () => {
    await run(['migrate'])
    project.write('users.jsonl.imported.lock', String(process.pid))
    expect(await run(IMPORT)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Another import') })
    await run(IMPORT, 'after SIGKILL 3')
    expect(existsSync(join(project.folder, 'users.jsonl.imported.lock'))).toBe(true)
  })

  test('a list that is another file is refused, and so is a report over the rows', async () => {
    await run(['migrate'])
    const rows = readFileSync(join(project.folder, 'users.jsonl'), 'utf8')
    for (const option of ['--report', '--journal']) {
      expect(await run([...IMPORT, option, './users.jsonl'])).toMatchObject({ exitCode: 2, stdout: '' })
    }
    project.write('other.jsonl', rows)
    expect(await run([...IMPORT, '--journal', 'other.jsonl'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('was not written by import'),
    })
    expect(readFileSync(join(project.folder, 'users.jsonl'), 'utf8')).toBe(rows)
    expect(await isOn('1')).toBe(false)
  })
})
