/** All tests of a run in one file, beside which `../vectors` is what it is for a file in another folder of tests. */
export const BUNDLE = 'test/mutation/all.test.mjs'
