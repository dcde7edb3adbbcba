import assert from 'node:assert/strict'
import type { SqlDialectName } from 'countersign/stores/sql'
import { type AuditCase, type AuditedDatabase, creating, record, trailOf } from './trail.ts'

export function transactions(open: () => AuditedDatabase, dialect: SqlDialectName): AuditCase[] {
  const transaction = transactionOf(open)
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

/** What runs while a transaction of the host's is open, and not in it. */
export function besideTransactions(open: () => AuditedDatabase): AuditCase[] {
  return [
    {
      name: 'what is saved beside a transaction outlives it where it is undone, and sees nothing of it',
      async run() {
        const [within, plain, audited] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()]
        const undo = new Error('undo')
        // Not awaited in the transaction: on some databases it waits for the end of that.
        let answers: Promise<unknown[]> | undefined
        const undone = transactionOf(open)(async (storeWith) => {
          const store = storeWith({ audit: {} })
          await store.save(within, creating(within))
          answers = Promise.all([
            open().store().load(within),
            open().store().save(plain, creating(plain)),
            open().store({ audit: {} }).save(audited, creating(audited)),
          ])
          await store.load(within)
          throw undo
        })
        await assert.rejects(undone, undo)
        assert.deepEqual(await answers, [null, true, true])
        assert.equal(await open().store().load(within), null)
        for (const userId of [plain, audited]) assert.notEqual(await open().store().load(userId), null)
        assert.equal((await trailOf(open(), audited)).length, 2)
      },
    },
  ]
}

function transactionOf(open: () => AuditedDatabase): NonNullable<AuditedDatabase['transaction']> {
  return async (work) => {
    assert.ok(open().transaction !== undefined, 'it has no transactions')
    await open().transaction?.(work)
  }
}
