// npm run bench [-- --check]: speed as ratios in one run. With --check it fails when a ratio misses its target.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

const here = fileURLToPath(new URL('.', import.meta.url))

if (!existsSync(`${here}node_modules`)) {
  const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund'], { cwd: here, stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}

// Built as the package is, with the parts beside it that the package does not export.
await build({
  config: false,
  silent: true,
  entry: { measured: `${here}measured.ts` },
  outDir: `${here}dist`,
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  external: [/^@noble\//, 'thirty-two'],
})

const { benchCodes } = await import('./codes.mjs')
const { benchSecondStep } = await import('./second-step.mjs')
const { benchTokens } = await import('./tokens.mjs')
const { benchHandler } = await import('./handler.mjs')
const { benchSafety } = await import('./safety.mjs')

const ratios = [
  ...(await benchCodes()),
  ...(await benchSecondStep()),
  ...(await benchTokens()),
  ...(await benchHandler()),
]
await benchSafety()
console.log('\nRatios, the median of all rounds:\n')
for (const { name, ratio, atLeast, atMost } of ratios) {
  const target = atMost !== undefined ? ` (at most ${atMost})` : atLeast !== undefined ? ` (at least ${atLeast})` : ''
  console.log(
    `  ${ratio.toFixed(2).padStart(6)}  ${name}${target}${isMissed({ ratio, atLeast, atMost }) ? '  MISSED' : ''}`,
  )
}
if (process.argv.includes('--check') && ratios.some(isMissed)) process.exitCode = 1

function isMissed({ ratio, atLeast = 0, atMost = Number.POSITIVE_INFINITY }) {
  return ratio < atLeast || ratio > atMost
}
