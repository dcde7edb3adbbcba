import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TwoFactorOptions, UserStore } from 'countersign'
import * as countersign from 'countersign'
import * as testing from 'countersign/testing'
import { tokenStoreCases, userStoreCases } from 'countersign/testing'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EVENT_TYPES } from '../src/engine/events.ts'
import { needs } from './needs.ts'

const top = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(join(top, path), 'utf8')
const pages = [
  'README.md',
  'CHANGELOG.md',
  'CODE_OF_CONDUCT.md',
  'RELEASING.md',
  'SKILL.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync(join(top, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `docs/${path}`),
]

/** Every option of createTwoFactor: a new one that is missing here does not compile. */
type Group<Name extends keyof TwoFactorOptions> = Exclude<NonNullable<TwoFactorOptions[Name]>, false>
type OptionsIn<Name extends keyof TwoFactorOptions> = `${Name}.${keyof Group<Name> & string}`
const OPTIONS: Readonly<
  Record<keyof TwoFactorOptions | OptionsIn<'trustDevices'> | OptionsIn<'totp'> | OptionsIn<'recoveryCodes'>, true>
> = {
  issuer: true,
  store: true,
  keys: true,
  verifyPassword: true,
  acceptedProofs: true,
  isRequired: true,
  passkeys: true,
  trustDevices: true,
  'trustDevices.days': true,
  totp: true,
  'totp.algorithm': true,
  'totp.digits': true,
  'totp.periodSeconds': true,
  'totp.window': true,
  'totp.secretBytes': true,
  recoveryCodes: true,
  'recoveryCodes.keep': true,
  'recoveryCodes.count': true,
  verifyImportedCode: true,
  onEvent: true,
  onEventError: true,
  now: true,
  random: true,
}

describe('the documents', () => {
  it.each(pages)('%s links to what is there', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = '']) => link)
    expect(links.filter((link) => !existsSync(join(top, dirname(page), link)))).toEqual([])
  })

  it.each(pages)('%s links to headings that are there', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)]
    const dead = links.filter(([, file = '', anchor = '']) => {
      const target = file === '' ? page : join(dirname(page), file)
      return target.endsWith('.md') && !anchorsOf(target).includes(anchor)
    })
    expect(dead.map(([link]) => link)).toEqual([])
  })

  it('show ten lines in README.md that run as they stand', async () => {
    const [, code = ''] = /```js\n([^`]+)```/.exec(read('README.md')) ?? []
    expect(code.split('\n').filter((line) => line.trim() !== '')).toHaveLength(10)
    const body = code.replaceAll(/import (\{[^}]+\}) from ('[^']+')/g, 'const $1 = modules[$2]')
    const printed: unknown[][] = []
    const run = new Function('modules', 'console', `return (async () => {${body}})()`)
    await run({ countersign, 'countersign/testing': testing }, { log: (...values: unknown[]) => printed.push(values) })
    const [, said = ''] = /console\.log\(.+\) \/\/ (.+)/.exec(code) ?? []
    expect(printed.map((values) => values.join(' '))).toEqual([said])
  })

  it('lead to every page from README.md', () => {
    const unread = pages.filter((page) => /^docs\/[^/]+$/.test(page) && !read('README.md').includes(`](${page})`))
    expect(unread).toEqual([])
  })

  it('list every option of createTwoFactor', () => {
    const listed = [...read('docs/options.md').matchAll(/^\| `([\w.]+)(?:\([^)]*\))?` \|/gm)].map(([, name]) => name)
    expect(listed).toEqual(Object.keys(OPTIONS))
  })

  it('list every event, and whether it notifies and is shown as a change', () => {
    const rows = [...read('docs/events.md').matchAll(/^\| `([^`]+)` \|[^|]+\| (yes)? ?\| (yes)? ?\|$/gm)]
    const listed = rows.map(([, type = '', notify, change]) => [
      type,
      { notify: notify === 'yes', change: change === 'yes' },
    ])
    expect(Object.fromEntries(listed)).toEqual(EVENT_TYPES)
  })

  it('list every code of a CountersignError, in the order of its type', () => {
    const [, union = ''] = /type CountersignErrorCode =([\s\S]+?)\n\n/.exec(read('src/errors.ts')) ?? []
    const codes = [...union.matchAll(/\| '(\w+)'/g)].map(([, code]) => code)
    const listed = [...read('docs/errors.md').matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code)
    expect(codes.length).toBeGreaterThan(10)
    expect(listed).toEqual(codes)
  })

  it('name each test of a standard’s clause by its id, which stands in one title', () => {
    const titles = testsIn('test')
      .flatMap((path) => [...read(path).matchAll(/ \[(CS-[A-Z\d]+-\d\d)\]['"`]/g)])
      .map(([, id = '']) => id)
    const named = new Set([...read('docs/compliance.md').matchAll(/`(CS-[^`]+)`/g)].map(([, id = '']) => id))
    expect(titles.toSorted()).toEqual([...named].toSorted())
    expect(named.size).toBeGreaterThan(90)
  })
})

const url = process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test'

describe.skipIf(needs('PostgreSQL', await answers(new URL(url)), 'start it, or set TEST_POSTGRES_URL'))(
  "the hand-written store in one's own users table, on PostgreSQL",
  () => {
    const [, sql = ''] = /```sql\n(ALTER TABLE users [^`]+)```/.exec(read('docs/writing-a-store.md')) ?? []
    const [, code = ''] = /const store: UserStore = ([\s\S]+?)\n```/.exec(read('docs/writing-a-store.md')) ?? []
    const [, walk = ''] = /```ts\n(async userIds[\s\S]+?)\n```/.exec(read('docs/writing-a-store.md')) ?? []
    const [, tokenSql = ''] =
      /```sql\n(CREATE TABLE access_tokens [^`]+)```/.exec(read('docs/writing-a-store.md')) ?? []
    const [, tokenCode = ''] =
      /const tokenStore: TokenStore = ([\s\S]+?)\n```/.exec(read('docs/writing-a-store.md')) ?? []
    const schemas = [0, 1].map((number) => `countersign_readme_${process.pid}_${number}`)
    const pools: Pool[] = []
    const connect = (schema = schemas[0]) => {
      const pool = new Pool({ connectionString: url, options: `-c search_path=${schema}`, max: 4 })
      pools.push(pool)
      return pool
    }

    beforeAll(async () => {
      for (const schema of schemas) {
        const pool = connect(schema)
        await pool.query(`CREATE SCHEMA ${schema}`)
        await pool.query('CREATE TABLE users (id text PRIMARY KEY)')
        await pool.query(sql)
        await pool.query(tokenSql)
      }
    })
    afterAll(async () => {
      const [pool] = pools
      for (const schema of schemas) await pool?.query(`DROP SCHEMA ${schema} CASCADE`)
      for (const open of pools) await open.end()
    })

    /** The store as it stands in docs/writing-a-store.md. Rows of users appear as they are asked for. */
    function storeOf(pool: Pool): UserStore {
      const store: UserStore = new Function('pool', `return ${code}`)(pool)
      // The ids of this table are text, as the page says to write then.
      const { userIds } = new Function('pool', `return { ${walk.replace('bigint', 'text')} }`)(pool)
      const signUp = (userId: string) => pool.query('INSERT INTO users VALUES ($1) ON CONFLICT DO NOTHING', [userId])
      return {
        load: async (userId) => {
          await signUp(userId)
          return store.load(userId)
        },
        save: async (userId, change) => {
          await signUp(userId)
          return store.save(userId, change)
        },
        userIds,
      }
    }

    it('is under 20 lines', () => {
      expect(code.split('\n').length).toBeLessThan(20)
    })

    const cases = userStoreCases(() => storeOf(pools[0] ?? connect()), {
      anotherConnection: () => storeOf(connect()),
      anotherTable: () => storeOf(pools[1] ?? connect(schemas[1])),
      disconnected: async () => {
        const pool = new Pool({ connectionString: url })
        await pool.end()
        return storeOf(pool)
      },
      readEnabledAtMs: async (userId) => {
        const found = await pools[0]?.query('SELECT two_factor_enabled_at AS ms FROM users WHERE id = $1', [userId])
        return found?.rows[0]?.ms == null ? null : Number(found.rows[0].ms)
      },
    })
    for (const { name, run } of cases) it(name, run)

    const tokenStoreOf = (pool: Pool) => new Function('pool', `return ${tokenCode}`)(pool)
    const tokenCases = tokenStoreCases(() => tokenStoreOf(pools[0] ?? connect()), {
      anotherConnection: () => tokenStoreOf(connect()),
      anotherTable: () => tokenStoreOf(pools[1] ?? connect(schemas[1])),
    })
    for (const { name, run } of tokenCases) it(`access tokens: ${name}`, run)
  },
)

/** Not what is installed there, which would take seconds to list. */
function testsIn(folder: string): string[] {
  return readdirSync(join(top, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : testsIn(path)
    return path.endsWith('.test.ts') ? [path] : []
  })
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  const headings = [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading)
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function answers({ hostname, port }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) })
    const end = (isThere: boolean) => {
      socket.destroy()
      resolve(isThere)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}
