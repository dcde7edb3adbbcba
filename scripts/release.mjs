// npm run release [-- --publish]: says what is missing for a release; with --publish and nothing missing, publishes the
// tarball of scripts/pack.mjs. RELEASING.md has the steps.

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pack } from './pack.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * @param {{ manifest: Record<string, any>, lock: Record<string, any>, changelog: string, tag?: string, isClean: boolean }} state
 * @returns {string[]} what must be done before this can be published; empty if nothing
 */
export function missingFor({ manifest, lock, changelog, tag, isClean }) {
  const missing = []
  const { version } = manifest
  if (!/^https:\/\//.test(manifest.homepage ?? '')) missing.push('Set "homepage" in package.json to an https address.')
  if (!/^git\+https:\/\/.+\.git$/.test(manifest.repository?.url ?? ''))
    missing.push(
      'Set "repository" in package.json to { "type": "git", "url": "git+https://….git" }: provenance is checked against it.',
    )
  if (!/^https:\/\//.test(manifest.bugs?.url ?? ''))
    missing.push('Set "bugs" in package.json to { "url": "https://…" }.')
  if (lock.version !== version) missing.push(`package-lock.json is of version ${lock.version}: run npm install.`)
  const section = new RegExp(`^## \\[${version.replaceAll('.', '\\.')}\\] - \\d{4}-\\d{2}-\\d{2}$`, 'm')
  if (!section.test(changelog)) missing.push(`Give CHANGELOG.md a section "## [${version}] - <date>".`)
  if (tag !== undefined && tag !== `v${version}`) missing.push(`The tag is ${tag}, and package.json says ${version}.`)
  if (!isClean) missing.push('Commit or remove what is not committed.')
  return missing
}

/** A release candidate must not become what `npm install countersign` installs. */
export function distTagOf(version) {
  return version.includes('-') ? 'next' : 'latest'
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const read = (path) => readFileSync(join(root, path), 'utf8')
  const manifest = JSON.parse(read('package.json'))
  const missing = missingFor({
    manifest,
    lock: JSON.parse(read('package-lock.json')),
    changelog: read('CHANGELOG.md'),
    tag: process.env.GITHUB_REF_TYPE === 'tag' ? process.env.GITHUB_REF_NAME : undefined,
    isClean: execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' }) === '',
  })
  for (const line of missing) console.error(line)
  if (missing.length > 0) process.exit(1)
  console.log(`Nothing is missing for ${manifest.version}, to be published as ${distTagOf(manifest.version)}.`)
  if (process.argv.includes('--publish')) {
    const tarball = await pack(mkdtempSync(join(tmpdir(), 'countersign-release-')))
    const args = ['publish', tarball, '--provenance', '--access', 'public', '--tag', distTagOf(manifest.version)]
    process.exitCode = spawnSync('npm', args, { stdio: 'inherit' }).status ?? 1
  }
}
