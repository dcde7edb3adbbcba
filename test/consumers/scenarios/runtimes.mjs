import { join } from 'node:path'
import { expectOutput, inProject, npmInstall } from '../project.mjs'
import { imports, SMOKE, WORK } from '../smoke.mjs'

/** The lowest that `engines` names, the lowest 22, and the newest. */
const NODES = ['20.19.0', '22.0.0', '24.21.0', '26.10.0']
const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`

const nodes = NODES.map((version) => ({
  name: `runtime: Node ${version}`,
  quick: version === '20.19.0',
  run: ({ countersign }) =>
    inProject(
      { manifest: { dependencies: { countersign, [`node-${platform}`]: version } }, files: SMOKE },
      async (project) => {
        await npmInstall(project)
        const node = join(project.folder, `node_modules/node-${platform}/bin/node`)
        expectOutput(await project.run(node, ['--version']), `v${version}`)
        for (const script of Object.keys(SMOKE)) {
          expectOutput(await project.run(node, ['--throw-deprecation', script]), 'it works')
        }
      },
    ),
}))

const deno = {
  name: 'runtime: Deno',
  run: ({ countersign }) =>
    inProject({ manifest: { dependencies: { countersign, deno: '2.9.6' } }, files: SMOKE }, async (project) => {
      await npmInstall(project, { scripts: true })
      const command = join(project.folder, 'node_modules/.bin/deno')
      for (const script of Object.keys(SMOKE)) {
        expectOutput(await project.run(command, ['run', '-A', '--node-modules-dir=manual', script]), 'it works')
      }
    }),
}

const bun = {
  name: 'runtime: Bun',
  run: ({ countersign }) =>
    inProject({ manifest: { dependencies: { countersign, bun: '1.4.5' } }, files: SMOKE }, async (project) => {
      await npmInstall(project, { scripts: true })
      for (const script of Object.keys(SMOKE)) {
        expectOutput(await project.run(join(project.folder, 'node_modules/.bin/bun'), [script]), 'it works')
      }
    }),
}

const WORKER = `${imports}${WORK}
export default { fetch: () => work().then((text) => new Response(text), (error) => new Response(String(error.message))) }
`
const WORKERD = `
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
const { outputFiles } = await build({ entryPoints: ['worker.mjs'], bundle: true, format: 'esm', write: false,
  conditions: ['workerd', 'worker', 'browser'], mainFields: ['browser', 'module', 'main'] })
const answerOf = async (options) => {
  const miniflare = new Miniflare({ modules: true, script: outputFiles[0].text, ...options })
  try { return await (await miniflare.dispatchFetch('http://worker.example/')).text() } finally { await miniflare.dispose() }
}
console.log(await answerOf({ compatibilityDate: '2024-09-23', compatibilityFlags: ['nodejs_compat'] }))
console.log('Old date:', await answerOf({ compatibilityDate: '2024-01-01', compatibilityFlags: ['nodejs_compat'] }))
`

const workerd = {
  name: 'runtime: workerd',
  run: ({ countersign }) =>
    inProject(
      {
        manifest: { dependencies: { countersign, esbuild: '0.27.7', miniflare: '4.20260426.0' } },
        files: { 'worker.mjs': WORKER, 'run.mjs': WORKERD },
      },
      async (project) => {
        await npmInstall(project)
        const output = await project.run(process.execPath, ['run.mjs'])
        expectOutput(output, 'it works')
        expectOutput(output, 'compatibility_date')
      },
    ),
}

export const runtimes = [...nodes, deno, bun, workerd]
