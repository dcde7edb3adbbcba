/** The scripts of docs/migrating, each run as its reader would run it: `node move.js`, on PostgreSQL, with this package as built. */
import { execFile } from 'node:child_process'
import { createCipheriv, createHash, createHmac } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createTwoFactor, generateKey } from 'countersign'
import * as importing from 'countersign/import'
import { generateTotp } from 'countersign/otp'
import { pgStore, schema } from 'countersign/stores/pg'
import type { Pool } from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import made from '../import/rows.json'
import { needs } from '../needs.ts'
import { placeScripts, scriptsOf } from '../page-scripts.ts'
import { load } from './installed.ts'
import { createSchema, noPostgres } from './postgres.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const isMissing = noPostgres || needs('dist', existsSync(join(ROOT, 'dist/index.js')), 'npm run build')
const run = promisify(execFile)

const { timeMs, speakeasy, otplib, otpauth, betterAuth } = made
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const CODE = generateTotp({ secret: SECRET, timeMs })
const uri = `otpauth://totp/Acme:ann?secret=${SECRET}&issuer=Acme`

/** What the page's system holds, in tables of PostgreSQL or as lines of its export, and what its user types then. */
interface System {
  tables?: string[]
  rows?: object[]
  env?: Record<string, string>
  codes: string[]
  /** How its code hashes recovery codes. */
  hashOf?: (code: string) => string
}

const SYSTEMS: Record<string, System> = {
  speakeasy: {
    tables: [
      'ALTER TABLE users ADD totp_secret text, ADD totp_enabled boolean',
      `UPDATE users SET totp_secret = '${speakeasy.generated.base32}', totp_enabled = true WHERE id = 'ann'`,
      'CREATE TABLE backup_codes (id serial, user_id text, code_hash text, used_at timestamptz)',
      `INSERT INTO backup_codes (user_id, code_hash) VALUES ('ann', '${sha512('12345678')}')`,
    ],
    codes: [speakeasy.code, '12345678'],
    hashOf: sha512,
  },
  otplib: { tables: userOtp(otplib.v13.secret, 'ABCDE-12345'), codes: [otplib.v13.code, 'abcde12345'] },
  otpauth: { tables: userOtp(otpauth.uri, 'ABCDE-12345'), codes: [otpauth.code, 'abcde12345'] },
  'better-auth': {
    tables: [
      'CREATE TABLE "twoFactor" (id text, secret text, "backupCodes" text, "userId" text, verified boolean)',
      `INSERT INTO "twoFactor" VALUES ('1', '${betterAuth.encrypted.row.secret}', '${betterAuth.encrypted.row.backupCodes}', 'ann', true)`,
    ],
    env: { BETTER_AUTH_SECRET: betterAuth.encrypted.secret },
    codes: [betterAuth.encrypted.code, betterAuth.encrypted.backupCodes[0] ?? ''],
  },
  'laravel-fortify': {
    rows: [
      {
        id: 'ann',
        two_factor_secret: laravel(SECRET),
        two_factor_recovery_codes: laravel(JSON.stringify(['aB3dE6gH1j-K2mN5pQ8sT'])),
        two_factor_confirmed_at: '2025-11-02 10:11:12',
      },
    ],
    env: { APP_KEY: `base64:${laravelKey().toString('base64')}` },
    codes: [CODE, 'aB3dE6gH1j-K2mN5pQ8sT'],
  },
  'django-otp': {
    tables: [
      'CREATE TABLE otp_totp_totpdevice (id int, user_id text, name text, confirmed boolean, key text, step int, t0 bigint, digits int, tolerance int, drift int, last_t bigint)',
      `INSERT INTO otp_totp_totpdevice VALUES (1, 'ann', 'default', true, '${Buffer.from('12345678901234567890').toString('hex')}', 30, 0, 6, 1, 0, -1)`,
      'CREATE TABLE otp_static_staticdevice (id int, user_id text, name text, confirmed boolean)',
      'CREATE TABLE otp_static_statictoken (id int, device_id int, token text)',
      "INSERT INTO otp_static_staticdevice VALUES (7, 'ann', 'backup', true)",
      "INSERT INTO otp_static_statictoken VALUES (1, 7, 'abcdefgh2345')",
    ],
    codes: [CODE, 'abcdefgh2345'],
  },
  'aspnet-identity': {
    tables: [
      'CREATE TABLE "AspNetUsers" ("Id" text, "TwoFactorEnabled" boolean)',
      'CREATE TABLE "AspNetUserTokens" ("UserId" text, "LoginProvider" text, "Name" text, "Value" text)',
      `INSERT INTO "AspNetUsers" VALUES ('ann', true), ('off', false)`,
      ...['ann', 'off'].map(
        (id) =>
          `INSERT INTO "AspNetUserTokens" VALUES ('${id}', '[AspNetUserStore]', 'AuthenticatorKey', '${SECRET}'),
           ('${id}', '[AspNetUserStore]', 'RecoveryCodes', 'BCDFG-HJKMN;23456-789TV')`,
      ),
    ],
    codes: [CODE, '23456-789TV'],
  },
  keycloak: {
    tables: [
      'CREATE TABLE credential (id text, type text, user_id text, created_date bigint, user_label text, secret_data text, credential_data text)',
      `INSERT INTO credential VALUES ('1', 'otp', 'ann', 1700000000000, 'My phone', '{"value":"12345678901234567890"}',
        '{"subType":"totp","digits":6,"counter":0,"period":30,"algorithm":"HmacSHA1"}'),
        ('2', 'password', 'ann', 1700000000000, null, '{"value":"hash"}', '{}'),
        ('3', 'recovery-authn-codes', 'ann', 1700000000000, null,
        '{"codes":[{"number":1,"encodedHashedValue":"${sha512('ABCDEFGHJKLM')}"}]}', '{}')`,
    ],
    codes: [CODE, 'abcd-efgh-jklm'],
    hashOf: sha512,
  },
  'otpauth-uris': { rows: [{ user_id: 'ann', uri }], codes: [CODE] },
  'google-authenticator': {
    rows: [
      {
        user_id: 'ann',
        uri: 'otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8SGEV4YW1wbGU6YWxpY2VAZ29vZ2xlLmNvbRoHRXhhbXBsZTAC',
      },
    ],
    codes: [generateTotp({ secret: 'JBSWY3DPEHPK3PXP', timeMs })],
  },
}

test('every page of a system is run here', () => {
  const pages = readdirSync(join(ROOT, 'docs/migrating')).filter((name) => name.endsWith('.md'))
  expect(pages.sort()).toEqual(
    Object.keys(SYSTEMS)
      .map((name) => `${name}.md`)
      .sort(),
  )
})

describe.skipIf(isMissing)('the scripts of docs/migrating', () => {
  const keys = generateKey()
  let database: Awaited<ReturnType<typeof createSchema>>
  let scripts: ReturnType<typeof placeScripts>

  beforeEach(async () => {
    database = await createSchema()
    await database.pool.query('CREATE TABLE users (id text PRIMARY KEY, moved_at timestamptz)')
    await database.pool.query(schema('postgres', { usersTable: 'users' }))
    await database.pool.query("INSERT INTO users (id) VALUES ('ann'), ('off')")
  })
  afterEach(async () => {
    scripts.remove()
    await database.end()
  })

  test.each(Object.entries(SYSTEMS))('%s', async (name, { tables, rows, env = {}, codes, hashOf }) => {
    const page = `migrating/${name}.md`
    scripts = placeScripts({
      pages: ['migrating.md', page],
      files: ['docs/migrating/moving.js'],
      packages: ['node_modules/pg'],
    })
    for (const sql of tables ?? []) await database.pool.query(sql)
    if (!scriptsOf(page).has('old.js')) {
      const exported = rows ?? (await runExport(database.pool, name))
      writeFileSync(join(scripts.folder, 'rows.jsonl'), exported.map((row) => JSON.stringify(row)).join('\n'))
    }
    const move = async () => {
      const options = {
        cwd: scripts.folder,
        env: { ...process.env, DATABASE_URL: database.url, COUNTERSIGN_KEYS: keys, ...env },
      }
      const { stdout, stderr } = await run(process.execPath, ['move.js'], options)
      return { counts: stdout.trim(), stderr }
    }
    const first = await move()
    expect(first.counts).toMatch(/moved: 1[ ,]/)
    expect(first.stderr).toBe('')
    const twoFactor = createTwoFactor({
      issuer: 'Acme Cloud',
      keys,
      store: pgStore(database.pool, { usersTable: 'users' }),
      verifyPassword: () => false,
      verifyImportedCode: (typed, hash) => hashOf?.(typed.replaceAll('-', '').toUpperCase()) === hash,
      now: () => timeMs,
    })
    for (const code of codes) expect(await twoFactor.verify('ann', { code })).toMatchObject({ ok: true })
    expect((await twoFactor.status('off')).enabled).toBe(false)
    expect((await move()).counts).not.toMatch(/(^|[^-])moved: /)
    for (const code of codes) expect(await twoFactor.verify('ann', { code })).toMatchObject({ ok: false })
  })
})

describe.skipIf(isMissing)('the lazy way of docs/migrating, at a sign-in', () => {
  const lazy = Object.entries(SYSTEMS).flatMap(([name, system]) => {
    const [, code] =
      /```ts\n(await moving\.move\(userId, async \(\) => \{\n {2}const \{ rows \}[\s\S]+?)\n```/.exec(textOf(name)) ??
      []
    return code === undefined ? [] : [{ name, system, code }]
  })

  test('is on the pages of the systems that have a database of their own', () => {
    expect(lazy.map(({ name }) => name)).toEqual(['better-auth', 'django-otp', 'aspnet-identity', 'keycloak'])
  })

  test.each(lazy)('$name', async ({ system: { tables = [], env = {}, codes }, code }) => {
    const { pool, end } = await createSchema()
    await pool.query('CREATE TABLE users (id text PRIMARY KEY, moved_at timestamptz)')
    await pool.query(schema('postgres', { usersTable: 'users' }))
    await pool.query("INSERT INTO users (id) VALUES ('ann'), ('ben')")
    for (const sql of tables) await pool.query(sql)
    const options = { issuer: 'Acme Cloud', keys: generateKey(), verifyPassword: () => false, now: () => timeMs }
    const store = (client: Pool) => pgStore(client, { usersTable: 'users' })
    const { createMoving }: { createMoving(given: object): object } = await load('../../docs/migrating/moving.js')
    const given = { moving: createMoving({ pool, options, store }), oldDatabase: pool, process: { env }, ...importing }
    const body = `return (async () => ${code.replace(/^await /, '')})()`
    const lazily = new Function('userId', ...Object.keys(given), body)
    const signIn = (userId: string): Promise<{ state: string }> => lazily(userId, ...Object.values(given))
    expect(await signIn('ann')).toMatchObject({ state: 'moved' })
    expect(await signIn('ann')).toMatchObject({ state: 'moved-before' })
    expect(await signIn('ben')).toMatchObject({ state: 'off' })
    const twoFactor = createTwoFactor({ ...options, store: store(pool) })
    expect(await twoFactor.verify('ann', { code: codes[0] ?? '' })).toMatchObject({ ok: true })
    await end()
  })
})

function textOf(system: string): string {
  return readFileSync(join(ROOT, `docs/migrating/${system}.md`), 'utf8')
}

/** The SQL of the page's export, and the JSON that each row is. */
async function runExport(pool: Pool, system: string): Promise<object[]> {
  const text = textOf(system)
  const sql = /<<'SQL'\n([\s\S]+?)\nSQL/.exec(text)?.[1] ?? /psql [^\n]+ -c '([^']+)'/.exec(text)?.[1]
  if (sql === undefined) throw new Error(`The page of ${system} has no export.`)
  const results = [await pool.query(sql)].flat()
  return results.flatMap(({ rows }) => rows.map((row) => Object.values<object>(row)[0] ?? {}))
}

function userOtp(secret: string, backupCodes: string): string[] {
  return [
    'CREATE TABLE user_otp (user_id text, secret text, backup_codes text, confirmed_at timestamptz)',
    `INSERT INTO user_otp VALUES ('ann', '${secret}', '${backupCodes}', now()), ('off', '${secret}', null, null)`,
  ]
}

function sha512(code: string): string {
  return createHash('sha512').update(code).digest('base64')
}

function laravelKey(): Buffer {
  return Buffer.alloc(32, 'a key of Laravel')
}

/** As Laravel's encrypter does it, by AES-256-CBC. */
function laravel(text: string): string {
  const iv = Buffer.alloc(16, 7)
  const cipher = createCipheriv('aes-256-cbc', laravelKey(), iv)
  const value = Buffer.concat([cipher.update(`s:${Buffer.byteLength(text)}:"${text}";`), cipher.final()]).toString(
    'base64',
  )
  const mac = createHmac('sha256', laravelKey())
    .update(iv.toString('base64') + value)
    .digest('hex')
  return Buffer.from(JSON.stringify({ iv: iv.toString('base64'), value, mac, tag: '' })).toString('base64')
}
