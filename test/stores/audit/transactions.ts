import assert from 'node:assert/strict'
import type { SqlDialectName } from 'countersign/stores/sql'
import { type AuditCase, type AuditedDatabase, creating, record, trailOf } from './trail.ts'

export function transactions(open: () => AuditedDatabase, dialect: SqlDialectName): AuditCase[] {
  const transaction: NonNullable<AuditedDatabase['transaction']> = async (work) => {
    assert.ok(open().transaction !== undefined, 'it has no transactions')
    await open().transaction?.(work)
  }
  const onEvery: AuditCase[] = [
    {
      name: 'in a transaction that is undone neither is there, and in one that is not both are',
      async run() {
        const [undone, kept] = [crypto.randomUUID(), crypto.randomUUID()]
        const undo = new Error('undo')
        await assert.rejects(
          transaction(async (storeWith) => {
            assert.equal(await storeWith({ audit: {} }).save(undone, creating(undone)), true)
            throw undo
          }),
          undo,
        )
        assert.equal(await open().store().load(undone), null)
        assert.equal((await trailOf(open(), undone)).length, 0)
        await transaction(async (storeWith) => {
          const store = storeWith({ audit: {} })
          assert.equal(await store.save(kept, { ...creating(kept), version: 'v1' }), true)
          assert.equal(await store.save(kept, creating(kept)), false)
          assert.equal(await store.save(kept, { ...creating(kept), expected: 'v0', record: null }), false)
          assert.equal(await store.save(kept, { ...creating(kept), expected: 'v1', version: 'v2' }), true)
        })
        assert.equal((await open().store().load(kept))?.version, 'v2')
        assert.equal((await trailOf(open(), kept)).length, 4)
      },
    },
    {
      name: 'saves that run at once in one transaction do not disturb each other',
      async run() {
        const userIds = Array.from({ length: 8 }, () => crypto.randomUUID())
        await transaction(async (storeWith) => {
          const store = storeWith({ audit: {} })
          const answers = await Promise.all(userIds.flatMap((id) => [store.save(id, creating(id)), store.load(id)]))
          assert.equal(answers.filter((answer) => answer === true).length, userIds.length)
        })
        for (const userId of userIds) assert.equal((await trailOf(open(), userId)).length, 2)
      },
    },
  ]
  // On PostgreSQL the transaction is lost with the statement.
  if (dialect === 'postgres') return onEvery
  return [
    ...onEvery,
    {
      name: 'of a save that fails in a transaction nothing is left, though the host goes on',
      async run() {
        const [fresh, old, after] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()]
        await open()
          .store()
          .save(old, { ...creating(old), version: 'v1' })
        await transaction(async (storeWith) => {
          const failing = storeWith({ audit: { table: 'no_such_table' } })
          await assert.rejects(failing.save(fresh, creating(fresh)), /no_such_table/)
          for (const next of [record, null]) {
            const change = { ...creating(old), expected: 'v1', record: next }
            await assert.rejects(failing.save(old, change), /no_such_table/)
          }
          assert.equal(await storeWith({ audit: {} }).save(after, creating(after)), true)
        })
        assert.equal(await open().store().load(fresh), null)
        assert.equal((await open().store().load(old))?.version, 'v1')
        assert.equal((await trailOf(open(), after)).length, 2)
      },
    },
  ]
}
