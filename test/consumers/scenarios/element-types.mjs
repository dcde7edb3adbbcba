import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { SCRIPT, TSX, template } from '../element-pages.mjs'
import { expectOutput, inProject, npmInstall, writeFiles } from '../project.mjs'

const OPTIONS = {
  strict: true,
  noEmit: true,
  target: 'es2022',
  module: 'esnext',
  moduleResolution: 'bundler',
  types: [],
}
const config = (compilerOptions, more = {}) =>
  JSON.stringify({ compilerOptions: { ...OPTIONS, ...compilerOptions }, ...more })

/** As if this were the @types/react of the project. */
const REACT_18 = { react: ['../node_modules/@types/react-18'], 'react/*': ['../node_modules/@types/react-18/*'] }

/** `@ts-expect-error` stands above each wrong line, so that nothing may be reported. */
const REACT_PAGES = [
  { folder: '19', source: TSX, options: { jsx: 'react-jsx' } },
  { folder: '18', source: TSX, options: { jsx: 'react-jsx', paths: REACT_18 } },
  {
    folder: '18-classic',
    source: `import * as React from 'react'\n${TSX}`,
    options: { jsx: 'react', paths: REACT_18 },
  },
  {
    folder: '19-nodenext-commonjs',
    type: 'commonjs',
    source: TSX.replaceAll(' client={client}', ''),
    options: { jsx: 'react-jsx', module: 'nodenext', moduleResolution: 'nodenext', skipLibCheck: false },
  },
]

const react = typesIn('React 18 and 19', {
  subpath: 'react',
  packages: { '@types/react': '19.3.3', '@types/react-18': 'npm:@types/react@18.3.32' },
  async check(project) {
    for (const { folder, type = 'module', source, options } of REACT_PAGES) {
      await writeFiles(join(project.folder, folder), {
        'package.json': JSON.stringify({ private: true, type }),
        'page.tsx': source,
        'tsconfig.json': config(options),
      })
      await project.run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', folder])
    }
  },
})

const vue = typesIn('Vue, under strictTemplates', {
  subpath: 'vue',
  packages: { vue: '3.5.45', 'vue-tsc': '3.3.14' },
  async check(project) {
    const script = `<script setup lang="ts">\nimport type {} from 'countersign/elements/vue'\n${SCRIPT}</script>\n`
    const { right, wrong } = template(
      (name, value) => `:${name}="${value}"`,
      (name, value) => `@${name}="${value}"`,
    )
    const page = (body) => `<template>${body}\n</template>\n${script}`
    const options = { jsx: 'preserve', lib: ['es2022', 'dom'] }
    await writeFiles(project.folder, {
      'Right.vue': page(right),
      'Wrong.vue': page(`${wrong}\n<two-factor-setings />`),
      'tsconfig.json': config(options, { vueCompilerOptions: { strictTemplates: true }, include: ['*.vue'] }),
    })
    const reported = linesReported(project, ['node_modules/vue-tsc/bin/vue-tsc.js', '-p', '.'])
    expectLines(reported, { 'Right.vue': [], 'Wrong.vue': [2, 3, 4, 5, 6, 7, 8] })
  },
})

const svelte = typesIn('Svelte', {
  subpath: 'svelte',
  packages: { svelte: '5.57.3', 'svelte-check': '4.7.8' },
  async check(project) {
    const script = `<script lang="ts">\nimport type {} from 'countersign/elements/svelte'\n${SCRIPT}</script>\n`
    const { right, wrong } = template(
      (name, value) => `${name}={${value}}`,
      (name, value) => `on${name}={${value}}`,
    )
    const before = script.split('\n').length - 1
    await writeFiles(project.folder, {
      'Right.svelte': `${script}${right}\n`,
      'Wrong.svelte': `${script}${wrong}\n`,
      'tsconfig.json': config({ verbatimModuleSyntax: true }, { include: ['*.svelte'] }),
    })
    const checker = ['node_modules/svelte-check/bin/svelte-check', '--output', 'machine', '--threshold', 'error']
    expectLines(linesReported(project, checker), {
      'Right.svelte': [],
      'Wrong.svelte': [2, 3, 4, 5, 6, 7].map((line) => before + line),
    })
  },
})

function typesIn(name, { subpath, packages, check }) {
  return {
    name: `types: the elements in ${name}`,
    run: ({ countersign }) =>
      inProject(
        { manifest: { type: 'module', dependencies: { countersign, typescript: '5.9.3', ...packages } } },
        async (project) => {
          await npmInstall(project)
          await check(project)
          const count = `console.log(Object.keys(await import('countersign/elements/${subpath}')).length, 'names')`
          expectOutput(await project.run(process.execPath, ['--input-type=module', '--eval', count]), '0 names')
        },
      ),
  }
}

/** On which lines of which file a checker finds something wrong, and all that it says. */
function linesReported({ folder }, args) {
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder })
  const said = `${stdout}${stderr}`
  const found = [...said.matchAll(/(\w+\.\w+)[(" ]+(\d+)[,:]/g)]
  const linesOf = (file) =>
    [...new Set(found.filter(([, name]) => name === file).map(([, , line]) => Number(line)))].sort((a, b) => a - b)
  return { said, linesOf }
}

function expectLines({ said, linesOf }, wanted) {
  for (const [file, lines] of Object.entries(wanted)) {
    const got = linesOf(file).join()
    if (got !== lines.join()) throw new Error(`Errors on the lines ${lines} of ${file} expected, got ${got}:\n${said}`)
  }
}

export const elementsInFrameworks = [react, vue, svelte]
