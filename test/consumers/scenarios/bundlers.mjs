import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expectOutput, inProject, npmInstall } from '../project.mjs'
import { bundleEntry, requires, SMOKE, WORK } from '../smoke.mjs'

const ENTRIES = { 'entry.mjs': bundleEntry, 'entry.cjs': `${requires}${WORK}work().then(console.log)\n` }

/** A server's bundle, with thirty-two outside as docs/installing.md says. It is run, and must print no warning. */
function bundler(name, { dependencies, files, commands, outputs }) {
  return {
    name: `bundle: ${name}`,
    quick: name === 'esbuild',
    run: ({ countersign }) =>
      inProject(
        { manifest: { dependencies: { countersign, ...dependencies } }, files: { ...ENTRIES, ...files } },
        async (project) => {
          await npmInstall(project)
          for (const [command, ...args] of commands) {
            await project.run(join(project.folder, 'node_modules/.bin', command), args)
          }
          for (const output of outputs) {
            expectOutput(await project.run(process.execPath, ['--throw-deprecation', output]), 'it works')
          }
        },
      ),
  }
}

const esbuild = bundler('esbuild', {
  dependencies: { esbuild: '0.28.2' },
  commands: ['mjs', 'cjs'].flatMap((entry) => [
    [
      'esbuild',
      `entry.${entry}`,
      '--bundle',
      '--platform=node',
      '--format=cjs',
      '--external:thirty-two',
      `--outfile=${entry}.cjs`,
    ],
    [
      'esbuild',
      `entry.${entry}`,
      '--bundle',
      '--platform=neutral',
      '--main-fields=main',
      '--format=esm',
      '--external:thirty-two',
      `--outfile=${entry}.mjs`,
    ],
  ]),
  // In an ES module there is no require for what CommonJS requires, so that pair is left out.
  outputs: ['mjs.cjs', 'mjs.mjs', 'cjs.cjs'],
})

const webpack = bundler('webpack', {
  dependencies: { webpack: '5.113.0', 'webpack-cli': '6.0.1' },
  files: {
    'webpack.config.cjs': `module.exports = ['mjs', 'cjs'].map((entry) => ({
      mode: 'production', target: 'node', entry: './entry.' + entry, externals: { 'thirty-two': 'commonjs thirty-two' },
      output: { path: __dirname + '/out', filename: entry + '.cjs' } }))`,
  },
  commands: [['webpack']],
  outputs: ['out/mjs.cjs', 'out/cjs.cjs'],
})

const rollup = bundler('rollup', {
  dependencies: { rollup: '4.68.8', '@rollup/plugin-node-resolve': '16.0.3', '@rollup/plugin-commonjs': '29.0.3' },
  files: {
    'rollup.config.mjs': `import commonjs from '@rollup/plugin-commonjs'
      import resolve from '@rollup/plugin-node-resolve'
      export default { input: 'entry.mjs', external: ['thirty-two'], plugins: [resolve(), commonjs()],
        output: { file: 'out.mjs', format: 'esm', inlineDynamicImports: true } }`,
  },
  commands: [['rollup', '-c']],
  outputs: ['out.mjs'],
})

const vite = bundler('vite', {
  dependencies: { vite: '7.3.8' },
  files: {
    'vite.config.mjs': `export default { ssr: { noExternal: true, external: ['thirty-two'] },
      build: { ssr: 'entry.mjs', outDir: 'out', rollupOptions: { output: { entryFileNames: '[name].mjs' } } } }`,
  },
  commands: [['vite', 'build']],
  outputs: ['out/entry.mjs'],
})

const ncc = bundler('ncc', {
  dependencies: { '@vercel/ncc': '0.45.0' },
  commands: [
    ['ncc', 'build', 'entry.mjs', '--external', 'thirty-two', '-o', 'out-mjs'],
    ['ncc', 'build', 'entry.cjs', '--external', 'thirty-two', '-o', 'out-cjs'],
  ],
  outputs: ['out-mjs/index.mjs', 'out-cjs/index.cjs'],
})

const TRACE = `import { nodeFileTrace } from '@vercel/nft'
const { fileList } = await nodeFileTrace([process.argv[2]])
console.log(JSON.stringify([...fileList]))`

const nft = {
  name: 'bundle: @vercel/nft traces every file',
  run: ({ countersign }) =>
    inProject(
      { manifest: { dependencies: { countersign, '@vercel/nft': '1.11.5' } }, files: { ...SMOKE, 'trace.mjs': TRACE } },
      async (project) => {
        await npmInstall(project)
        for (const script of Object.keys(SMOKE)) {
          const traced = JSON.parse(await project.run(process.execPath, ['trace.mjs', script]))
          const copy = await mkdtemp(join(tmpdir(), 'countersign-traced-'))
          for (const path of [...traced, 'package.json']) {
            await mkdir(dirname(join(copy, path)), { recursive: true })
            await cp(join(project.folder, path), join(copy, path))
          }
          expectOutput(await project.run(process.execPath, [script], { cwd: copy }), 'it works')
          await rm(copy, { recursive: true })
        }
      },
    ),
}

const IN_A_PAGE = `import { encodeBase32 } from 'countersign/otp'
const foo = new Uint8Array([102, 111, 111])
const attempt = () => { try { return encodeBase32(foo) } catch ({ code, message }) { return code + ': ' + message } }
const told = attempt()
globalThis.Buffer = globalThis.bufferOfThePage
console.log(told, 'then', attempt())`

/** Bundled for browsers, thirty-two inside, and run without the global of Node's that it needs, then with one. */
const withoutBuffer = {
  name: 'bundle: a page without Buffer',
  quick: true,
  run: ({ countersign }) =>
    inProject(
      {
        manifest: { dependencies: { countersign, esbuild: '0.28.2' } },
        files: {
          'entry.mjs': IN_A_PAGE,
          'page.mjs': `globalThis.bufferOfThePage = Buffer\ndelete globalThis.Buffer\nawait import('./out.mjs')\n`,
        },
      },
      async (project) => {
        await npmInstall(project)
        const bundle = ['entry.mjs', '--bundle', '--platform=browser', '--format=esm', '--outfile=out.mjs']
        await project.run(join(project.folder, 'node_modules/.bin/esbuild'), bundle)
        const printed = await project.run(process.execPath, ['page.mjs'])
        for (const part of ['runtime_unsupported: ', 'In a browser assign `globalThis.Buffer` first', 'then MZXW6']) {
          expectOutput(printed, part)
        }
      },
    ),
}

export const bundlers = [esbuild, webpack, rollup, vite, ncc, nft, withoutBuffer]
