import { expectOutput, inProject, npmInstall, writeFiles } from '../project.mjs'
import { EVERY_SUBPATH } from '../smoke.mjs'

const COMPILERS = { 5.4: '5.4.5', 5.9: '5.9.3', '6.0': '6.0.3', '7.0': '7.0.2' }
const RESOLUTIONS = { node10: 'commonjs', node16: 'node16', nodenext: 'nodenext', bundler: 'esnext' }

/** Every subpath, and calls that must be errors: types that do not resolve would let them pass. */
const consumer = `import { createTwoFactor, memoryStore, type TwoFactor } from 'countersign'
import { createClient } from 'countersign/client'
import { createHandler } from 'countersign/http'
import { toNodeHandler } from 'countersign/http/node'
${EVERY_SUBPATH.map((path) => `export type {} from 'countersign${path}'\n`).join('')}
export const twoFactor: TwoFactor = createTwoFactor({ issuer: 'Acme', store: memoryStore(), keys: undefined })
const options = { twoFactor, authenticate: () => null }
export const mounted = [
  toNodeHandler(createHandler({ ...options, openSession: (userId) => ({ 'Set-Cookie': userId }) })),
  toNodeHandler(createHandler({ ...options, openSession: async () => new Headers() })),
  toNodeHandler(createHandler({ ...options, openSession: () => new Response(null, { status: 403 }) })),
]
export const client = createClient('/two-factor', { credentials: 'include', headers: { Cookie: 'a=b' } })
// @ts-expect-error: a session is opened by headers or a Response
createHandler({ ...options, openSession: () => 42 })
// @ts-expect-error: no such mode
createClient('/two-factor', { credentials: 'sometimes' })
`
/** What one form of the package makes, the other takes: an application may load both. */
const bothForms = `import { reauthenticated as fromCommonJs, type TwoFactor as CommonJs } from './form.cjs'
import { reauthenticated, type TwoFactor } from 'countersign'
import { createAccessTokens, memoryTokenStore } from 'countersign/tokens'
export const there = (twoFactor: TwoFactor): CommonJs => twoFactor
export const back = (twoFactor: CommonJs): TwoFactor => twoFactor
export const proven = (twoFactor: TwoFactor) => twoFactor.disable('ada', { proof: fromCommonJs(0) })
export const vouched = (twoFactor: CommonJs) => twoFactor.disable('ada', { proof: reauthenticated(0) })
export const tokens = (twoFactor: CommonJs) =>
  createAccessTokens({ twoFactor, store: memoryTokenStore(), prefix: 'acme' })
`
const form = `export { reauthenticated, type TwoFactor } from 'countersign'\n`

/** The elements need the page's types, which their declarations bring along. */
const page = `import { defineElements, type TwoFactorSettingsElement } from 'countersign/elements'
import { de } from 'countersign/elements/de'
defineElements({ texts: de })
export const refresh = (settings: TwoFactorSettingsElement): void => settings.refresh()
`

const matrix = Object.entries(COMPILERS).map(([name, version]) => ({
  name: `types: TypeScript ${name}, every module resolution, both forms, with and without the DOM library`,
  quick: name === '5.9',
  run: ({ countersign }) =>
    inProject(
      { manifest: { dependencies: { countersign, typescript: version, '@types/node': '20.19.43' } } },
      async (project) => {
        await npmInstall(project)
        const files = { 'consumer.mts': consumer, 'consumer.cts': consumer, 'page.mts': page, 'page.cts': page }
        await writeFiles(project.folder, { ...files, 'form.cts': form, 'both.mts': bothForms })
        for (const [moduleResolution, module] of Object.entries(RESOLUTIONS)) {
          // TypeScript 7 no longer has it.
          if (moduleResolution === 'node10' && name === '7.0') continue
          for (const dom of [true, false]) {
            const compilerOptions = {
              ...{ module, moduleResolution, noEmit: true, strict: true, skipLibCheck: false, target: 'es2022' },
              ...(moduleResolution === 'node10' && name === '6.0' ? { ignoreDeprecations: '6.0' } : {}),
              types: ['node'],
              lib: dom ? ['es2022', 'dom', 'dom.iterable'] : ['es2022'],
            }
            const config = `tsconfig.${moduleResolution}.${dom ? 'dom' : 'no-dom'}.json`
            const names = Object.keys(files).filter((file) => dom || file.startsWith('consumer'))
            // Only these two tell the forms apart.
            if (moduleResolution === 'node16' || moduleResolution === 'nodenext') names.push('both.mts')
            await writeFiles(project.folder, { [config]: JSON.stringify({ compilerOptions, files: names }) })
            await project.run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', config])
          }
        }
      },
    ),
}))

const attw = {
  name: 'types: @arethetypeswrong, node10 included',
  run: ({ countersign, tarball }) =>
    inProject({ manifest: { dependencies: { countersign, '@arethetypeswrong/cli': '0.18.5' } } }, async (project) => {
      await npmInstall(project)
      expectOutput(await project.run('npx', ['attw', tarball, '--format', 'ascii', '--no-emoji']), 'No problems found')
    }),
}

export const typescript = [...matrix, attw]
