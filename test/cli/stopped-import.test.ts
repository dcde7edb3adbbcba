/** An import that is killed, stopped or started twice, at points that the config's own store chooses. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@libsql/client'
import { generateKey } from 'countersign'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { hasProgram, needs } from '../needs.ts'
import { SQLITE } from './databases.ts'
import { type Ended, openProject, type Project } from './program.ts'

const built = existsSync(new URL('../../dist/cli/index.js', import.meta.url))
const hasBash = !needs('bash', hasProgram('bash'), 'install bash')
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

/** The store of SQLITE, which saves nobody until there is a file `go`. */
const WAITING = SQLITE.replace(
  'const store = libsqlStore(client)',
  `import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
const inner = libsqlStore(client)
const store = {
  ...inner,
  async save(userId, change) {
    while (!existsSync('go')) await setTimeout(10)
    return inner.save(userId, change)
  },
}`,
)

/** Where there is no room for the list of all users. */
interface FullDisk {
  list: string
  /** Before the program, so that it meets the limit. */
  under: readonly string[]
  makeRoom(): void
  remove(): void
}

/** A list with room for half of 60 users. The lines in it are of users that are in no file. */
function nearlyFull(list: string, limit: number): void {
  const line = `${JSON.stringify('x'.repeat(61))}\n`
  writeFileSync(list, line.repeat(limit / line.length - 10))
}

function fileLimit(folder: string): FullDisk {
  const list = join(folder, 'list')
  // Far above what the database needs.
  nearlyFull(list, 4 * 1_048_576)
  const under = ['bash', '-c', 'trap "" XFSZ; ulimit -f 4096; exec "$@"', 'bash']
  return { list, under, makeRoom() {}, remove() {} }
}

/** Two pages of memory: one for the list and one for its lock. */
function smallDisk(folder: string): FullDisk {
  const disk = join(folder, 'disk')
  mkdirSync(disk)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', disk])
  nearlyFull(join(disk, 'list'), 4096)
  return {
    list: join(disk, 'list'),
    under: [],
    makeRoom: () => execFileSync('mount', ['-o', 'remount,size=1m', disk]),
    remove: () => execFileSync('umount', [disk]),
  }
}

const canMount = (() => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-mount-'))
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder]).status === 0
  if (isMounted) execFileSync('umount', [folder])
  rmSync(folder, { recursive: true })
  return isMounted
})()
const FULL_DISKS = [
  { name: 'a list that must not grow any more', fill: fileLimit },
  // Only root can, and in a container not even root.
  ...(canMount ? [{ name: 'a full disk', fill: smallDisk }] : []),
]

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
/** How many records there are. */
async function countOn(): Promise<number> {
  const client = createClient({ url: `file:${join(project.folder, 'app.db')}` })
  const { rows } = await client.execute('SELECT count(enabled_at) AS count FROM two_factor')
  client.close()
  return Number(rows[0]?.['count'])
}
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
    expect(stopped).toMatchObject({ exitCode: 130, stderr: expect.stringContaining('Run it again to continue') })
    const first = JSON.parse(stopped.stdout)
    expect(first.users).toBeLessThan(60)
    expect(await counts()).toMatchObject({ users: 300, unclear: 0, doneBefore: first.users, left: 0 })
  })

  test('a connection that breaks beside it stops it with its message, and the next run goes on', async () => {
    await run(['migrate'])
    const breaking =
      "const store = libsqlStore(client)\nif (process.env.AT) setImmediate(() => { throw new Error('connection lost') })"
    project.write('countersign.config.mjs', SQLITE.replace('const store = libsqlStore(client)', breaking))
    const rows = Array.from({ length: 300 }, (_, id) => JSON.stringify({ id, secret: SECRET }))
    project.write('users.jsonl', rows.join('\n'))
    const broken = await run(IMPORT, 'once')
    expect(broken).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('connection lost\n') })
    expect(broken.stderr).not.toMatch(/^ +at /m)
    expect(existsSync(join(project.folder, 'users.jsonl.imported.lock'))).toBe(false)
    expect(await counts()).toMatchObject({ users: 300, unclear: 0, left: 0 })
    expect(await countOn()).toBe(300)
  })

  test('of several at once with one list, one imports, and the others are told what to do', async () => {
    await run(['migrate'])
    project.write('countersign.config.mjs', WAITING)
    const ended: Ended[] = []
    const note = async (one: Promise<Ended>) => ended.push(await one)
    const running = Array.from({ length: 4 }, () => note(run(IMPORT)))
    // The one that has the list waits for the file `go` before it saves anybody.
    await vi.waitFor(() => expect(ended).toHaveLength(3), { timeout: 60_000 })
    for (const one of ended) {
      expect(one).toMatchObject({ exitCode: 1, stdout: '' })
      expect(one.stderr).toMatch(
        /Another import .* Wait until it ends\. If there is no such import, delete .*\.lock\.\n$/,
      )
    }
    project.write('go', '')
    await Promise.all(running)
    expect(ended.map(({ exitCode }) => exitCode)).toEqual([1, 1, 1, 0])
    expect(JSON.parse(ended.at(-1)?.stdout ?? '')).toMatchObject({ users: 3, imported: 3 })
    expect(existsSync(join(project.folder, 'users.jsonl.imported.lock'))).toBe(false)
  })

  test('the lock of one that was killed is not in the way', async () => {
    await run(['migrate'])
    await run(IMPORT, 'after SIGKILL 3')
    expect(existsSync(join(project.folder, 'users.jsonl.imported.lock'))).toBe(true)
    expect((await counts()).users).toBe(3)
    expect(existsSync(join(project.folder, 'users.jsonl.imported.lock'))).toBe(false)
  })

  test('a dry run with --restart looks away from the list, and leaves it as it is', async () => {
    await run(['migrate'])
    await counts()
    const list = () => readFileSync(join(project.folder, 'users.jsonl.imported'), 'utf8')
    const before = list()
    expect(await counts('--dry-run')).toMatchObject({ doneBefore: 3, alreadyOn: 0 })
    expect(await counts('--dry-run', '--restart')).toMatchObject({ doneBefore: 0, alreadyOn: 3 })
    expect(list()).toBe(before)
    expect(await counts('--restart')).toMatchObject({ doneBefore: 0, alreadyOn: 3 })
  })

  test('the report of a run that was stopped is added to by the next, and begun anew after a dry run', async () => {
    await run(['migrate'])
    const rows = Array.from({ length: 40 }, (_, id) => JSON.stringify({ id, secret: SECRET }))
    project.write('users.jsonl', rows.join('\n'))
    const reported = () => readFileSync(join(project.folder, 'report.jsonl'), 'utf8').trim().split('\n')
    await run([...IMPORT, '--dry-run', '--report', 'report.jsonl'])
    expect(reported()).toHaveLength(40)
    await run([...IMPORT, '--report', 'report.jsonl'], 'before SIGINT 10')
    await run([...IMPORT, '--report', 'report.jsonl'])
    const lines = reported().map((line) => JSON.parse(line))
    expect(new Set(lines.map(({ userId }) => userId)).size).toBe(40)
    expect(lines.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 40 }, () => 'imported'))
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
    for (const text of ['{"id":1}', 'id,secret\n1,x\n', '"id","secret"\n"1","x"\n', '["a"]\n', 'null\n']) {
      project.write('other', text)
      expect(await run([...IMPORT, '--journal', 'other', '--restart'])).toMatchObject({ exitCode: 2, stdout: '' })
      expect(readFileSync(join(project.folder, 'other'), 'utf8')).toBe(text)
    }
  })

  for (const { name, fill } of FULL_DISKS) {
    test.skipIf(!hasBash)(`with ${name} it stops, and nobody is lost or doubled later`, async () => {
      await run(['migrate'])
      const rows = Array.from({ length: 60 }, (_, id) => JSON.stringify({ id, secret: SECRET }))
      project.write('users.jsonl', rows.join('\n'))
      const { list, under, makeRoom, remove } = fill(project.folder)
      try {
        const full = await project.run([...IMPORT, '--journal', list], keys, under)
        expect(full).toMatchObject({ exitCode: 1, stdout: '' })
        expect(full.stderr).toMatch(/\/list: the (disk is full|file must not grow any more)\..* run it again\.\n$/)
        expect(existsSync(`${list}.lock`)).toBe(false)
        const onBefore = await countOn()
        expect(onBefore).toBeGreaterThan(10)
        expect(onBefore).toBeLessThan(60)
        makeRoom()
        const again = await counts('--journal', list)
        expect(again).toMatchObject({ users: 60, imported: 60 - onBefore, left: 0, unclear: 0 })
        expect(await countOn()).toBe(60)
        expect(await counts('--journal', list)).toMatchObject({ doneBefore: 60 })
      } finally {
        remove()
      }
    })
  }
})
