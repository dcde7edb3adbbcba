import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { MikroORM } from '@mikro-orm/postgresql'
import {
  migrate,
  migrateTokens,
  type SqlDialectName,
  type SqlDriver,
  sqlStore,
  sqlTokenStore,
} from 'countersign/stores/sql'
import makeKnex from 'knex'
import { QueryTypes, Sequelize } from 'sequelize'
import { DataSource } from 'typeorm'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { needs } from '../../needs.ts'
import { auditCases, prepare } from '../audit/cases.ts'
import { listOf, type TestDatabase } from './backends/test-database.ts'
import { bothKits } from './cases.ts'
import { knexDriver, knexMysqlDriver } from './recipes/knex.ts'
import { mikroOrmDriver } from './recipes/mikro-orm.ts'
import { sequelizeDriver } from './recipes/sequelize.ts'
import { typeormDriver } from './recipes/typeorm.ts'

const postgresUrl = inject('postgresUrl')
const skipPostgres = needs('PostgreSQL', postgresUrl !== '', 'apt-get install postgresql, or set TEST_POSTGRES_URL')
const mysqlUrl = inject('mysqlUrl')
const skipMysql = needs('MariaDB', mysqlUrl !== '', 'apt-get install mariadb-server, or set TEST_MYSQL_URL')

describe.each(['knex', 'typeorm', 'sequelize', 'mikro-orm', 'mongodb'])('docs/recipes/%s.md', (name) => {
  test('shows the code that is examined here', () => {
    const read = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8')
    expect(read(`../../../docs/recipes/${name}.md`)).toContain(`\n\`\`\`ts\n${read(`recipes/${name}.ts`)}\`\`\`\n`)
  })
})

describe.skipIf(skipPostgres)('Knex on PostgreSQL', () => {
  holds('postgres', () => openKnex('pg', postgresUrl, 'postgres', knexDriver), true)
})
describe.skipIf(skipMysql)('Knex on MariaDB', () => {
  holds('mysql', () => openKnex('mysql2', mysqlUrl, 'mysql', knexMysqlDriver), true)
})
describe.skipIf(skipPostgres)('TypeORM on PostgreSQL', () => {
  holds('postgres', () => openTypeorm('postgres', postgresUrl), false)
})
describe.skipIf(skipMysql)('TypeORM on MariaDB', () => {
  holds('mysql', () => openTypeorm('mysql', mysqlUrl), false)
})
describe.skipIf(skipPostgres)('Sequelize on PostgreSQL', () => {
  holds('postgres', openSequelize, true)
})
describe.skipIf(skipPostgres)('MikroORM on PostgreSQL', () => {
  holds('postgres', openMikroOrm, true)
})

/** Both kits, and a trail of events. */
function holds(dialect: SqlDialectName, open: () => Promise<TestDatabase>, hasTransactions: boolean): void {
  bothKits({ open, isShared: true })

  describe('the trail of events', () => {
    let database: TestDatabase
    beforeAll(async () => {
      database = await open()
      await prepare(database, dialect)
    })
    afterAll(() => database?.close())
    test.each(auditCases(() => database, { dialect, hasTransactions }))('$name', ({ run }) => run())
  })
}

async function openKnex(
  client: string,
  connection: string,
  dialect: SqlDialectName,
  driverOf: (knex: ReturnType<typeof makeKnex>) => SqlDriver,
): Promise<TestDatabase> {
  const knex = makeKnex({ client, connection })
  const query = async (sql: string) => listOf(await knex.raw(sql))
  return {
    ...over(driverOf(knex), dialect, query, () => knex.destroy()),
    transaction: (work) =>
      knex.transaction((inside) =>
        work((options) => sqlStore(driverOf(inside), { ...options, dialect, inTransaction: true })),
      ),
  }
}

async function openTypeorm(dialect: 'postgres' | 'mysql', url: string): Promise<TestDatabase> {
  const dataSource = await new DataSource({ type: dialect, url }).initialize()
  return over(
    typeormDriver(dataSource),
    dialect,
    (sql) => dataSource.query(sql),
    () => dataSource.destroy(),
  )
}

async function openSequelize(): Promise<TestDatabase> {
  const sequelize = new Sequelize(postgresUrl, { logging: false })
  const query = (sql: string) => sequelize.query(sql, { type: QueryTypes.SELECT })
  return {
    ...over(sequelizeDriver(sequelize), 'postgres', query, () => sequelize.close()),
    transaction: (work) =>
      sequelize.transaction((inside) =>
        work((options) =>
          sqlStore(sequelizeDriver(sequelize, inside), { ...options, dialect: 'postgres', inTransaction: true }),
        ),
      ),
  }
}

async function openMikroOrm(): Promise<TestDatabase> {
  const orm = await MikroORM.init({
    clientUrl: postgresUrl,
    entities: [],
    discovery: { warnWhenNoEntities: false },
  })
  const em = orm.em.fork()
  return {
    ...over(
      mikroOrmDriver(em),
      'postgres',
      (sql) => em.getConnection().execute(sql),
      () => orm.close(),
    ),
    transaction: (work) =>
      em.transactional((inside) =>
        work((options) => sqlStore(mikroOrmDriver(inside), { ...options, dialect: 'postgres', inTransaction: true })),
      ),
  }
}

function over(
  driver: SqlDriver,
  dialect: SqlDialectName,
  query: TestDatabase['query'],
  close: () => Promise<void>,
): TestDatabase {
  return {
    store: (options) => sqlStore(driver, { ...options, dialect }),
    migrate: (options) => migrate(driver, { ...options, dialect }),
    tokenStore: (options) => sqlTokenStore(driver, { ...options, dialect }),
    migrateTokens: (options) => migrateTokens(driver, { ...options, dialect }),
    query,
    close,
  }
}
