import { afterAll, beforeAll, describe, test } from 'vitest'
import { auditCases, prepare } from './audit/cases.ts'
import { sqliteDrivers, type TestDatabase, temporaryFile } from './databases.ts'

for (const { name, open } of await sqliteDrivers()) {
  describe(`the trail of events in an SQLite file, through ${name}`, () => {
    const file = temporaryFile()
    let database: TestDatabase
    let other: TestDatabase
    beforeAll(async () => {
      database = open(file.path)
      other = open(file.path)
      await prepare(database, 'sqlite')
    })
    afterAll(() => {
      database.close()
      other.close()
      file.remove()
    })
    const cases = auditCases(() => database, {
      dialect: 'sqlite',
      hasTransactions: name !== '@libsql/client',
      isOneConnection: true,
      another: () => other,
    })
    test.each(cases)('$name', ({ run }) => run())
  })
}
