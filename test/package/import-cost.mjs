import { execFile } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ROUNDS = 15

/** A line about how long importing the package takes, beside importing its dependencies alone: medians, each fresh. */
export async function importCost(folder) {
  await writeImports(join(folder, 'package.mjs'), ['countersign'])
  await writeImports(
    join(folder, 'dependencies.mjs'),
    await dependenciesOf(join(folder, 'node_modules/countersign/dist')),
  )
  const times = { package: [], dependencies: [] }
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of ['package', 'dependencies'])
      times[name].push(await millisecondsToImport(folder, `./${name}.mjs`))
  }
  const [all, alone] = [median(times.package), median(times.dependencies)]
  const difference = (all - alone).toFixed(1)
  return `import 'countersign': ${all.toFixed(1)} ms; its dependencies alone: ${alone.toFixed(1)} ms; difference ${difference} ms (aim: at most 3)`
}

/** What the index and the chunks that it shares with the subpaths import from outside. */
async function dependenciesOf(dist) {
  const files = (await readdir(dist)).filter((name) => name.endsWith('.js'))
  const texts = await Promise.all(files.map((name) => readFile(join(dist, name), 'utf8')))
  return [
    ...new Set(texts.flatMap((text) => [...text.matchAll(/from ?["']([^."'][^"']*)["']/g)].map((match) => match[1]))),
  ]
}

async function writeImports(path, specifiers) {
  await writeFile(path, specifiers.map((specifier) => `import '${specifier}'\n`).join(''))
}

async function millisecondsToImport(folder, specifier) {
  const script = `const start = performance.now(); await import('${specifier}'); console.log(performance.now() - start)`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: folder })
  return Number(stdout)
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
}
