import { runAllCases } from '../all-cases.ts'
import { open } from '../backends/bun-sqlite.ts'

/** Run by Bun, on the file in the first argument. */
const path = process.argv[2] ?? ''
const report = await runAllCases(await open(path), await open(path), async () => {
  const closing = await open(path)
  await closing.store().load('ada')
  await closing.close()
  return closing
})
process.stdout.write(JSON.stringify(report))
