import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createApp } from './app.ts'
import { openDatabase } from './database.ts'
import { loadKeys } from './key-file.ts'
import { listen, portsToTry } from './listen.ts'
import { dashboardPasskeys } from './passkeys.ts'
import { CannotStart } from './stores/cannot-start.ts'
import { openStores } from './stores.ts'
import { welcome } from './welcome.ts'

const env = process.env
// Bundled, this file stands in examples/dashboard/dist.
const example = fileURLToPath(new URL('..', import.meta.url))
const dataFolder = resolve(env['DATA_DIR'] ?? join(example, '.data'))
const keyFile = join(dataFolder, 'countersign.keys')

await mkdir(dataFolder, { recursive: true, mode: 0o700 })
const database = await openDatabase(join(dataFolder, 'dashboard.sqlite'))
const stores = await openStores(database, env['DATABASE_URL']).catch(cannotStart)
const publicOrigin = env['PUBLIC_ORIGIN'] && new URL(env['PUBLIC_ORIGIN']).origin
const port = readPort(env['PORT'])
const app = await createApp({
  database,
  stores,
  keys: await loadKeys(keyFile, env['COUNTERSIGN_KEYS']),
  pageFolder: join(example, 'dist', 'page'),
  publicOrigin,
  passkeys: dashboardPasskeys(publicOrigin, portsToTry(port)),
  tell: (login, event) => console.log(`  to ${login}: ${event.type}`),
})
const host = env['HOST'] ?? '127.0.0.1'
const server = await listen(app, host, port, console.log)
const { notes } = stores
// Browsers have no passkeys at an IP address.
const url = server.url.replace('//127.0.0.1:', '//localhost:')
console.log(welcome({ url, dataFolder, keyFile: env['COUNTERSIGN_KEYS'] ? null : keyFile, notes }))

let isClosing = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    if (isClosing) return
    isClosing = true
    close().catch(({ message }) => {
      console.error(message)
      process.exit(1)
    })
  })
}

async function close(): Promise<void> {
  await server.close()
  await stores.close()
  database.close()
  process.exit(0)
}

function readPort(text: string | undefined): number {
  if (text === undefined || text === '') return 3000
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port
  console.error(`PORT must be a whole number from 0 to 65535; it is '${text}'.`)
  process.exit(1)
}

function cannotStart(error: unknown): never {
  if (!(error instanceof CannotStart)) throw error
  console.error(error.message)
  process.exit(1)
}
