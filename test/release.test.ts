import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
// @ts-expect-error: a script, which has no types of its own.
import { latestChanges, packedPage } from '../scripts/pack.mjs'
// @ts-expect-error: a script, which has no types of its own.
import { distTagOf, missingFor } from '../scripts/release.mjs'

const version = '1.2.3'
const complete = {
  manifest: {
    version,
    homepage: 'https://acme.example',
    repository: { type: 'git', url: 'git+https://code.example/acme/countersign.git' },
    bugs: { url: 'https://code.example/acme/countersign/issues' },
  },
  lock: { version },
  changelog: '# Changelog\n\n## [1.2.3] - 2026-01-01\n',
  tag: 'v1.2.3',
  isClean: true,
}

describe('a release', () => {
  test('has everything, if everything is set', () => {
    expect(missingFor(complete)).toEqual([])
  })

  test.each([
    ['homepage', { manifest: { ...complete.manifest, homepage: undefined } }],
    ['repository', { manifest: { ...complete.manifest, repository: undefined } }],
    ['bugs', { manifest: { ...complete.manifest, bugs: undefined } }],
    ['package-lock.json', { lock: { version: '1.2.2' } }],
    ['CHANGELOG.md', { changelog: '## [1.2.3] - unreleased\n' }],
    ['tag', { tag: 'v1.2.4' }],
    ['not committed', { isClean: false }],
  ])('is refused without %s', (what, change) => {
    expect(missingFor({ ...complete, ...change })).toEqual([expect.stringContaining(what)])
  })

  test('of a candidate is not what people install by default', () => {
    expect(['1.0.0-rc.1', '1.0.0'].map(distTagOf)).toEqual(['next', 'latest'])
  })

  test('of this version has its section in CHANGELOG.md', () => {
    const { version: current } = JSON.parse(readFileSync('package.json', 'utf8'))
    expect(readFileSync('CHANGELOG.md', 'utf8')).toContain(`\n## [${current}] - `)
    expect(JSON.parse(readFileSync('package-lock.json', 'utf8')).version).toBe(current)
  })
})

describe('the changelog in the package', () => {
  const changelog =
    '# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-01-01\n\n- New.\n\n## [1.2.2] - 2025-01-01\n\n- Old.\n'

  test('ends with the changes of its own version', () => {
    expect(latestChanges(changelog, '1.2.3')).toBe(
      '# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-01-01\n\n- New.\n\n',
    )
  })

  test('of the first version is whole', () => {
    expect(latestChanges(changelog, '1.2.2')).toBe(changelog)
    expect(latestChanges(changelog, '9.9.9')).toBe(changelog)
  })
})

describe('a page in the package', () => {
  const isPacked = (file: string) => file === 'CHANGELOG.md'
  const page =
    '<picture><img src="docs/a.png"></picture>\n\n[Changes](CHANGELOG.md) [Keys](docs/keys.md#lost) [Top](#top) [npm](https://npm.example)\n'

  test('leads to the repository at its own version, where the package does not have the file', () => {
    expect(packedPage(page, complete.manifest, isPacked)).toBe(
      '<picture><img src="https://code.example/acme/countersign/raw/v1.2.3/docs/a.png"></picture>\n\n' +
        '[Changes](CHANGELOG.md) [Keys](https://code.example/acme/countersign/blob/v1.2.3/docs/keys.md#lost) ' +
        '[Top](#top) [npm](https://npm.example)\n',
    )
  })

  test('has no dead links as long as no repository is known', () => {
    expect(packedPage(page, { version }, isPacked)).toBe(
      '[Changes](CHANGELOG.md) Keys [Top](#top) [npm](https://npm.example)\n',
    )
  })
})
