import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { needs } from '../needs.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const INSTALLED = join(ROOT, 'test/examples/node_modules')
const PACKAGES = ['typescript', '@types/react', '@types/react-18', 'vue', 'vue-tsc', 'svelte', 'svelte-check']
const isReady =
  existsSync(join(ROOT, 'dist/elements/react.d.ts')) && PACKAGES.every((name) => existsSync(join(INSTALLED, name)))
const hint = 'npm run build, npm ci --prefix test/examples'

const OPTIONS = {
  strict: true,
  noEmit: true,
  target: 'es2022',
  module: 'esnext',
  moduleResolution: 'bundler',
  types: [],
}

const SCRIPT = `
import { createClient } from 'countersign/client'
import type { RecoveryCodesElement, TwoFactorChange, TwoFactorSettingsElement } from 'countersign/elements'
import type { CompleteChallengeAnswer, SignInAnswer } from 'countersign/http'
const answer: SignInAnswer = JSON.parse('{}')
const client = createClient('/two-factor')
const changed = (event: CustomEvent<{ change: TwoFactorChange }>) => console.log(event.detail.change)
const signedIn = (event: CustomEvent<Omit<CompleteChallengeAnswer, 'recoveryCodes'>>) => console.log(event.detail.method)
`

const TSX = `import type {} from 'countersign/elements/react'
import { createRef } from 'react'
${SCRIPT}
const settings = createRef<TwoFactorSettingsElement>()
const codes = createRef<RecoveryCodesElement>()
export const right = (
  <main>
    <two-factor-settings ref={settings} base-url="/auth/two-factor" theme="dark" lang="de" ontwo-factor-changed={changed} />
    <two-factor-settings client={client} texts={{ done: 'Fine' }} className="card" class="card" id="a" key="a" />
    <two-factor-setup replaces="all" autofocus ontwo-factor-setup-done={({ detail }) => detail.authenticatorId} />
    <two-factor-challenge challenge={answer} ontwo-factor-signed-in={signedIn} ontwo-factor-start-over={() => {}} />
    <recovery-codes ref={codes} codes={['a', { code: 'b', usedAtMs: null }]} issuer="Acme" account-name="ann" view-only />
    <access-tokens baseUrl="/two-factor" onaccess-tokens-changed={({ detail }) => detail.change === 'issued'} />
  </main>
)
export const wrong = (
  <main>
    {/* @ts-expect-error: no such tag */}
    <two-factor-setings />
    {/* @ts-expect-error: not what the sign-in route answered */}
    <two-factor-challenge challenge="a token" />
    {/* @ts-expect-error: no such property */}
    <two-factor-challenge chalenge={answer} />
    {/* @ts-expect-error: no such theme */}
    <two-factor-settings theme="blue" />
    {/* @ts-expect-error: no such detail */}
    <two-factor-challenge ontwo-factor-signed-in={({ detail }) => detail.recoveryCodes} />
    {/* @ts-expect-error: not this element's ref */}
    <two-factor-settings ref={codes} />
    {/* @ts-expect-error: numbers are no codes */}
    <recovery-codes codes={[1]} />
  </main>
)
`

/** Each wrong line of it is on a line of its own. */
const template = (attribute: (name: string, value: string) => string, on: (name: string, value: string) => string) => ({
  right: `
<two-factor-settings base-url="/auth/two-factor" theme="dark" lang="de" class="card" ${on('two-factor-changed', 'changed')} />
<two-factor-settings ${attribute('client', 'client')} ${attribute('texts', "{ done: 'Fine' }")} />
<two-factor-setup replaces="all" autofocus ${on('two-factor-setup-done', '({ detail }) => detail.authenticatorId')} />
<two-factor-challenge ${attribute('challenge', 'answer')} ${on('two-factor-signed-in', 'signedIn')} />
<recovery-codes ${attribute('codes', "['a', { code: 'b', usedAtMs: null }]")} issuer="Acme" account-name="ann" view-only />
<access-tokens ${on('access-tokens-changed', "({ detail }) => detail.change === 'issued'")} />`,
  wrong: `
<two-factor-challenge challenge="a token" />
<two-factor-settings theme="blue" />
<two-factor-challenge ${on('two-factor-signed-in', '({ detail }) => detail.recoveryCodes')} />
<recovery-codes ${attribute('codes', '[1]')} />
<two-factor-settings ${on('two-factor-changed', 'signedIn')} />
<two-factor-challenge ${attribute('chalenge', 'answer')} />`,
})

describe.skipIf(needs('The types of the frameworks', isReady, hint))('the elements', () => {
  const folders: string[] = []
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })

  /** A project of its own, which has countersign as it is packed, and these packages under these names. */
  function project(packages: Record<string, string>, files: Record<string, string>): string {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-types-'))
    folders.push(folder)
    const modules = join(folder, 'node_modules')
    cpSync(join(ROOT, 'dist'), join(modules, 'countersign/dist'), { recursive: true })
    cpSync(join(ROOT, 'package.json'), join(modules, 'countersign/package.json'))
    for (const [name, installed] of Object.entries(packages)) {
      mkdirSync(dirname(join(modules, name)), { recursive: true })
      symlinkSync(join(INSTALLED, installed), join(modules, name), 'junction')
    }
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    return folder
  }

  const config = (compilerOptions: object, more: object = {}) =>
    JSON.stringify({ compilerOptions: { ...OPTIONS, ...compilerOptions }, ...more })

  /** What a checker says, and on which lines of which file it finds something wrong. */
  function check(folder: string, script: string, args: string[]) {
    const { stdout, stderr } = spawnSync(process.execPath, [join(INSTALLED, script), ...args], { cwd: folder })
    const said = `${stdout}${stderr}`
    const linesOf = (file: string) => {
      const found = [...said.matchAll(/(\w+\.\w+)[(" ]+(\d+)[,:]/g)].filter(([, name]) => name === file)
      return [...new Set(found.map(([, , line]) => Number(line)))].sort((a, b) => a - b)
    }
    return { said, linesOf }
  }

  test.each([
    ['19', '@types/react', 'react-jsx'],
    ['18', '@types/react-18', 'react-jsx'],
    ['18, with the classic transform', '@types/react-18', 'react'],
  ])(
    'type-check in TSX of React %s',
    (_, types, jsx) => {
      const source = jsx === 'react' ? `import * as React from 'react'\n${TSX}` : TSX
      const files = { 'page.tsx': source, 'tsconfig.json': config({ jsx }) }
      expect(check(project({ '@types/react': types }, files), 'typescript/bin/tsc', ['-p', '.']).said).toBe('')
    },
    120_000,
  )

  test('are known to nodenext from CommonJS too, without skipLibCheck', () => {
    const source = TSX.replaceAll(' client={client}', '')
    const options = { jsx: 'react-jsx', module: 'nodenext', moduleResolution: 'nodenext', skipLibCheck: false }
    const folder = project({ '@types/react': '@types/react' }, { 'page.tsx': source, 'tsconfig.json': config(options) })
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "commonjs" }')
    expect(check(folder, 'typescript/bin/tsc', ['-p', '.']).said).toBe('')
  }, 120_000)

  test('type-check in Vue, under strictTemplates', () => {
    const script = `<script setup lang="ts">\nimport type {} from 'countersign/elements/vue'\n${SCRIPT}</script>\n`
    const { right, wrong } = template(
      (name, value) => `:${name}="${value}"`,
      (name, value) => `@${name}="${value}"`,
    )
    const page = (body: string) => `<template>${body}\n</template>\n${script}`
    const options = { jsx: 'preserve', lib: ['es2022', 'dom'] }
    const more = { vueCompilerOptions: { strictTemplates: true }, include: ['*.vue'] }
    const files = {
      'Right.vue': page(right),
      'Wrong.vue': page(`${wrong}\n<two-factor-setings />`),
      'tsconfig.json': config(options, more),
    }
    const { said, linesOf } = check(project({ vue: 'vue' }, files), 'vue-tsc/bin/vue-tsc.js', ['-p', '.'])
    expect(linesOf('Right.vue'), said).toEqual([])
    expect(linesOf('Wrong.vue'), said).toEqual([2, 3, 4, 5, 6, 7, 8])
  }, 120_000)

  test('type-check in Svelte', () => {
    const script = `<script lang="ts">\nimport type {} from 'countersign/elements/svelte'\n${SCRIPT}</script>\n`
    const { right, wrong } = template(
      (name, value) => `${name}={${value}}`,
      (name, value) => `on${name}={${value}}`,
    )
    const before = script.split('\n').length - 1
    const files = {
      'Right.svelte': `${script}${right}\n`,
      'Wrong.svelte': `${script}${wrong}\n`,
      'tsconfig.json': config({ verbatimModuleSyntax: true }, { include: ['*.svelte'] }),
    }
    const folder = project({ svelte: 'svelte' }, files)
    const { said, linesOf } = check(folder, 'svelte-check/bin/svelte-check', [
      '--output',
      'machine',
      '--threshold',
      'error',
    ])
    expect(linesOf('Right.svelte'), said).toEqual([])
    expect(linesOf('Wrong.svelte'), said).toEqual([2, 3, 4, 5, 6, 7].map((line) => before + line))
  }, 120_000)

  test('cost nothing at run time', () => {
    for (const name of ['react', 'vue', 'svelte']) {
      const folder = project({}, {})
      const load = `Object.keys(await import('countersign/elements/${name}')).length`
      const said = execFileSync(process.execPath, ['--input-type=module', '--eval', `console.log(${load})`], {
        cwd: folder,
      })
      expect(said.toString().trim()).toBe('0')
    }
  })
})
