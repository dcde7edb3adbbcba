// npm run reproducible: builds and packs what is committed twice, in folders of different depth, with another umask, time zone,
// language and age of the files, and compares the tarballs byte by byte. Needs `npm ci` before it; takes some minutes.

import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'countersign-twice-'))

const BUILDS = [
  { place: 'one', umask: '022', env: { TZ: 'UTC', LANG: 'C' }, filesFrom: new Date() },
  {
    place: 'another/place that is deeper',
    umask: '077',
    env: { TZ: 'Pacific/Auckland', LANG: 'de_DE.UTF-8' },
    filesFrom: new Date(2001, 1, 3),
  },
]

try {
  const archive = join(work, 'source.tar')
  execFileSync('git', ['archive', '--output', archive, 'HEAD'], { cwd: root })
  const tarballs = BUILDS.map(({ place, umask, env, filesFrom }) => {
    const folder = join(work, place)
    mkdirSync(folder, { recursive: true })
    const run = (command, args) =>
      execFileSync('sh', ['-c', `umask ${umask}; exec "$0" "$@"`, command, ...args], {
        cwd: folder,
        env: { ...process.env, ...env },
        stdio: ['ignore', 'ignore', 'inherit'],
      })
    run('tar', ['-xf', archive])
    for (const path of readdirSync(join(folder, 'src'), { recursive: true }))
      utimesSync(join(folder, 'src', String(path)), filesFrom, filesFrom)
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    mkdirSync(join(folder, 'packed'))
    run(process.execPath, ['scripts/pack.mjs', 'packed'])
    const [name = ''] = readdirSync(join(folder, 'packed'))
    const path = join(folder, 'packed', name)
    const bytes = readFileSync(path)
    console.log(
      `${name}, ${bytes.length} bytes, sha256 ${createHash('sha256').update(bytes).digest('hex')}, in “${place}”`,
    )
    return { path, bytes, folder }
  })
  const [one, another] = tarballs
  const isSame = one.bytes.equals(another.bytes)
  console.log(isSame ? 'Reproducible: the two tarballs are the same to the byte.' : 'The two tarballs differ:')
  if (!isSame) {
    for (const { path, folder } of tarballs) execFileSync('tar', ['-xzf', path, '-C', join(folder, 'packed')])
    for (const { path } of tarballs)
      console.log(execFileSync('tar', ['-tvzf', path], { encoding: 'utf8' }).slice(0, 600))
    const unpacked = tarballs.map(({ folder }) => join(folder, 'packed/package'))
    spawnSync('diff', ['-rq', ...unpacked], { stdio: 'inherit' })
    process.exitCode = 1
  }
} finally {
  if (process.env.KEEP === undefined) rmSync(work, { recursive: true, force: true })
}
