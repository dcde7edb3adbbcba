// npm test [-- arguments for vitest]: all tests of test/, closed by one plain line.
import { closingLine, runVitest } from './vitest.mjs'

const result = await runVitest(process.argv.slice(2))
if (result.passed + result.failed === 0) console.error('No test ran.')
console.log(closingLine(result))
process.exitCode = result.exitCode !== 0 ? result.exitCode : result.passed === 0 || result.failed > 0 ? 1 : 0
