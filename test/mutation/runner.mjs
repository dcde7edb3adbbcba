// Stryker's test runner: vitest's own functions in Stryker's process. For each change, vitest itself would start a thread
// and load all packages again. Here the script of all tests and of src is compiled once, and run again for each
// change, so that nothing is left of the change before.

import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { constants, Script } from 'node:vm'
import { BUNDLE, PACKAGES } from './bundled.mjs'

export const strykerPlugins = [
  { kind: 'TestRunner', name: 'bundled-vitest', factory: createRunner },
  { kind: 'Reporter', name: 'survivors', factory: () => ({ onMutantTested: printSurvivor }) },
]

/** Where src's changes look up which of them is on: `globalNamespace` of Stryker. */
const stryker = () => {
  globalThis.__stryker__ ??= {}
  return globalThis.__stryker__
}

const config = {
  root: process.cwd(),
  name: '',
  setupFiles: [],
  sequence: { hooks: 'stack', shuffle: false, concurrent: false, seed: 1, setupFiles: 'list' },
  maxConcurrency: 1,
  testTimeout: 30_000,
  hookTimeout: 60_000,
  retry: 0,
  passWithNoTests: true,
  allowOnly: true,
  includeTaskLocation: false,
  snapshotOptions: { updateSnapshot: 'none' },
  experimental: { importDurations: { limit: 0 } },
  expect: {},
  fakeTimers: {},
  chaiConfig: {},
  diffOptions: {},
  tags: [],
}

function createRunner() {
  let script
  let Runner
  let startTests

  async function init() {
    globalThis.__vitest_worker__ = {
      config,
      environment: { name: 'node' },
      ctx: { pool: 'threads' },
      providedContext: {},
      onCleanup() {},
    }
    globalThis.loadedPackages = {}
    globalThis.bundleUrl = pathToFileURL(BUNDLE).href
    for (const path of JSON.parse(readFileSync(PACKAGES, 'utf8'))) globalThis.loadedPackages[path] = await import(path)
    ;({ startTests } = await import('@vitest/runner'))
    const { TestRunner } = await import('vitest')
    Runner = runnerOf(TestRunner, () => script.runInThisContext()())
    script = new Script(readFileSync(BUNDLE, 'utf8'), {
      filename: BUNDLE,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    })
    // What a change left rejected shows in a test, or does not count.
    process.on('unhandledRejection', () => {})
    process.on('uncaughtException', () => {})
  }

  /** Runs these tests, or all, until one fails. Returns those that ran. */
  async function run({ ids, onCollected, onTest, stops }) {
    const runner = new Runner(config)
    const ran = []
    Object.assign(runner, {
      collected(tests) {
        for (const test of tests) if (ids !== undefined && !ids.has(test.meta.id)) test.mode = 'skip'
        onCollected()
      },
      began: (test) => onTest?.(test.meta.id),
      ended(test) {
        onTest?.(undefined)
        ran.push(resultOf(test))
        if (test.result?.state === 'fail' && stops) runner.cancelRun = true
      },
    })
    const [file] = await startTests([BUNDLE], runner)
    if (file.result?.state === 'fail' && !ran.some(({ status }) => status === FAILED)) {
      ran.push({
        id: 'file',
        name: 'file',
        status: FAILED,
        timeSpentMs: 0,
        failureMessage: messageOf(firstFailed(file)),
      })
    }
    return ran
  }

  return {
    capabilities: () => ({ reloadEnvironment: true }),
    init,

    async dryRun() {
      const ns = stryker()
      ns.activeMutant = undefined
      ns.mutantCoverage = undefined
      const tests = await run({
        onCollected() {},
        onTest(id) {
          ns.currentTestId = id
        },
        stops: false,
      })
      return { status: 'complete', tests, mutantCoverage: ns.mutantCoverage ?? { perTest: {}, static: {} } }
    },

    async mutantRun({ activeMutant, testFilter, hitLimit }) {
      const ns = stryker()
      Object.assign(ns, { activeMutant: undefined, currentTestId: undefined, hitCount: undefined, hitLimit: undefined })
      const tests = await run({
        ids: testFilter && new Set(testFilter),
        onCollected() {
          Object.assign(ns, { activeMutant: activeMutant.id, hitCount: 0, hitLimit })
        },
        stops: true,
      })
      const { hitCount } = ns
      ns.activeMutant = undefined
      if (hitLimit !== undefined && hitCount > hitLimit)
        return { status: 'timeout', reason: `More than ${hitLimit} hits.` }
      const failed = tests.filter(({ status }) => status === FAILED)
      if (failed.length === 0) return { status: 'survived', nrOfTests: tests.length }
      const [{ failureMessage }] = failed
      return { status: 'killed', killedBy: failed.map(({ id }) => id), failureMessage, nrOfTests: tests.length }
    },

    async dispose() {},
  }
}
createRunner.inject = []

const PASSED = 0
const FAILED = 1
const SKIPPED = 2

/** vitest's runner, told what is a test's beginning and end. */
function runnerOf(TestRunner, runScript) {
  return class extends TestRunner {
    snapshotClient = { clearTest() {}, getSnapshotState() {}, clear() {} }
    trace = (_name, attributes, run) => (run ?? attributes)()

    async importFile() {
      await runScript()
    }

    onCollected([file]) {
      const tests = testsOf(file)
      tests.forEach((test, index) => {
        test.meta.id = `${index} ${nameOf(test)}`
      })
      this.collected(tests)
      skipEmpty(file)
    }

    onBeforeRunSuite(suite) {
      if (this.cancelRun) suite.mode = 'skip'
    }

    async onBeforeRunTask(test) {
      await super.onBeforeRunTask(test)
      if (test.mode === 'run' || test.mode === 'queued') this.began(test)
    }

    onAfterRunTask(test) {
      super.onAfterRunTask(test)
      this.ended(test)
    }

    onAfterRunSuite(suite) {
      // A hook that fails takes its tests with it.
      if (suite.result?.state === 'fail' && suite.result.errors?.length > 0) this.cancelRun = true
    }
  }
}

/** So that the hooks of a suite without tests do not run. */
function skipEmpty(suite) {
  for (const task of suite.tasks) if (task.type === 'suite') skipEmpty(task)
  if (suite.tasks.every(({ mode }) => mode === 'skip' || mode === 'todo')) suite.mode = 'skip'
}

function testsOf(suite) {
  return suite.tasks.flatMap((task) => (task.type === 'suite' ? testsOf(task) : [task]))
}

function nameOf(task) {
  return task.suite === undefined ? task.name : `${nameOf(task.suite)} ${task.name}`
}

function resultOf(test) {
  const state = test.result?.state
  const { id } = test.meta
  const base = { id, name: id, timeSpentMs: test.result?.duration ?? 0 }
  if (state === 'fail') return { ...base, status: FAILED, failureMessage: messageOf(test) }
  return { ...base, status: state === 'pass' ? PASSED : SKIPPED }
}

function firstFailed(suite) {
  if (suite.result?.errors?.length > 0) return suite
  for (const task of suite.tasks ?? []) {
    const found = firstFailed(task)
    if (found !== undefined) return found
  }
  return undefined
}

function messageOf(task) {
  return task?.result?.errors?.[0]?.message ?? 'A hook failed.'
}

/** A run takes long: what survives is printed at once. */
function printSurvivor({ status, fileName, location: { start }, replacement }) {
  if (status !== 'Survived' && status !== 'NoCoverage') return
  const file = fileName.slice(fileName.replaceAll('\\', '/').lastIndexOf('/src/') + 1)
  console.log(`${status} ${file}:${start.line}:${start.column} ${replacement}`)
}
