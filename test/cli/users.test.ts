/** How the command `import` reads a file: lines, rows, and the users of a file of any size. */
import { mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MAX_LINE_BYTES, readLines } from '../../src/cli/lines.ts'
import { type RowFormat, readFileRows } from '../../src/cli/rows.ts'
import { readUserBatches, surveyFile, type UserFile } from '../../src/cli/users.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-rows-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function fileOf(content: string | Uint8Array): string {
  const path = join(folder, 'rows')
  writeFileSync(path, content)
  return path
}

async function rowsOf(format: RowFormat, content: string | Uint8Array) {
  const rows = []
  for await (const some of readFileRows(fileOf(content), format)) rows.push(...some)
  return rows
}

const valuesOf = async (format: RowFormat, content: string | Uint8Array) =>
  (await rowsOf(format, content)).map(({ value, fault }) => fault ?? value)

describe('rows of a file', () => {
  test('JSON lines may have a mark, carriage returns, empty lines, and separators of Unicode in a text', async () => {
    const content = '\ufeff{"id":1}\r\n\r\n  \n{"id":"a\u2028b"}'
    expect(await rowsOf('jsonl', content)).toEqual([
      { line: 1, value: { id: 1 }, fault: null },
      { line: 4, value: { id: 'a\u2028b' }, fault: null },
    ])
  })

  test('CSV may have a mark, carriage returns, and quotes, commas and line breaks in quotes', async () => {
    const content = '\ufeffid,name\r\n1,"a, ""b""\r\nc"\r\n\r\n2,\r\n3,5" screen\r\n'
    expect(await rowsOf('csv', content)).toEqual([
      { line: 2, value: { id: '1', name: 'a, "b"\nc' }, fault: null },
      { line: 5, value: { id: '2', name: null }, fault: null },
      { line: 6, value: { id: '3', name: '5" screen' }, fault: null },
    ])
  })

  test('what cannot be read is reported with its line, and does not stop the others', async () => {
    const latin1 = Buffer.concat([
      Buffer.from('{"id":1}\n{"id":"jos'),
      Buffer.from([0xe9]),
      Buffer.from('"}\n{"id":3}'),
    ])
    expect(await valuesOf('jsonl', latin1)).toEqual([{ id: 1 }, 'is not UTF-8', { id: 3 }])
    expect(await valuesOf('jsonl', 'x\n{"id":3}')).toEqual(['is not readable', { id: 3 }])
    expect(await valuesOf('csv', 'id,a\n1\n2,"x"y\n3,z')).toEqual([
      'has 1 fields, and the header 2',
      'has text after a closing quote',
      { id: '3', a: 'z' },
    ])
  })

  test('a line of 10 MB is left out, and no more of it is held than the longest line that is read', async () => {
    const long = 'x'.repeat(10_000_000)
    expect(await valuesOf('jsonl', `{"id":1}\n"${long}"\n{"id":3}`)).toEqual([
      { id: 1 },
      'is longer than 1 MiB',
      { id: 3 },
    ])
    expect(await valuesOf('jsonl', JSON.stringify('y'.repeat(MAX_LINE_BYTES - 2)))).toHaveLength(1)
    expect(await valuesOf('csv', `id,a\n1,${long}\n2,b`)).toEqual(['is longer than 1 MiB', { id: '2', a: 'b' }])
  })

  test('lines are read ahead by one chunk, however many there are', async () => {
    const path = fileOf('{"id":1}\n'.repeat(200_000))
    let most = 0
    let all = 0
    for await (const lines of readLines(path)) {
      most = Math.max(most, lines.length)
      all += lines.length
    }
    expect(all).toBe(200_000)
    expect(most).toBeLessThan(30_000)
  })

  test('a quote that is never closed ends it, and does not take the rest of the file into memory', async () => {
    await expect(valuesOf('csv', 'id,a\n1,"x\n2,y\n')).rejects.toThrow('the quote in line 2 is never closed')
    const rest = `${'z'.repeat(100)}\n`.repeat(50_000)
    const read: number[] = []
    const reading = async () => {
      for await (const rows of readFileRows(fileOf(`id,a\n1,"x\n${rest}`), 'csv')) read.push(rows.length)
    }
    await expect(reading()).rejects.toThrow('the quote in line 2 is never closed')
    expect(read.length).toBeLessThan(6)
  })

  test('a file of another kind is refused with what to do', async () => {
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('{"id":1}\n', 'utf16le')])
    await expect(rowsOf('jsonl', utf16)).rejects.toThrow('iconv -f UTF-16 -t UTF-8')
    await expect(rowsOf('jsonl', '[\n{"id":1},\n{"id":2}\n]')).rejects.toThrow("jq -c '.[]'")
    await expect(rowsOf('csv', 'a,a\n1,2')).rejects.toThrow('same name')
  })
})

describe('users of a file', () => {
  const survey = (file: Partial<UserFile> & { path: string }) => surveyFile({ format: 'jsonl', column: 'id', ...file })

  test('a file without rows, without the column, a directory and a missing file are refused with what to do', async () => {
    await expect(survey({ path: fileOf('\n\n') })).rejects.toThrow('has no rows')
    await expect(survey({ path: fileOf('{"user":1}') })).rejects.toThrow('--user-id')
    await expect(survey({ path: folder })).rejects.toThrow('is a directory')
    await expect(survey({ path: join(folder, 'none') })).rejects.toThrow('there is no such file')
    await expect(survey({ path: join(fileOf('x'), 'below') })).rejects.toThrow('not a folder')
    await expect(survey({ path: '/dev/null' })).rejects.toThrow('not a regular file')
  })

  test('the message about a wrong header shows nothing of it: without a header it would be a secret', async () => {
    const path = fileOf('1,JBSWY3DPEHPK3PXP\n2,JBSWY3DPEHPK3PXQ\n')
    const refused = await survey({ path, format: 'csv' }).catch((error: Error) => error.message)
    expect(refused).toContain('must be the header')
    expect(refused).not.toContain('JBSW')
  })

  test('a number that is not exact is nobody: it would be another user', async () => {
    const path = fileOf('{"id":9007199254740993}\n{"id":9007199254740991}\n{"id":1.5}')
    const file: UserFile = { path, format: 'jsonl', column: 'id' }
    for await (const { users, nobodys } of readUserBatches(file, 1)) {
      expect([...users.keys()]).toEqual(['9007199254740991'])
      expect(nobodys.map(({ line }) => line)).toEqual([1, 3])
      expect(nobodys[0]?.message).toContain('Export it as text')
    }
  })

  test('a million lines are held in batches: every user once, with all rows wherever they stand', {
    timeout: 300_000,
  }, async () => {
    const path = join(folder, 'million.jsonl')
    const file = openSync(path, 'w')
    // Two rows of each user, half a file apart.
    for (let half = 0; half < 2; half += 1) {
      for (let from = 0; from < 500_000; from += 10_000) {
        const lines = Array.from({ length: 10_000 }, (_, at) => `{"id":${from + at},"half":${half}}\n`)
        writeSync(file, lines.join(''))
      }
    }
    const given: UserFile = { path, format: 'jsonl', column: 'id' }
    const { rows, batches } = await surveyFile(given)
    expect({ rows, batches }).toEqual({ rows: 1_000_000, batches: 3 })
    const seen = new Uint8Array(500_000)
    let mostHeld = 0
    for await (const { users } of readUserBatches(given, batches)) {
      let held = 0
      for (const [userId, own] of users) {
        held += own.length
        seen[Number(userId)] = (seen[Number(userId)] ?? 0) + own.length
      }
      mostHeld = Math.max(mostHeld, held)
    }
    expect(seen.every((count) => count === 2)).toBe(true)
    expect(mostHeld).toBeLessThan(350_000)
  })

  test('of one user with endless rows no more are held than its reader looks at', async () => {
    const path = fileOf('{"id":1}\n'.repeat(5000))
    for await (const { users } of readUserBatches({ path, format: 'jsonl', column: 'id' }, 1)) {
      expect(users.get('1')).toHaveLength(101)
    }
  })
})
