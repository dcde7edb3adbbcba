import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { generateKey } from 'countersign'
import { Client } from 'pg'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hasProgram, needs } from '../needs.ts'
import { POSTGRES_URL, postgresConfig, SQLITE } from './databases.ts'
import { openProject, type Project } from './program.ts'

const built = existsSync(new URL('../../dist/cli/index.js', import.meta.url))
const STAFF = ['--by', 'ada@acme.example', '--note', 'ticket 1']
const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'

let project: Project
beforeEach(() => {
  project = openProject()
})
afterEach(() => project.remove())

describe.skipIf(needs('the build', built, 'npm run build'))('npx countersign', () => {
  test('init writes a config, a migration and a key, and replaces nothing', async () => {
    const args = ['init', '--database', 'pg', '--framework', 'express', '--issuer', 'Acme']
    const first = await project.run(args)
    expect(first.exitCode).toBe(0)
    expect(first.stdout).toContain("app.use('/two-factor', toNodeHandler(handler))")
    const read = (name: string) => readFileSync(join(project.folder, name), 'utf8')
    expect(read('countersign.config.mjs')).toContain('pgStore(pool)')
    expect(read('countersign.sql')).toContain('CREATE TABLE IF NOT EXISTS "two_factor"')
    expect(read('.gitignore')).toBe('.env\n')
    expect(statSync(join(project.folder, '.env')).mode & 0o777).toBe(0o600)
    const env = read('.env')
    const key = /^COUNTERSIGN_KEYS=(.+)\n$/.exec(env)?.[1] ?? 'none'
    expect(first.stdout + first.stderr).not.toContain(key)
    expect((await project.run([...args, '--json'])).stdout).toContain('"wrote":[]')
    expect(read('.env')).toBe(env)
  })

  test('init takes a variable without a value for no key, and leaves the rest of .env as it was', async () => {
    project.write('.env', 'DATABASE_URL=x\nCOUNTERSIGN_KEYS=')
    await project.run(['init', '--database', 'pg', '--framework', 'express', '--issuer', 'Acme'])
    expect(readFileSync(join(project.folder, '.env'), 'utf8')).toMatch(
      /^DATABASE_URL=x\nCOUNTERSIGN_KEYS=\nCOUNTERSIGN_KEYS=k[0-9a-f]{8}:[\w-]{43}\n$/,
    )
    expect(statSync(join(project.folder, '.env')).mode & 0o777).toBe(0o600)
    // The program itself reads the key, and not the empty line before it.
    expect((await project.run(['key', 'rotate'])).stdout).toContain('Step 1 of 3')
  })

  test.skipIf(needs('script', hasProgram('script'), 'apt-get install bsdutils'))(
    'init asks on a terminal for what was not passed',
    async () => {
      const answers = new Map([
        ['Which database?', '\r'],
        ['Which framework?', '\r'],
        ['as apps show it', 'Acme Cloud\r'],
      ])
      const bin = new URL('../../bin/countersign.mjs', import.meta.url).pathname
      const terminal = spawn(
        'script',
        ['-qefc', `stty cols 80 rows 24; exec ${process.execPath} ${bin} init`, '/dev/null'],
        {
          cwd: project.folder,
        },
      )
      let seen = ''
      terminal.stdout.setEncoding('utf8').on('data', (text) => {
        seen += text
        for (const [question, answer] of answers) {
          if (!seen.includes(question)) continue
          answers.delete(question)
          terminal.stdin.write(answer)
        }
      })
      expect(await once(terminal, 'close')).toEqual([0, null])
      expect([...answers.keys()]).toEqual([])
      expect(readFileSync(join(project.folder, 'countersign.config.mjs'), 'utf8')).toMatch(/issuer: ['"]Acme Cloud['"]/)
      expect(seen).toContain('Add to your application')
      expect(existsSync(join(project.folder, '.env'))).toBe(true)
    },
  )

  test('init without a terminal says what it needs', async () => {
    expect(await project.run(['init'])).toMatchObject({ exitCode: 2, stdout: '' })
    expect((await project.run(['init'])).stderr).toContain('--database must be one of: pg')
  })

  test('key prints a key; key rotate says which step is next, and prints no key that is in use', async () => {
    const key = (await project.run(['key', '--id', 'k1'])).stdout.trim()
    expect(key).toMatch(/^k1:[\w-]{43}$/)
    const first = await project.run(['key', 'rotate'], { COUNTERSIGN_KEYS: key })
    expect(first.stdout).toContain('Step 1 of 3')
    expect(first.stdout).not.toContain(key)
    const two = { COUNTERSIGN_KEYS: `${key},${generateKey('k2')}` }
    expect(await project.run(['key', 'rotate'], two)).toMatchObject({
      exitCode: 2,
      stdout: expect.stringContaining('Which one is the new key?'),
    })
    expect((await project.run(['key', 'rotate', '--new', 'k2'], two)).stdout).toContain('Step 2 of 3')
    expect((await project.run(['key', 'rotate'])).exitCode).toBe(1)
  })

  test('without a config a command says how to make one', async () => {
    const { exitCode, stderr } = await project.run(['status', '42'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining('npx countersign init') })
  })
})

const table = `cli_${process.pid}`
const postgres = new Client({ connectionString: POSTGRES_URL, connectionTimeoutMillis: 2000 })
const hasPostgres = await postgres.connect().then(
  () => true,
  () => false,
)
afterAll(async () => {
  if (hasPostgres) await postgres.query(`DROP TABLE IF EXISTS ${table}`)
  await postgres.end()
})

const DATABASES = [
  { name: 'SQLite', config: SQLITE, isThere: built },
  { name: 'PostgreSQL', config: postgresConfig(table), isThere: built && hasPostgres },
]

for (const { name, config, isThere } of DATABASES) {
  describe.skipIf(needs(`${name} with a build`, isThere, 'npm run build; start it'))(`on ${name}`, () => {
    const key = generateKey('k1')
    const env = { COUNTERSIGN_KEYS: key }
    const run = async (...args: string[]) => project.run(args, env)
    beforeEach(async () => {
      if (name === 'PostgreSQL') await postgres.query(`DROP TABLE IF EXISTS ${table}`)
      project.write('countersign.config.mjs', config)
      expect(await run('migrate')).toMatchObject({ exitCode: 0, stdout: 'The tables exist.\n' })
    })

    test('import reads JSON lines and CSV, reports each row that it leaves, and shows no secret', async () => {
      const rows = [{ id: 1, secret: SECRET }, { id: 2, secret: 'JBSW' }, { secret: SECRET }]
      project.write('users.jsonl', `${rows.map((row) => JSON.stringify(row)).join('\n')}\nnot JSON\n`)
      const dry = await run('import', '--from', 'otplib', 'users.jsonl', '--dry-run', '--json')
      expect(JSON.parse(dry.stdout)).toMatchObject({ users: 4, imported: 1, left: 3 })
      expect((await run('status', '1')).stdout).toContain('"enabled": false')

      const real = await run('import', '--from', 'otplib', 'users.jsonl', '--report', 'report.jsonl')
      expect(real).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('4 users: 1 imported') })
      expect(real.stderr).toContain('2: too-weak')
      expect(real.stderr).toContain('Line 4 is not readable.')
      const report = readFileSync(join(project.folder, 'report.jsonl'), 'utf8')
      expect(report.trim().split('\n')).toHaveLength(4)
      expect(real.stdout + real.stderr + report).not.toContain('JBSW')
      expect((await run('status', '1')).stdout).toContain('"enabled": true')

      project.write('users.csv', `id,secret,name\r\n"a,""b""",${SECRET},"two\nlines"\r\nc,${SECRET},\r\n`)
      const csv = await run('import', '--from', 'otplib', 'users.csv', '--json')
      expect(JSON.parse(csv.stdout)).toMatchObject({ users: 2, imported: 2, left: 0 })
      expect((await run('status', 'a,"b"')).stdout).toContain('"enabled": true')
    })

    test('a second import leaves those alone who turned it off meanwhile', async () => {
      project.write('users.jsonl', `${JSON.stringify({ id: 1, secret: SECRET })}\n`)
      const again = ['import', '--from', 'otplib', 'users.jsonl', '--json']
      expect(JSON.parse((await run(...again)).stdout)).toMatchObject({ imported: 1 })
      expect(await run('reset', '1', ...STAFF)).toMatchObject({ exitCode: 0 })
      expect(JSON.parse((await run(...again)).stdout)).toMatchObject({ imported: 0, doneBefore: 1 })
      expect((await run('status', '1')).stdout).toContain('"enabled": false')

      // A later export of the old system is another file: the journal can be the same.
      project.write('later.jsonl', `${JSON.stringify({ id: 1, secret: SECRET })}\n`)
      const later = ['import', '--from', 'otplib', 'later.jsonl', '--journal', 'users.jsonl.imported', '--json']
      expect(JSON.parse((await run(...later)).stdout)).toMatchObject({ imported: 0, doneBefore: 1 })
      expect((await run('status', '1')).stdout).toContain('"enabled": false')
    })

    test('support: unlock, recovery-code, export and reset, which ask who does it and why', async () => {
      project.write('users.jsonl', `${JSON.stringify({ id: 'ada', secret: SECRET })}\n`)
      await run('import', '--from', 'otplib', 'users.jsonl')
      for (const command of ['unlock', 'recovery-code', 'export', 'reset']) {
        expect(await run(command, 'ada')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--by') })
      }
      expect(await run('unlock', 'ada', ...STAFF)).toMatchObject({ exitCode: 0 })
      expect(await run('unlock', 'bob', ...STAFF)).toMatchObject({ exitCode: 1, stdout: '' })
      expect((await run('recovery-code', 'ada', ...STAFF, '--hours', '1')).stdout).toMatch(/^[\w-]+\nValid once/)

      expect(await run('export', 'ada', ...STAFF)).toMatchObject({ exitCode: 2, stdout: '' })
      const out = await run('export', 'ada', ...STAFF, '--out', 'ada.jsonl')
      expect(out.stdout).toBe('Wrote ada.jsonl\n')
      expect(statSync(join(project.folder, 'ada.jsonl')).mode & 0o777).toBe(0o600)
      const exports = async () => JSON.parse((await run('status', 'ada', '--json')).stdout).changes?.length ?? 0
      const before = await exports()
      expect(await run('export', 'ada', ...STAFF, '--out', 'ada.jsonl')).toMatchObject({ exitCode: 2, stdout: '' })
      expect(await exports()).toBe(before)
      expect(await run('export', 'bob', ...STAFF, '--out', 'bob.jsonl')).toMatchObject({ exitCode: 1, stdout: '' })
      expect(existsSync(join(project.folder, 'bob.jsonl'))).toBe(false)
      expect((await run('export', 'ada', ...STAFF, '--show-secrets')).stdout).toContain(SECRET)

      expect((await run('reset', 'ada', ...STAFF)).stdout).toContain('no two-factor authentication now')
      const back = await run('import', '--from', 'countersign', 'ada.jsonl', '--json')
      expect(JSON.parse(back.stdout)).toMatchObject({ imported: 1 })
    })

    test('reseal moves every record to the first key, and says when the old one is unused', async () => {
      const rows = Array.from({ length: 450 }, (_, id) => JSON.stringify({ id, secret: SECRET }))
      project.write('users.jsonl', rows.join('\n'))
      await run('import', '--from', 'otplib', 'users.jsonl')
      const rotated = { COUNTERSIGN_KEYS: `${generateKey('k2')},${key}` }
      const result = await project.run(['reseal'], rotated)
      expect(result.stdout).toBe('450 users: 450 records moved to k2, 0 failed. No record uses k1.\n')
      expect(existsSync(join(project.folder, '.countersign-reseal.json'))).toBe(false)
      // A walk that was killed behind its last page has counted nothing, and must not call a key unused.
      const next = { COUNTERSIGN_KEYS: `${generateKey('k9')},${rotated.COUNTERSIGN_KEYS}` }
      const walk = { key: 'k9', cursor: 'zzz', users: 450, resealed: 0, failed: 0 }
      project.write('.countersign-reseal.json', JSON.stringify(walk))
      const resumed = await project.run(['reseal', '--json'], next)
      expect(JSON.parse(resumed.stdout)).toMatchObject({ resealed: 450, unusedKeys: ['k2', 'k1'] })
      const other = await project.run(['reseal', '--json'], { COUNTERSIGN_KEYS: generateKey('k3') })
      expect(other.exitCode).toBe(1)
      expect(JSON.parse(other.stdout)).toMatchObject({ failed: 450, unusedKeys: [] })
    })
  })
}
