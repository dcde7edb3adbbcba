// npm run docs: builds the documentation site into site/dist. Fails on a warning, a dead link or a dead anchor.
// npm run docs -- --serve: builds it and shows it at an address that it prints.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const bin = (name) => `${here}node_modules/.bin/${name}`

if (!existsSync(`${here}node_modules`)) run('npm', ['install', '--no-audit', '--no-fund'])
// The playground is of the built package.
if (!existsSync(`${here}../dist/index.js`)) run('npm', ['run', 'build', '--prefix', '..'])
const prepared = run(process.execPath, ['prepare.mjs'])
const built = run(bin('vitepress'), ['build'])
const warnings = `${prepared}${built}`.split('\n').filter((line) => /\bwarn(ing)?\b|\(!\)/i.test(line))
for (const line of warnings) console.log(line)
console.log(run(process.execPath, ['links.mjs']).trim())
if (warnings.length > 0) fail(`${warnings.length} warnings`)
console.log('The site is in site/dist.')
if (process.argv.includes('--serve')) spawnSync(bin('vitepress'), ['preview'], { cwd: here, stdio: 'inherit' })

/** What the command printed. */
function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: here,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
  })
  if (status !== 0) fail(`${stdout}\n${stderr}`)
  return `${stdout}${stderr}`
}

function fail(why) {
  console.error(why)
  process.exit(1)
}
