import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { describe, expect, test } from 'vitest'

const folder = process.env.COUNTERSIGN_PACKED
const tarball = process.env.COUNTERSIGN_TARBALL
const installed = join(folder, 'node_modules/countersign')
const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))

const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
const files = readdirSync(installed, { recursive: true, encoding: 'utf8', withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) =>
    join(entry.parentPath, entry.name)
      .slice(installed.length + 1)
      .split(sep)
      .join('/'),
  )
const stores = files.filter((path) => /^dist\/stores\/[^/]+\.js$/.test(path)).map((path) => path.slice(12, -3))
const subpaths = Object.keys(manifest.exports)
  .filter((key) => key !== './package.json')
  .flatMap((key) => (key === './stores/*' ? stores.map((name) => `/stores/${name}`) : [key.slice(1)]))
  .map((path) => `countersign${path}`)
/** They add types to a framework and have no code. */
const typesOnly = ['react', 'vue', 'svelte'].map((name) => `countersign/elements/${name}`)
const withCode = subpaths.filter((subpath) => !typesOnly.includes(subpath))

describe('what is in it', () => {
  test('every promised subpath', () => {
    const promised = [
      '',
      '/otp',
      '/qr',
      '/testing',
      '/import',
      '/mail',
      '/otel',
      '/tokens',
      '/http',
      '/http/node',
      '/client',
      '/elements',
    ]
    promised.push('/elements/react', '/elements/vue', '/elements/svelte')
    promised.push('/stores/libsql', '/stores/better-sqlite3', '/stores/node-sqlite')
    expect(subpaths).toEqual(expect.arrayContaining(promised.map((path) => `countersign${path}`)))
  })

  test('the build and the texts, nothing else', () => {
    const texts = ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'SKILL.md', 'package.json']
    const other = files.filter((path) => !path.startsWith('dist/')).sort()
    expect(other).toEqual([...texts, 'bin/countersign.mjs'].sort())
    const built =
      /^dist\/([\w-]+\/)?[\w-]+(\.d)?\.(js|cjs|ts|cts)$|^dist\/http\/document\/openapi\.(js|cjs|d\.ts|d\.cts)$|^dist\/LICENSES-of-bundled-packages\.txt$/
    expect(files.filter((path) => path.startsWith('dist/') && !built.test(path))).toEqual([])
  })

  test.each(['README.md', 'CHANGELOG.md', 'SECURITY.md', 'SKILL.md'])('%s has links only to what is packed', (page) => {
    const text = readFileSync(join(installed, page), 'utf8')
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)|(?:src|srcset)="(?!https?:)([^"]+)"/g)]
    expect(links.map(([, link, picture]) => link ?? picture).filter((path) => !files.includes(path))).toEqual([])
  })

  test('no code that names the machine it was built on', () => {
    const text = files.map((path) => readFileSync(join(installed, path), 'utf8')).join('\n')
    expect(text).not.toContain(fileURLToPath(new URL('../..', import.meta.url)))
    expect(text).not.toMatch(/sourceMappingURL/)
  })

  test('three runtime dependencies, and what they pull in: nothing', () => {
    const modules = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))
    const scoped = readdirSync(join(folder, 'node_modules/@noble'))
    expect(modules.sort()).toEqual(['@noble', 'countersign', 'thirty-two'])
    expect(scoped.sort()).toEqual(['ciphers', 'hashes'])
  })
})

test('it is smaller than 500 kB', () => {
  expect(statSync(tarball).size).toBeLessThan(500_000)
})

describe('loading it', () => {
  test.each(withCode)('import %s', (subpath) => {
    expect(
      run(['--input-type=module', '--eval', `console.log(Object.keys(await import('${subpath}')).length > 0)`]),
    ).toBe('true')
  })

  test.each(withCode)('require %s', (subpath) => {
    expect(run(['--eval', `console.log(Object.keys(require('${subpath}')).length > 0)`])).toBe('true')
  })

  test.each(withCode)('require %s loads no ES module, which Jest and older runtimes cannot', (subpath) => {
    const script = `console.log(Object.keys(require('${subpath}')).length > 0)`
    expect(run(['--no-experimental-require-module', '--eval', script])).toBe('true')
  })

  test('the CommonJS files hold no import(), which Jest refuses', () => {
    const commonJs = files.filter((path) => path.endsWith('.cjs'))
    expect(commonJs.length).toBeGreaterThan(20)
    const texts = commonJs.map((path) => ({ path, text: readFileSync(join(installed, path), 'utf8') }))
    expect(
      texts.filter(({ text }) => /\bimport\(/.test(text.replace(/node -e \\?"import\(/, ''))).map(({ path }) => path),
    ).toEqual([])
  })

  test('both forms of a subpath export the same names', async () => {
    const require = createRequire(join(folder, 'importer.cjs'))
    for (const subpath of subpaths) {
      const esm = await import(pathToFileURL(resolveImport(subpath)).href)
      expect(Object.keys(require(subpath)).sort(), subpath).toEqual(Object.keys(esm).sort())
    }
  })

  test.each(['elements/index', 'elements/de', 'elements/ar', 'client/index'])(
    'a page without a bundler needs one file of %s: it loads where nothing else is',
    (module) => {
      const alone = mkdtempSync(join(tmpdir(), 'countersign-alone-'))
      copyFileSync(join(installed, `dist/${module}.js`), join(alone, 'alone.mjs'))
      const script = `
        const loaded = await import(${JSON.stringify(pathToFileURL(join(alone, 'alone.mjs')).href)})
        let error
        try { loaded.createClient?.('/two-factor', { no: 1 }) } catch (caught) { error = caught }
        console.log(Object.keys(loaded).length > 0, error?.code)`
      const refused = module === 'client/index' ? 'invalid_option' : 'undefined'
      expect(run(['--input-type=module', '--eval', script])).toBe(`true ${refused}`)
      rmSync(alone, { recursive: true })
    },
  )

  const work = `
    const text = encodeBase32(decodeBase32('GEZD GNBV-gy3tqojq'))
    const wrong = await createTwoFactor({ issuer: 'Acme', store: memoryStore(), keys: generateKey() })
      .completeChallenge('no token', { code: '000000' })
    console.log(text, wrong.reason)`

  test('as a module: real work without a warning', () => {
    const imports = `import { createTwoFactor, generateKey, memoryStore } from 'countersign'
      import { decodeBase32, encodeBase32 } from 'countersign/otp'`
    expect(run(['--input-type=module', '--eval', imports + work])).toBe('GEZDGNBVGY3TQOJQ challenge-expired')
  })

  test('as CommonJS: real work without a warning', () => {
    const requires = `const { createTwoFactor, generateKey, memoryStore } = require('countersign')
      const { decodeBase32, encodeBase32 } = require('countersign/otp')`
    expect(run(['--eval', `${requires}; (async () => {${work}})()`])).toBe('GEZDGNBVGY3TQOJQ challenge-expired')
  })

  const recognised = `
    const caught = (work) => { try { work() } catch (error) { return error } }
    const errors = [
      caught(() => otp.decodeBase32('1')),
      caught(() => testing.virtualAuthenticator('nothing')),
      caught(() => libsql.libsqlStore({}, { table: 'no; table' })),
      caught(() => client.createClient('/two-factor', { no: 1 })),
      caught(() => index.createTwoFactor({})),
    ]
    console.log(errors.map((error) => error instanceof index.CountersignError).join())`

  test('CountersignError is recognised, whichever subpath threw it', () => {
    const names = { index: '', otp: '/otp', testing: '/testing', libsql: '/stores/libsql', client: '/client' }
    const load = (line) =>
      Object.entries(names)
        .map(([name, path]) => line(name, `countersign${path}`))
        .join('\n')
    const imports = load((name, subpath) => `import * as ${name} from '${subpath}'`)
    const requires = load((name, subpath) => `const ${name} = require('${subpath}')`)
    expect(run(['--input-type=module', '--eval', imports + recognised])).toBe('true,true,true,true,true')
    expect(run(['--eval', requires + recognised])).toBe('true,true,true,true,true')
  })
})

test('the two forms work together in one process: key rings, stores, proofs, errors and handlers', () => {
  const script = `
    import { createRequire } from 'node:module'
    import * as esm from 'countersign'
    import * as testing from 'countersign/testing'
    const require = createRequire(import.meta.url)
    const cjs = require('countersign')
    const store = esm.memoryStore()
    const keys = cjs.keyRing(cjs.generateKey())
    const options = { issuer: 'Acme', store, acceptedProofs: ['reauthenticated', 'code'] }
    const [one, other] = [cjs.createTwoFactor({ ...options, keys }), esm.createTwoFactor({ ...options, keys: esm.keyRing(keys) })]
    await testing.enroll(one, 'ann')
    const { token } = await other.challenge('ann')
    const wrong = await one.completeChallenge(token, { code: '000000' })
    const handler = require('countersign/http').createHandler({ twoFactor: other, authenticate: () => null, openSession: () => ({}) })
    const document = await handler(new Request('http://acme.example/two-factor/openapi.json'))
    const disabled = await one.disable('ann', { proof: esm.reauthenticated(Date.now()) })
    let error
    try { esm.createTwoFactor({}) } catch (caught) { error = caught }
    console.log(wrong.reason, document.status, disabled.ok, error instanceof cjs.CountersignError)`
  expect(run(['--input-type=module', '--eval', script])).toBe('wrong-code 200 true true')
})

test('its command prints the tables, from wherever it is called', () => {
  const npx = (...args) => spawnSync('npx', ['--no-install', 'countersign', ...args], { cwd: folder, encoding: 'utf8' })
  const schema = npx('schema', 'postgres', '--table', 'auth.two_factor')
  expect(schema.stderr).toBe('')
  expect(schema.stdout).toContain('CREATE TABLE IF NOT EXISTS "auth"."two_factor"')
  expect(npx('schema', 'oracle')).toMatchObject({ status: 2, stdout: '' })
})

describe('its types', () => {
  const consumer = `
import { createTwoFactor, memoryStore, type TwoFactor, type TwoFactorEvent, type UserStore } from 'countersign'
import { verifyTotp } from 'countersign/otp'
import { qrSvg } from 'countersign/qr'
import { createClient } from 'countersign/client'
import { createHandler, type TwoFactorHandler } from 'countersign/http'
import { toNodeHandler } from 'countersign/http/node'
import { virtualAuthenticator } from 'countersign/testing'
import { createAccessTokens, memoryTokenStore } from 'countersign/tokens'
export type { } from 'countersign/elements'
${stores.map((name) => `export type { } from 'countersign/stores/${name}'`).join('\n')}

const store: UserStore = memoryStore()
export const seen: TwoFactorEvent[] = []
export const twoFactor: TwoFactor = createTwoFactor({
  issuer: 'Acme',
  store,
  keys: undefined,
  onEvent: (event) => void seen.push(event),
})
export const tokens = createAccessTokens({ twoFactor, store: memoryTokenStore(), prefix: 'acme' })
export const handler: TwoFactorHandler = createHandler({
  twoFactor,
  tokens,
  authenticate: () => ({ userId: 'ann', accountName: 'ann' }),
  openSession: (userId, { method }) => ({ 'Set-Cookie': userId + method }),
})
export const mount = toNodeHandler(handler)
export const enabled = createClient('/two-factor').status().then((status) => status.ok && status.enabled)
export const svg: string = qrSvg('text')
export const code: string = virtualAuthenticator('otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ').code(0)
const checked = verifyTotp({ secret: 'GEZDGNBVGY3TQOJQ', code })
export const step: number = checked.ok ? checked.step : -1
// @ts-expect-error: a step is there only when the code was right
export const unchecked: number = checked.step
`
  for (const form of ['mts', 'cts']) writeFileSync(join(folder, `consumer.${form}`), consumer)
  const strict = { noEmit: true, strict: true, exactOptionalPropertyTypes: true, target: 'es2022', types: [] }

  test.each([
    ['node16', 'node16'],
    ['nodenext', 'nodenext'],
    ['bundler', 'esnext'],
  ])('resolve in .mts and .cts with moduleResolution %s', (moduleResolution, module) => {
    const compilerOptions = { ...strict, module, moduleResolution }
    const config = join(folder, `tsconfig.${moduleResolution}.json`)
    writeFileSync(config, JSON.stringify({ compilerOptions, files: ['consumer.mts', 'consumer.cts'] }))
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', config], { cwd: folder })
    expect(stdout.toString()).toBe('')
  })

  test('are what the code is, says @arethetypeswrong', async () => {
    const entrypoints = subpaths.map((subpath) => subpath.replace('countersign', '.'))
    const analysis = await checkPackage(createPackageFromTarballData(readFileSync(tarball)), { entrypoints })
    expect(Object.keys(analysis.entrypoints).sort()).toEqual(entrypoints.sort())
    expect(analysis.problems).toEqual([])
  })
})

test('publint finds nothing', async () => {
  const data = readFileSync(tarball)
  const pack = { tarball: data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) }
  const { messages } = await publint({ pack, strict: true })
  expect(messages.map((message) => formatMessage(message, manifest))).toEqual([])
})

/** Runs Node in the folder; what it printed. Any warning, deprecation above all, is a failure. */
function run(args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--throw-deprecation', ...args], { cwd: folder })
  expect(stderr.toString()).toBe('')
  expect(status).toBe(0)
  return stdout.toString().trim()
}

function resolveImport(subpath) {
  const script = `console.log(import.meta.resolve('${subpath}'))`
  const url = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: folder })
  return fileURLToPath(url.toString().trim())
}
