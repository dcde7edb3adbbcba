/** A client, recognized by functions that only it has, and its store. */
interface KnownClient {
  is: string
  functions: readonly string[]
  store: string
  from: string
}

const KNOWN: readonly KnownClient[] = [
  { is: 'a PrismaClient', functions: ['$queryRaw', '$queryRawUnsafe'], store: 'prismaStore', from: 'prisma' },
  { is: 'a Kysely', functions: ['executeQuery', 'selectFrom'], store: 'kyselyStore', from: 'kysely' },
  {
    is: 'a database of Drizzle',
    functions: ['select', 'insert', 'transaction'],
    store: 'drizzleStore',
    from: 'drizzle',
  },
  { is: 'a client of ioredis', functions: ['evalsha', 'defineCommand'], store: 'ioredisStore', from: 'ioredis' },
  { is: 'a client of redis (node-redis)', functions: ['evalSha', 'sendCommand'], store: 'redisStore', from: 'redis' },
  { is: 'the sql of postgres (Postgres.js)', functions: ['unsafe', 'typed'], store: 'postgresStore', from: 'postgres' },
  { is: 'a PGlite', functions: ['execProtocol', 'dumpDataDir'], store: 'pgliteStore', from: 'pglite' },
  { is: 'a client of @libsql/client', functions: ['executeMultiple', 'sync'], store: 'libsqlStore', from: 'libsql' },
  { is: 'a pool of mariadb', functions: ['execute', 'importFile'], store: 'mariadbStore', from: 'mariadb' },
  { is: 'a pool of mysql2', functions: ['execute', 'format', 'escapeId'], store: 'mysql2Store', from: 'mysql2' },
  { is: 'a connection of mysql2', functions: ['execute', 'unprepare'], store: 'mysql2Store', from: 'mysql2' },
  { is: 'a Pool of pg', functions: ['connect', 'newClient'], store: 'pgStore', from: 'pg' },
  { is: 'a Client of pg', functions: ['connect', 'escapeIdentifier'], store: 'pgStore', from: 'pg' },
  {
    is: 'a Database of better-sqlite3',
    functions: ['prepare', 'pragma'],
    store: 'betterSqlite3Store',
    from: 'better-sqlite3',
  },
  { is: 'a D1 database', functions: ['prepare', 'batch', 'dump'], store: 'd1Store', from: 'd1' },
  { is: 'a bucket of NATS', functions: ['purge', 'watch', 'history'], store: 'natsStore', from: 'nats' },
  { is: 'a Deno.Kv', functions: ['atomic', 'enqueue'], store: 'denoKvStore', from: 'deno-kv' },
  { is: 'a DynamoDBDocument', functions: ['get', 'put', 'batchGet'], store: 'dynamodbStore', from: 'dynamodb' },
]

/** Recognizes a client by its functions; null for an unknown one. */
export function knownClient(client: object): KnownClient | null {
  return KNOWN.find(({ functions }) => functions.every((name) => hasFunction(client, name))) ?? null
}

export function hasFunction(client: object, name: string): boolean {
  return typeof Reflect.get(client, name) === 'function'
}
