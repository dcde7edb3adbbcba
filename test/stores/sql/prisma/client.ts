import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { DialectOption } from 'countersign/stores/prisma'

const require = createRequire(import.meta.url)
const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))

export const isInstalled = existsSync(path('node_modules/prisma'))

const PROVIDERS: Record<Dialect, string> = { postgres: 'postgresql', mysql: 'mysql', sqlite: 'sqlite' }
type Dialect = DialectOption['dialect']

/** What a generated client declares of what is used here, with `any` written as `unknown`. */
export interface GeneratedClient extends GeneratedTransaction {
  $transaction<R>(
    work: (inside: GeneratedTransaction) => Promise<R>,
    options?: { maxWait?: number; timeout?: number },
  ): Promise<R>
  $disconnect(): Promise<void>
}
export interface GeneratedTransaction {
  $executeRawUnsafe<_T = unknown>(query: string, ...values: unknown[]): PrismaPromise<number>
  $queryRawUnsafe<T = unknown>(query: string, ...values: unknown[]): PrismaPromise<T>
}
interface PrismaPromise<T> extends Promise<T> {
  [Symbol.toStringTag]: 'PrismaPromise'
}

/**
 * Generates clients. That asks for Prisma's schema engine, which is a download of its own and has nothing to do where no
 * migration runs: so any program will do.
 */
export async function generateClients(): Promise<void> {
  const folder = path('node_modules/.countersign')
  mkdirSync(folder, { recursive: true })
  const engine = `${folder}/schema-engine`
  writeFileSync(engine, '#!/bin/sh\nexit 0\n')
  chmodSync(engine, 0o755)
  for (const provider of Object.values(PROVIDERS)) {
    const schema = `${folder}/${provider}.prisma`
    writeFileSync(
      schema,
      `generator client {
  provider = "prisma-client-js"
  output   = "./${provider}"
}
datasource db {
  provider = "${provider}"
}
/// Prisma asks for one; the stores need none.
model Note {
  id Int @id
}
`,
    )
    const args = [path('node_modules/prisma/build/index.js'), 'generate', '--schema', schema]
    await promisify(execFile)(process.execPath, args, {
      cwd: path('.'),
      env: {
        ...process.env,
        PRISMA_SCHEMA_ENGINE_BINARY: engine,
        CHECKPOINT_DISABLE: '1',
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
      },
    })
  }
}

export function openClient(dialect: Dialect, url: string): GeneratedClient {
  const { PrismaClient }: { PrismaClient: new (options: object) => GeneratedClient } = require(
    `./node_modules/.countersign/${PROVIDERS[dialect]}`,
  )
  if (dialect === 'postgres') {
    const { PrismaPg } = require('@prisma/adapter-pg')
    return new PrismaClient({ adapter: new PrismaPg({ connectionString: url }) })
  }
  if (dialect === 'sqlite') {
    const { PrismaBetterSqlite3 } = require('@prisma/adapter-better-sqlite3')
    // Two in one process must not wait for each other inside of SQLite, which stands still.
    return new PrismaClient({ adapter: new PrismaBetterSqlite3({ url, timeout: 0 }) })
  }
  const { PrismaMariaDb } = require('@prisma/adapter-mariadb')
  const { hostname, port, username, pathname } = new URL(url)
  const database = pathname.slice(1)
  const limits = { connectTimeout: 1_000, acquireTimeout: 1_000 }
  const adapter = new PrismaMariaDb({ host: hostname, port: Number(port), user: username, database, ...limits })
  return new PrismaClient({ adapter })
}
