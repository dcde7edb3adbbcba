import { join } from 'node:path'
import { generateKey } from 'countersign'
import { buildPage } from '../../examples/dashboard/build.mjs'
import { createApp } from '../../examples/dashboard/server/app.ts'
import { openDatabase } from '../../examples/dashboard/server/database.ts'
import { listen } from '../../examples/dashboard/server/listen.ts'
import { openStores } from '../../examples/dashboard/server/stores.ts'

export interface Dashboard {
  url: string
  /** What the dashboard would have told people by mail: `login: event`. */
  told: string[]
  close(): Promise<void>
}

export interface DashboardOptions {
  now: () => number
  publicOrigin?: string | undefined
}

/** The dashboard as `npm start` starts it, but with a clock of the test's and its data in a folder of the test's. */
export async function serveDashboard(folder: string, options: DashboardOptions): Promise<Dashboard> {
  const told: string[] = []
  const database = await openDatabase(join(folder, 'dashboard.sqlite'))
  const app = await createApp({
    database,
    stores: await openStores(database),
    keys: generateKey(),
    pageFolder: await buildPage(join(folder, 'page')),
    tell: (login, event) => told.push(`${login}: ${event.type}`),
    ...options,
  })
  const server = await listen(app, '127.0.0.1', 0, () => {})
  return {
    url: server.url,
    told,
    async close() {
      await server.close()
      database.close()
    },
  }
}
