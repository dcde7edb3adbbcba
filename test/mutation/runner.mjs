// Stryker's runner for vitest, without two of its faults. It chooses the tests of a change by one regular expression of
// all their names, which V8 refuses when there are hundreds. And an error outside of a test, such as a promise that a
// change left rejected, is counted against all later changes too.

import { strykerPlugins as plugins } from '@stryker-mutator/vitest-runner'

/** Characters of names: with more, all tests are run. */
const MOST = 10_000

export { strykerValidationSchema } from '@stryker-mutator/vitest-runner'

const [vitest] = plugins

export const strykerPlugins = [{ ...vitest, name: 'bundled-vitest', factory: createRunner }]

function createRunner(injector) {
  const runner = injector.injectFunction(vitest.factory)
  const mutantRun = runner.mutantRun.bind(runner)
  runner.mutantRun = async (options) => {
    const { testFilter = [] } = options
    const isLong = testFilter.reduce((sum, name) => sum + name.length, 0) > MOST
    try {
      return await mutantRun({ ...options, testFilter: isLong ? undefined : testFilter })
    } finally {
      runner.ctx.state.errorsSet.clear()
    }
  }
  return runner
}
createRunner.inject = ['$injector']
