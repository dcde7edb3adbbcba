import { expectOutput, inProject, npmInstall } from '../project.mjs'
import { EVERY_SUBPATH, imports, requires, WORK } from '../smoke.mjs'

const LOAD = EVERY_SUBPATH.map((path) => `  require('countersign${path}')\n`).join('')
const FOREIGN_BYTES = `
  const bytes = Buffer.from(Array.from({ length: 32 }, (_, index) => (index * 37) % 256))
  keyRing([{ id: 'a', key: bytes }])
  if (encodeBase32(Buffer.from('foo')) !== 'MZXW6') throw new Error('A Buffer is not taken for bytes.')
`
const ELEMENTS = `
  require('countersign/elements').defineElements()
  if (!customElements.get('two-factor-settings')) throw new Error('The elements are not registered.')
`
const commonJsTest = `${requires}${WORK}
test('works', async () => {
${LOAD}${FOREIGN_BYTES}  expect(await work()).toBe('it works')
})
`
const babelTest = `${imports}${WORK}test('works', async () => {${FOREIGN_BYTES}  expect(await work()).toBe('it works')\n})\n`
const typescriptTest = `import { createTwoFactor, generateKey, memoryStore, type TwoFactor } from 'countersign'
import { enroll } from 'countersign/testing'
test('works', async () => {
  const twoFactor: TwoFactor = createTwoFactor({ issuer: 'Acme', store: memoryStore(), keys: generateKey() })
  const { phone } = await enroll(twoFactor, 'ann')
  expect((await twoFactor.verify('ann', { code: phone.next() })).ok).toBe(true)
})
`
/** Jest's jsdom has no Request, so the handler is only loaded. */
const jsdomTest = `/** @jest-environment jsdom */
${requires}${WORK}
test('works', async () => {
${LOAD}${FOREIGN_BYTES}${ELEMENTS}  expect(await work({ http: false })).toBe('it works')
})
`

const JESTS = [
  { version: '29.7.0', babel: '7.28.5' },
  { version: '30.5.2', babel: '7.28.5' },
]

/** A CommonJS project. Nothing is configured but the transforms themselves. */
const jests = JESTS.map(({ version, babel }) => ({
  name: `tests: Jest ${version}, plain, babel-jest, ts-jest and jsdom`,
  quick: version === '29.7.0',
  run: ({ countersign }) =>
    inProject(
      {
        manifest: {
          dependencies: {
            countersign,
            jest: version,
            'jest-environment-jsdom': version,
            'ts-jest': '29.4.15',
            typescript: '5.9.3',
            '@types/jest': '29.5.14',
            '@types/node': '20.19.43',
            '@babel/core': babel,
            '@babel/preset-env': babel,
          },
          jest: { transform: { '\\.ts$': 'ts-jest', '\\.js$': 'babel-jest' } },
        },
        files: {
          'babel.config.js': `module.exports = { presets: [['@babel/preset-env', { targets: { node: 'current' } }]] }\n`,
          'tsconfig.json': JSON.stringify({
            compilerOptions: { module: 'commonjs', target: 'es2022', esModuleInterop: true, strict: true },
          }),
          'plain.test.js': commonJsTest,
          'babel.test.js': babelTest,
          'typed.test.ts': typescriptTest,
          'jsdom.test.js': jsdomTest,
        },
      },
      async (project) => {
        await npmInstall(project, { flags: ['--legacy-peer-deps'] })
        await project.run('npx', ['jest', '--ci'])
      },
    ),
}))

const nestFiles = {
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      module: 'commonjs',
      declaration: true,
      removeComments: true,
      emitDecoratorMetadata: true,
      experimentalDecorators: true,
      target: 'ES2021',
      baseUrl: './',
      skipLibCheck: true,
      strictNullChecks: true,
    },
  }),
  'src/app.service.ts': `import { Injectable } from '@nestjs/common'
import { createTwoFactor, generateKey, memoryStore } from 'countersign'
@Injectable()
export class AppService {
  readonly twoFactor = createTwoFactor({ issuer: 'Acme', store: memoryStore(), keys: generateKey() })
  getHello(): string { return 'Hello World!' }
}
`,
  'src/app.controller.ts': `import { Controller, Get } from '@nestjs/common'
import { AppService } from './app.service'
@Controller()
export class AppController {
  constructor(private readonly appService: AppService) {}
  @Get() getHello(): string { return this.appService.getHello() }
}
`,
  'src/app.controller.spec.ts': `import { Test } from '@nestjs/testing'
import { AppController } from './app.controller'
import { AppService } from './app.service'
describe('AppController', () => {
  it('should return "Hello World!"', async () => {
    const app = await Test.createTestingModule({ controllers: [AppController], providers: [AppService] }).compile()
    expect(app.get(AppController).getHello()).toBe('Hello World!')
    expect((await app.get(AppService).twoFactor.status('ann')).enabled).toBe(false)
  })
})
`,
}

/** The test that a new Nest application comes with, and its Jest settings. */
const nest = {
  name: "tests: a Nest starter's own",
  run: ({ countersign }) =>
    inProject(
      {
        manifest: {
          dependencies: {
            countersign,
            '@nestjs/common': '11.1.9',
            '@nestjs/core': '11.1.9',
            '@nestjs/platform-express': '11.1.9',
            '@nestjs/testing': '11.1.9',
            'reflect-metadata': '0.2.2',
            rxjs: '7.8.2',
            jest: '30.5.2',
            'ts-jest': '29.4.15',
            typescript: '5.9.3',
            '@types/jest': '30.0.0',
            '@types/node': '20.19.43',
          },
          jest: {
            moduleFileExtensions: ['js', 'json', 'ts'],
            rootDir: 'src',
            testRegex: '.*\\.spec\\.ts$',
            transform: { '^.+\\.(t|j)s$': 'ts-jest' },
            testEnvironment: 'node',
          },
        },
        files: nestFiles,
      },
      async (project) => {
        await npmInstall(project)
        await project.run('npx', ['jest', '--ci'])
      },
    ),
}

const mocha = {
  name: 'tests: Mocha with ts-node',
  run: ({ countersign }) =>
    inProject(
      {
        manifest: {
          dependencies: {
            countersign,
            mocha: '11.7.5',
            'ts-node': '10.9.2',
            typescript: '5.9.3',
            '@types/mocha': '10.0.10',
            '@types/node': '20.19.43',
          },
        },
        files: {
          'tsconfig.json': JSON.stringify({
            compilerOptions: {
              module: 'commonjs',
              moduleResolution: 'node10',
              target: 'es2022',
              strict: true,
              esModuleInterop: true,
            },
          }),
          'works.spec.ts': typescriptTest
            .replace("test('", "it('")
            .replace(/expect\((.*)\)\.toBe\(true\)/, "if (!$1) throw new Error('refused')"),
        },
      },
      async (project) => {
        await npmInstall(project)
        expectOutput(await project.run('npx', ['mocha', '-r', 'ts-node/register', 'works.spec.ts']), '1 passing')
      },
    ),
}

const vitestTest = (environment) => `// @vitest-environment ${environment}
import { expect, test } from 'vitest'
import { defineElements } from 'countersign/elements'
${imports}${WORK}
test('works', async () => {${FOREIGN_BYTES}
  defineElements()
  expect(customElements.get('two-factor-settings')).toBeDefined()
  document.body.append(document.createElement('two-factor-settings'))
  expect(await work()).toBe('it works')
})
`

const vitest = {
  name: 'tests: vitest with jsdom and happy-dom, in threads and in vm threads',
  run: ({ countersign }) =>
    inProject(
      {
        manifest: {
          type: 'module',
          dependencies: { countersign, vitest: '4.1.12', jsdom: '26.1.0', 'happy-dom': '20.14.6' },
        },
        files: { 'jsdom.test.js': vitestTest('jsdom'), 'happy-dom.test.js': vitestTest('happy-dom') },
      },
      async (project) => {
        await npmInstall(project)
        for (const pool of ['threads', 'vmThreads']) await project.run('npx', ['vitest', 'run', `--pool=${pool}`])
      },
    ),
}

export const testRunners = [...jests, nest, mocha, vitest]
