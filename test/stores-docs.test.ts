import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { createTwoFactor, generateKey, memoryStore } from 'countersign'
import { enroll, testClock } from 'countersign/testing'
import { describe, expect, it, test } from 'vitest'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const page = read('docs/stores.md')

/** The rows of the first table that name a file of src/stores: what is imported, what it was run with, tokens. */
const rows = [...page.matchAll(/^\|[^|]+\| `([\w-]+)`: `(\w+)\([^|]*\|([^|]*)\|[^|]+\|[^|]+\| (?:`(\w+)` )?\|$/gm)].map(
  ([, file = '', store = '', runWith = '', tokenStore]) => ({ file, store, runWith, tokenStore }),
)

function exportsOf(file: string): Promise<Record<string, unknown>> {
  return import(/* @vite-ignore */ `countersign/stores/${file}`)
}

describe('docs/stores.md', () => {
  it('has a row for every store', () => {
    const files = readdirSync(new URL('../src/stores', import.meta.url)).filter((name) => name.endsWith('.ts'))
    const stores = files.map((name) => basename(name, '.ts')).filter((name) => name !== 'memory')
    expect(rows.map(({ file }) => file).sort()).toEqual(stores.sort())
  })

  it.each(rows)('names what $file exports', async ({ file, store, tokenStore }) => {
    const exported = await exportsOf(file)
    const isTokenStore = (name: string) => name.endsWith('TokenStore')
    expect(exported[store]).toBeTypeOf('function')
    expect(Object.keys(exported).filter(isTokenStore)).toEqual(tokenStore === undefined ? [] : [tokenStore])
  })

  it('imports in its examples what is there', async () => {
    const imports = [...page.matchAll(/^import \{ (.+) \} from 'countersign\/stores\/([\w-]+)'$/gm)]
    for (const [, names = '', file = ''] of imports) {
      expect(Object.keys(await exportsOf(file))).toEqual(expect.arrayContaining(names.split(', ')))
    }
    expect(imports.length).toBeGreaterThan(4)
  })

  it('names the versions of the drivers that the tests install', () => {
    const folders = ['', 'test/stores/', 'test/stores/sql/', 'test/stores/sql/prisma/', 'test/stores/key-value/']
    const pinned: Record<string, string> = Object.assign(
      {},
      ...folders.map((folder) => JSON.parse(read(`${folder}package.json`)).devDependencies),
    )
    const named = rows.flatMap(({ runWith }) => [...runWith.matchAll(/([\w@/-]+) (\d[\w.]+)/g)])
    for (const [, driver = '', version] of named) expect(`${driver} ${pinned[driver]}`).toBe(`${driver} ${version}`)
    expect(named.length).toBeGreaterThan(12)
  })
})

test('docs/scaling.md says how large an ordinary record is', async () => {
  const clock = testClock(Date.UTC(2027, 0, 1))
  const store = memoryStore()
  const twoFactor = createTwoFactor({
    issuer: 'Acme Cloud',
    store,
    keys: generateKey(),
    verifyPassword: () => true,
    now: clock.now,
  })
  const { phone } = await enroll(twoFactor, 'ann')
  for (let signIns = 0; signIns < 3; signIns += 1) {
    clock.advance({ seconds: 3600 })
    const challenge = await twoFactor.challenge('ann')
    if (challenge.passed) throw new Error('There is no second step.')
    expect(await twoFactor.completeChallenge(challenge.token, { code: phone.next() })).toMatchObject({ ok: true })
  }
  const bytes = JSON.stringify((await store.load('ann'))?.record).length
  const [, said] = /^\| ordinary:[^|]+\| (\d+) \|$/m.exec(read('docs/scaling.md')) ?? []
  expect(Math.abs(Number(said) / bytes - 1)).toBeLessThan(0.1)
})

test('docs/scaling.md shows what was measured', () => {
  const { status, stderr } = spawnSync(process.execPath, ['bench/scaling.mjs', '--check'], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(status).toBe(0)
})
