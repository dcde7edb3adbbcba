import { describe, expect, test } from 'vitest'
// @ts-expect-error: a script, which has no types of its own.
import { lockFiles, problemsOf } from '../scripts/licenses.mjs'

const problems = (entries: Record<string, object>, isForUsers = false): string[] =>
  problemsOf(
    { packages: Object.fromEntries(Object.entries(entries).map(([name, entry]) => [`node_modules/${name}`, entry])) },
    { isForUsers: () => isForUsers },
  )

describe('the check of licenses and install scripts', () => {
  test('finds nothing in the lock files of this repository, and sees what users get', () => {
    const locks: { lock: object; isForUsers: (name: string, entry: object) => boolean; path: string }[] = lockFiles()
    expect(locks.length).toBeGreaterThan(5)
    expect(locks.flatMap(({ lock, isForUsers }) => problemsOf(lock, { isForUsers }))).toEqual([])
    const top = locks.find(({ path }) => path === 'package-lock.json')
    expect(['lit', 'qr', 'valibot'].map((name) => top?.isForUsers(name, { dev: true }))).toEqual([true, true, true])
    expect(top?.isForUsers('vitest', { dev: true })).toBe(false)
  })

  test('refuses a license that is not listed, and a package without one', () => {
    expect(problems({ one: { license: 'AGPL-3.0-only' }, two: {} })).toEqual([
      'one is licensed AGPL-3.0-only',
      'two states no license',
    ])
  })

  test('takes copyleft for development only', () => {
    expect(problems({ one: { license: 'LGPL-2.1-or-later' } })).toEqual([])
    expect(problems({ one: { license: 'LGPL-2.1-or-later' } }, true)).toEqual(['one is licensed LGPL-2.1-or-later'])
  })

  test('needs one of alternatives, and each of a combination', () => {
    expect(problems({ one: { license: '(AGPL-3.0-only OR MIT)' }, two: { license: 'MIT AND ISC' } }, true)).toEqual([])
    expect(problems({ one: { license: 'MIT AND AGPL-3.0-only' } })).toEqual(['one is licensed MIT AND AGPL-3.0-only'])
  })

  test('refuses an install script that nobody looked at, and every one among what users get', () => {
    const esbuild = { license: 'MIT', hasInstallScript: true }
    expect(problems({ esbuild })).toEqual([])
    expect(problems({ esbuild }, true)).toEqual(['esbuild runs a script when it is installed'])
    expect(problems({ other: esbuild })).toEqual(['other runs a script when it is installed'])
  })
})
