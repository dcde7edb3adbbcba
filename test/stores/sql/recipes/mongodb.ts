import type { UserStore } from 'countersign'
import { type Db, MongoServerError } from 'mongodb'

/** One document per user. `record` is JSON text: a document has no room for every key that JSON can have. */
interface TwoFactorDocument {
  _id: string
  version: string
  record: string
  enabledAtMs: number | null
}

const DUPLICATE_KEY = 11000

/** Reads and writes on the primary, and waits for the majority: what was saved is seen, and survives a failover. */
export function mongodbStore(db: Db, name = 'two_factor'): UserStore {
  const users = db.collection<TwoFactorDocument>(name, {
    readPreference: 'primary',
    readConcern: { level: 'majority' },
    writeConcern: { w: 'majority', journal: true },
  })

  return {
    async load(userId) {
      const found = await users.findOne({ _id: userId })
      return found === null ? null : { record: JSON.parse(found.record), version: found.version }
    },

    async save(userId, { expected, version, record, enabledAtMs }) {
      if (expected === null)
        return record !== null && insert({ _id: userId, version, record: JSON.stringify(record), enabledAtMs })
      const stored = { _id: userId, version: expected }
      if (record === null) return (await users.deleteOne(stored)).deletedCount === 1
      const next = { version, record: JSON.stringify(record), enabledAtMs }
      return (await users.updateOne(stored, { $set: next })).matchedCount === 1
    },
  }

  async function insert(document: TwoFactorDocument): Promise<boolean> {
    try {
      await users.insertOne(document)
      return true
    } catch (error) {
      if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return false
      throw error
    }
  }
}
