import { Writable } from 'node:stream'
import { schema, tokenSchema } from 'countersign/stores/pg'
import { describe, expect, test } from 'vitest'
import { runCli } from '../../src/cli/main.ts'
import { createOutput } from '../../src/cli/output.ts'

async function run(...args: string[]) {
  const written = { stdout: '', stderr: '' }
  const sink = (name: keyof typeof written) =>
    new Writable({
      write(chunk, _, done) {
        written[name] += String(chunk)
        done()
      },
    })
  const output = createOutput(sink('stdout'), sink('stderr'), false)
  const exitCode = await runCli(args, {
    folder: '/',
    version: '1.2.3',
    output,
    isInteractive: false,
    stopped: new AbortController().signal,
  })
  return { ...written, exitCode }
}

describe('countersign schema', () => {
  test.each(['postgres', 'mysql', 'sqlite'] as const)('prints what schema gives for %s', async (dialect) => {
    expect(await run('schema', dialect)).toEqual({ stdout: schema(dialect), stderr: '', exitCode: 0 })
  })

  test('takes names, with a space or with =', async () => {
    const names = ['--table', 'auth.two', '--audit-table=log', '--tokens-table', 'keys']
    expect((await run('schema', 'postgres', ...names)).stdout).toBe(
      schema('postgres', { table: 'auth.two', audit: { table: 'log' } }) + tokenSchema('postgres', { table: 'keys' }),
    )
    expect((await run('schema', 'mysql', '--users-table', 'members')).stdout).toBe(
      schema('mysql', { usersTable: 'members' }),
    )
  })

  test.each([
    [['scheme'], 2, 'unknown command'],
    [['schema'], 2, "missing required argument 'dialect'"],
    [['schema', 'oracle'], 2, 'is not known'],
    [['schema', 'postgres', '--tabel', 'a'], 2, "unknown option '--tabel'"],
    [['schema', 'postgres', '--table'], 2, 'argument missing'],
    [['schema', 'postgres', '--table', 'a"; DROP'], 2, 'is not a table name'],
  ])('%j says what is wrong, and prints nothing else', async (args, code, message) => {
    const { stdout, stderr, exitCode } = await run(...args)
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: code })
    expect(stderr).toContain(message)
  })

  test('every command has help with an example, and --json', async () => {
    const names = 'init key schema migrate doctor status reset unlock recovery-code export import reseal'.split(' ')
    for (const name of names) {
      const { stdout, exitCode } = await run(name, '--help')
      expect(exitCode).toBe(0)
      expect(stdout).toContain(`Example:\n  npx countersign ${name}`)
      expect(stdout).toContain('--json')
    }
  })

  test('tells how it is used, and its version', async () => {
    expect((await run('help')).stdout).toContain('reseal')
    expect(await run('--version')).toEqual({ stdout: '1.2.3\n', stderr: '', exitCode: 0 })
  })
})
