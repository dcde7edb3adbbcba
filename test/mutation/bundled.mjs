/** All tests of a run in one script, and the packages that it wants. `../vectors` is what it is for a file in a folder of tests. */
export const BUNDLE = 'test/mutation/all.test.cjs'
export const PACKAGES = 'test/mutation/packages.json'
