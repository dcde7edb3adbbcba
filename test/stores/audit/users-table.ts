import assert from 'node:assert/strict'
import { type SqlDialectName, schema } from 'countersign/stores/sql'
import { type AuditCase, type AuditedDatabase, creating, trailOf } from './trail.ts'

export function usersTable(open: () => AuditedDatabase, dialect: SqlDialectName): AuditCase[] {
  return [
    {
      name: "is written with what stands in the host's own table of users",
      async run() {
        const userId = crypto.randomUUID()
        await open().query(`INSERT INTO audited_users (id) VALUES ('${userId}')`)
        const store = open().store({ usersTable: 'audited_users', audit: {} })
        const saves = [
          [{ version: 'v1' }, true],
          [{ version: 'v9' }, false],
          [{ expected: 'v0' }, false],
          [{ expected: 'v1', version: 'v2' }, true],
          [{ expected: 'v1', record: null }, false],
          [{ expected: 'v2', record: null }, true],
          [{ expected: 'v2', record: null }, false],
        ] as const
        let length = 0
        for (const [change, isWritten] of saves) {
          assert.equal(await store.save(userId, { ...creating(userId), ...change }), isWritten)
          if (isWritten) length += 2
          assert.equal((await trailOf(open(), userId)).length, length, JSON.stringify(change))
        }
        assert.deepEqual(await store.load(userId), null)
        assert.equal((await open().query(`SELECT id FROM audited_users WHERE id = '${userId}'`)).length, 1)
        await assert.rejects(store.save('nobody', creating('nobody')), /audited_users has no row/)
        assert.equal((await trailOf(open(), 'nobody')).length, 0)
      },
    },
    {
      name: 'stands in the schema, with a name of its own',
      async run() {
        const quoted = dialect === 'mysql' ? '`log`.`events`' : '"log"."events"'
        assert.ok(schema(dialect, { audit: { table: 'log.events' } }).includes(`EXISTS ${quoted} (`))
        assert.ok(schema(dialect, { usersTable: 'users', audit: {} }).includes('two_factor_events'))
        assert.throws(() => schema(dialect, { audit: { table: "a'b" } }), /audit\.table: /)
        assert.throws(() => open().store({ audit: { table: 'a b' } }), /audit\.table: /)
      },
    },
  ]
}
