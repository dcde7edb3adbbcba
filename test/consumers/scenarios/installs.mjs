import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { expectOutput, inProject, npmInstall } from '../project.mjs'
import { SMOKE } from '../smoke.mjs'

/** Drivers of other versions than the store tests run. What matters is that npm can install the package beside them. */
const OLD_DRIVERS = [
  ['kysely', '0.27.6'],
  ['redis', '4.7.0'],
  ['@prisma/client', '6'],
  ['drizzle-orm', '0.44.7'],
  ['drizzle-orm', '1.0.0-beta.24'],
  ['drizzle-orm', '1.0.0-rc.5'],
  ['better-sqlite3', '9.4.5'],
  ['@libsql/client', '0.14.0'],
]

const besideOldDrivers = OLD_DRIVERS.map(([driver, version]) => ({
  name: `install: npm, beside ${driver} ${version}`,
  quick: driver === 'kysely',
  run: ({ countersign }) =>
    inProject({ manifest: { dependencies: { [driver]: version, countersign } } }, (project) =>
      npmInstall(project, { flags: ['--package-lock-only'] }),
    ),
}))

/** Those of them that need no compiler and no download of their own. */
const storesOnOldDrivers = {
  name: 'install: npm, old drivers together, and the contract of the stores on each',
  run: ({ here, countersign }) =>
    inProject(
      {
        manifest: {
          dependencies: {
            countersign,
            '@libsql/client': '0.14.0',
            'drizzle-044': 'npm:drizzle-orm@0.44.7',
            'drizzle-beta': 'npm:drizzle-orm@1.0.0-beta.24',
            'drizzle-rc': 'npm:drizzle-orm@1.0.0-rc.5',
            kysely: '0.27.6',
            redis: '4.7.0',
          },
        },
      },
      async (project) => {
        await cp(join(here, 'apps/old-drivers.mjs'), join(project.folder, 'old-drivers.mjs'))
        await npmInstall(project)
        const output = await project.run(process.execPath, ['old-drivers.mjs'])
        for (const name of ['@libsql/client', 'kysely', 'drizzle-044', 'drizzle-beta', 'drizzle-rc', 'redis']) {
          expectOutput(output, `${name} holds`)
        }
      },
    ),
}

const pnpm = {
  name: 'install: pnpm',
  run: ({ here, countersign }) =>
    inProject({ manifest: { dependencies: { countersign } }, files: SMOKE }, async ({ run, folder }) => {
      const pnpmCli = join(here, 'node_modules/pnpm/bin/pnpm.cjs')
      await run(process.execPath, [pnpmCli, 'install', '--ignore-scripts', '--store-dir', join(folder, '.store')])
      for (const script of Object.keys(SMOKE)) expectOutput(await run(process.execPath, [script]), 'it works')
    }),
}

const yarnPnp = {
  name: "install: Yarn Plug'n'Play",
  run: ({ here, countersign }) =>
    inProject(
      {
        manifest: { dependencies: { countersign } },
        files: {
          ...SMOKE,
          'yarn.lock': '',
          '.yarnrc.yml': 'nodeLinker: pnp\nenableTelemetry: false\nenableGlobalCache: false\n',
        },
      },
      async ({ run }) => {
        const yarn = [join(here, 'node_modules/@yarnpkg/cli-dist/bin/yarn.js')]
        const env = {
          YARN_NPM_REGISTRY_SERVER: (await run('npm', ['config', 'get', 'registry'])).trim().replace(/\/$/, ''),
        }
        await run(process.execPath, [...yarn, 'install', '--no-immutable'], { env: { ...env, CI: '' } })
        for (const script of Object.keys(SMOKE))
          expectOutput(await run(process.execPath, [...yarn, 'node', script], { env }), 'it works')
      },
    ),
}

/** The ends of the ranges in package.json. The CommonJS files have @noble inside, so it is the modules that use these. */
const nobleVersions = [
  ['2.0.0', '2.0.0'],
  ['2.4.0', '2.4.0'],
].map(([hashes, ciphers]) => ({
  name: `install: @noble/hashes ${hashes} and @noble/ciphers ${ciphers}`,
  run: ({ countersign, root }) =>
    inProject(
      {
        manifest: {
          dependencies: { countersign, '@noble/hashes': hashes, '@noble/ciphers': ciphers },
        },
        files: SMOKE,
      },
      async (project) => {
        await npmInstall(project)
        expectOutput(await project.run('npm', ['ls', '--all']), `@noble/ciphers@${ciphers}`)
        expectOutput(await project.run(process.execPath, ['smoke.mjs']), 'it works')
        const vitest = [
          join(root, 'node_modules/vitest/vitest.mjs'),
          'run',
          'test/otp/',
          'test/recovery-codes/',
          'test/subject',
        ]
        await project.run(process.execPath, vitest, { cwd: root, env: { COUNTERSIGN_PACKED: project.folder } })
      },
    ),
}))

export const installs = [...besideOldDrivers, storesOnOldDrivers, pnpm, yarnPnp, ...nobleVersions]
