import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * A reporter for vitest: errors outside of any test, such as a rejection that nobody handles, one line each at the end.
 * The JSON report leaves them out, and among many thousands of tests they would be far up.
 */
export default class UnhandledErrors {
  onTestRunEnd(_modules, errors) {
    for (const error of errors) console.log(describe(error).replaceAll(root, ''))
  }
}

function describe(error) {
  // vitest notes the file and the test that ran then; the cause can be one before.
  const during = error.VITEST_TEST_PATH ? ` during ${error.VITEST_TEST_PATH}` : ''
  const test = error.VITEST_TEST_NAME ? ` > ${error.VITEST_TEST_NAME}` : ''
  const frames = String(error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 3)
  const message = String(error.message).split('\n', 1)[0].slice(0, 300)
  return `FAILED outside of any test${during}${test}: ${error.type ?? 'Error'}: ${error.name}: ${message}${frames
    .map((line) => ` ${line.trim()}`)
    .join('')}`
}
