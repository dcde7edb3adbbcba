import root from '../../vitest.config.ts'

/**
 * The root's configuration, with the test files that test/mutation/run.mjs names for what it mutates. They share their modules,
 * which are loaded once for each change: loading takes most of the time.
 */
export default {
  ...root,
  test: { ...root.test, isolate: false, include: JSON.parse(process.env.COUNTERSIGN_MUTATION_TESTS ?? '[]') },
}
