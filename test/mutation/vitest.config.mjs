import root from '../../vitest.config.ts'

/** The root's configuration, with the test files that test/mutation/run.mjs names for what it mutates. */
export default {
  ...root,
  test: { ...root.test, include: JSON.parse(process.env.COUNTERSIGN_MUTATION_TESTS ?? '[]') },
}
