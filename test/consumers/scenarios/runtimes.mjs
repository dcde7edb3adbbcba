import { join } from 'node:path'
import { expectOutput, inProject, npmInstall } from '../project.mjs'
import { imports, PASSKEYS, passkeysModule, SMOKE, WORK } from '../smoke.mjs'

/** The lowest that `engines` names, the lowest 22, and the newest. */
const NODES = ['20.19.0', '22.0.0', '24.21.0', '26.10.0']
/** What backends with passkeys pass in. */
const WEBAUTHN = { '@simplewebauthn/server': '14.0.3' }
const FILES = { ...SMOKE, 'passkeys.mjs': passkeysModule }
/** Each script, and what it prints. */
const SCRIPTS = Object.keys(FILES).map((name) => [name, name in SMOKE ? 'it works' : 'passkeys work'])
const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`

const nodes = NODES.map((version) => ({
  name: `runtime: Node ${version}`,
  quick: version === '20.19.0',
  run: ({ countersign }) =>
    inProject(
      { manifest: { dependencies: { countersign, ...WEBAUTHN, [`node-${platform}`]: version } }, files: FILES },
      async (project) => {
        await npmInstall(project)
        const node = join(project.folder, `node_modules/node-${platform}/bin/node`)
        expectOutput(await project.run(node, ['--version']), `v${version}`)
        for (const [script, says] of SCRIPTS) {
          expectOutput(await project.run(node, ['--throw-deprecation', script]), says)
        }
      },
    ),
}))

const deno = {
  name: 'runtime: Deno',
  run: ({ countersign }) =>
    inProject(
      { manifest: { dependencies: { countersign, ...WEBAUTHN, deno: '2.9.6' } }, files: FILES },
      async (project) => {
        await npmInstall(project, { scripts: true })
        const command = join(project.folder, 'node_modules/.bin/deno')
        for (const [script, says] of SCRIPTS) {
          expectOutput(await project.run(command, ['run', '-A', '--node-modules-dir=manual', script]), says)
        }
      },
    ),
}

const bun = {
  name: 'runtime: Bun',
  run: ({ countersign }) =>
    inProject(
      { manifest: { dependencies: { countersign, ...WEBAUTHN, bun: '1.4.5' } }, files: FILES },
      async (project) => {
        await npmInstall(project, { scripts: true })
        for (const [script, says] of SCRIPTS) {
          expectOutput(await project.run(join(project.folder, 'node_modules/.bin/bun'), [script]), says)
        }
      },
    ),
}

const WORKER = `${imports}${WORK}
export default { fetch: () => work().then((text) => new Response(text), (error) => new Response(String(error.message))) }
`
const PASSKEY_WORKER = `${PASSKEYS}
export default { fetch: () => work().then((text) => new Response(text), (error) => new Response(String(error.message))) }
`
const WORKERD = `
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
const bundled = async (entry) => (await build({ entryPoints: [entry], bundle: true, format: 'esm', write: false,
  conditions: ['workerd', 'worker', 'browser'], mainFields: ['browser', 'module', 'main'] })).outputFiles[0].text
const answerOf = async (options, entry = 'worker.mjs') => {
  const miniflare = new Miniflare({ modules: true, script: await bundled(entry), ...options })
  try { return await (await miniflare.dispatchFetch('http://worker.example/')).text() } finally { await miniflare.dispose() }
}
console.log(await answerOf({ compatibilityDate: '2024-09-23', compatibilityFlags: ['nodejs_compat'] }))
console.log(await answerOf({ compatibilityDate: '2024-09-23', compatibilityFlags: ['nodejs_compat'] }, 'passkeys.mjs'))
console.log('Old date:', await answerOf({ compatibilityDate: '2024-01-01', compatibilityFlags: ['nodejs_compat'] }))
`

const workerd = {
  name: 'runtime: workerd',
  run: ({ countersign }) =>
    inProject(
      {
        manifest: { dependencies: { countersign, ...WEBAUTHN, esbuild: '0.27.7', miniflare: '4.20260426.0' } },
        files: { 'worker.mjs': WORKER, 'passkeys.mjs': PASSKEY_WORKER, 'run.mjs': WORKERD },
      },
      async (project) => {
        await npmInstall(project)
        const output = await project.run(process.execPath, ['run.mjs'])
        expectOutput(output, 'it works')
        expectOutput(output, 'passkeys work')
        expectOutput(output, 'compatibility_date')
      },
    ),
}

export const runtimes = [...nodes, deno, bun, workerd]
