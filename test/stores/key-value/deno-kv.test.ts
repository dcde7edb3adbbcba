import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { openKv } from '@deno/kv'
import { createTwoFactor, generateKey } from 'countersign'
import { denoKvStore } from 'countersign/stores/deno-kv'
import { enroll, userStoreCases } from 'countersign/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../../needs.ts'
import { exactlyOnce } from '../exactly-once/run.ts'

const DENO = fileURLToPath(new URL('node_modules/deno/deno', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'countersign-deno-kv-'))
const path = join(folder, 'kv.db')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('Deno KV, through @deno/kv', () => {
  let here: Awaited<ReturnType<typeof openKv>>
  let there: Awaited<ReturnType<typeof openKv>>
  beforeAll(async () => {
    here = await openKv(path)
    there = await openKv(path)
  })
  afterAll(() => {
    here?.close()
    there?.close()
  })

  const cases = userStoreCases(() => denoKvStore(here), {
    anotherConnection: () => denoKvStore(there),
    anotherTable: () => denoKvStore(here, { prefix: 'another' }),
    disconnected: async () => {
      const kv = await openKv('')
      kv.close()
      return denoKvStore(kv)
    },
    largestRecordBytes: 60_000,
  })
  for (const { name, run } of cases) test(name, run)

  test('a damaged record is refused by name, and a reset deletes it', async () => {
    const options = { issuer: 'Acme', store: denoKvStore(here), keys: generateKey(), verifyPassword: () => true }
    const twoFactor = createTwoFactor(options)
    await enroll(twoFactor, 'damaged')
    await here.set(['two_factor', 'damaged'], '{"schema":1,')
    await expect(twoFactor.challenge('damaged')).rejects.toMatchObject({ code: 'record_invalid' })
    expect(await twoFactor.admin.reset('damaged', { by: 'staff', note: 'damaged' })).toEqual({
      ok: true,
      existed: true,
    })
    expect((await here.get(['two_factor', 'damaged'])).versionstamp).toBeNull()
  })

  test.each(['', 'a b', 'ä', 'a'.repeat(101), null, 5])('refuses the prefix %j', (given) => {
    const prefix: string = JSON.parse(JSON.stringify(given))
    const refused = expect.objectContaining({ code: 'invalid_option', message: expect.stringContaining('prefix') })
    expect(() => denoKvStore(here, { prefix })).toThrow(refused)
  })

  describe('four processes on one file', () => {
    exactlyOnce({ module: new URL('./backends/deno-kv.ts', import.meta.url), target: () => path })
  })
})

describe.skipIf(needs('Deno', existsSync(DENO), 'npm ci --prefix test/stores/key-value'))('Deno KV, in Deno', () => {
  test('passes the same cases', async () => {
    const script = fileURLToPath(new URL('in-deno.mjs', import.meta.url))
    const map = fileURLToPath(new URL('in-deno.json', import.meta.url))
    const flags = ['-A', '--no-check', '--node-modules-dir=manual', '--unstable-kv', '--import-map', map]
    const { stdout } = await promisify(execFile)(DENO, ['run', ...flags, script, join(folder, 'deno.db')])
    const outcomes: { name: string; error: string | null }[] = JSON.parse(stdout)
    expect(outcomes.filter(({ error }) => error !== null)).toEqual([])
    expect(outcomes.length).toBeGreaterThan(30)
  }, 60_000)
})
