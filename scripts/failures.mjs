import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * A reporter for vitest: what failed and how, a line each at the end; among many thousands of tests it would be far up.
 * Errors outside of any test are told too, such as a rejection that nobody handles.
 */
export default class Failures {
  onTestRunEnd(modules, unhandled) {
    for (const module of modules) {
      const file = relative(root, module.moduleId)
      for (const error of module.errors()) print(file, error)
      for (const test of module.children.allTests('failed'))
        print(`${file} > ${test.fullName}`, test.result().errors[0])
    }
    for (const error of unhandled) {
      // What ran then: the cause can be a test before it.
      const running = [error.VITEST_TEST_PATH, error.VITEST_TEST_NAME].filter(Boolean).join(' > ')
      print(`outside of any test${running && `, during ${running}`}`, error, firstFrames(error))
    }
  }
}

function print(what, error, where = '') {
  const message = String(error?.message ?? error)
    .split('\n', 1)[0]
    .slice(0, 300)
  console.log(`FAILED ${what}: ${message}${where}`.replaceAll(root, ''))
}

function firstFrames({ stack = '' }) {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line))
  return frames
    .slice(0, 3)
    .map((line) => ` ${line.trim()}`)
    .join('')
}
