import { runCli } from 'countersign/cli'
import { schema, tokenSchema } from 'countersign/stores/pg'
import { describe, expect, test } from 'vitest'

describe('countersign schema', () => {
  test.each(['postgres', 'mysql', 'sqlite'] as const)('prints what schema gives for %s', (dialect) => {
    expect(runCli(['schema', dialect])).toEqual({ stdout: schema(dialect), stderr: '', exitCode: 0 })
  })

  test('takes names, with a space or with =', () => {
    const { stdout } = runCli([
      'schema',
      'postgres',
      '--table',
      'auth.two',
      '--audit-table=log',
      '--tokens-table',
      'keys',
    ])
    expect(stdout).toBe(
      schema('postgres', { table: 'auth.two', audit: { table: 'log' } }) + tokenSchema('postgres', { table: 'keys' }),
    )
    expect(runCli(['schema', 'mysql', '--users-table', 'members']).stdout).toBe(
      schema('mysql', { usersTable: 'members' }),
    )
    for (const dialect of ['mysql', 'sqlite'] as const) {
      const printed = runCli(['schema', dialect, '--audit-table', 'log']).stdout
      expect(printed).toBe(schema(dialect, { audit: { table: 'log' } }))
      expect(printed).toMatch(/EXISTS ["`]log["`] \(/)
    }
  })

  test.each([
    [['scheme'], 'There is no command "scheme"'],
    [['schema'], 'schema takes one of'],
    [['schema', 'oracle'], 'schema takes one of'],
    [['schema', 'postgres', '--tabel', 'a'], 'There is no option "--tabel"'],
    [['schema', 'postgres', '--table'], '--table takes a name'],
    [['schema', 'postgres', '--table', '--audit-table'], '--table takes a name'],
    [['schema', 'postgres', '--table', 'a"; DROP'], 'is no table name'],
  ])('%j says what is wrong, and prints nothing else', (args, message) => {
    const { stdout, stderr, exitCode } = runCli(args)
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
    expect(stderr).toContain(message)
    expect(stderr).toContain('--users-table')
  })

  test('tells how it is used', () => {
    for (const args of [[], ['--help'], ['schema', '--help']]) {
      expect(runCli(args)).toMatchObject({ stdout: expect.stringContaining('countersign schema <'), exitCode: 0 })
    }
  })
})
