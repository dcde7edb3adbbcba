// What an example needs once, before its first start: this package built, and a key of its own.
import { execSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
if (!existsSync(new URL('../dist/index.js', import.meta.url))) {
  console.log('Building countersign, once …')
  execSync('npm install --no-audit --no-fund && npm run build -- --silent', { cwd: root, stdio: 'inherit' })
}
if (!existsSync('.env')) {
  const { generateKey } = await import('../dist/index.js')
  writeFileSync('.env', `COUNTERSIGN_KEYS=${generateKey()}\n`, { mode: 0o600 })
  console.log('A new key stands in .env. Who loses it loses every authenticator.')
}
