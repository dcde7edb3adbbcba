import { readFileSync } from 'node:fs'
import { createTwoFactor } from 'countersign'
import { readUsers } from 'countersign/import'

/**
 * Moves users of the PostgreSQL table `users` in and back. Each user's row is locked meanwhile, and all is written in one
 * transaction: a process that dies leaves the user as they were.
 *
 * @param pool of pg
 * @param options those of your createTwoFactor, without the store
 * @param store such as (client) => pgStore(client, { usersTable: 'users' })
 */
export function createMoving({ pool, options, store }) {
  // Without onEvent: nobody gets a mail because you move them.
  const { onEvent: _, ...quiet } = options

  async function whileLocked(userId, work) {
    const client = await pool.connect()
    let fault
    // If the connection is cut between two queries, pg emits an event, and without a listener the process would end.
    // With one, the next query fails.
    const onError = (error) => {
      fault = error
    }
    client.on('error', onError)
    try {
      await client.query('BEGIN')
      const { rows } = await client.query('SELECT moved_at FROM users WHERE id = $1 FOR UPDATE', [userId])
      const twoFactor = createTwoFactor({ ...quiet, store: store(client) })
      if (rows.length === 0) throw new Error('There is no such user.')
      const outcome = await work(client, twoFactor, rows[0].moved_at !== null)
      await client.query('COMMIT')
      return outcome
    } catch (error) {
      fault = error
      throw error
    } finally {
      client.off('error', onError)
      client.release(fault) // after a fault the connection is closed, and PostgreSQL undoes the transaction
    }
  }

  /** `read(client)` returns the result of a `from…` function, or null if the user has no two-factor authentication. */
  function move(userId, read) {
    return whileLocked(userId, async (client, twoFactor, isMoved) => {
      if (isMoved) return { state: 'moved-before' }
      const result = await read(client)
      const isOff = result === null || (!result.ok && result.reason === 'not-confirmed')
      if (!isOff && !result.ok) return { state: 'left', notes: result.notes } // the old code goes on checking theirs
      if (!isOff) await twoFactor.admin.importUser(userId, result.user)
      await client.query('UPDATE users SET moved_at = now() WHERE id = $1', [userId])
      return isOff ? { state: 'off' } : { state: 'moved', notes: result.notes }
    })
  }

  /** `write(client, exported)` stores what the user has now in the old columns; null means that it is off. */
  function moveBack(userId, write) {
    return whileLocked(userId, async (client, twoFactor, isMoved) => {
      if (!isMoved) return { state: 'not-moved' }
      const staff = { by: 'moving.js', note: 'back to the old system' }
      const exported = await twoFactor.admin.exportUser(userId, staff)
      await write(client, exported.ok ? exported : null)
      await twoFactor.admin.reset(userId, staff)
      await client.query('UPDATE users SET moved_at = NULL WHERE id = $1', [userId])
      return { state: 'moved-back' }
    })
  }

  const idsOf = async (condition) => (await pool.query(`SELECT id FROM users WHERE ${condition} ORDER BY id`)).rows

  return {
    move,
    moveBack,
    /** Everybody who has not moved. `readOld(userId)` is the `read` of that user. */
    moveAll: async (readOld) => each(await idsOf('moved_at IS NULL'), ({ id }) => move(id, readOld(id))),
    /** Everybody who has moved. `writeOld(userId)` is the `write` of that user. */
    moveAllBack: async (writeOld) => each(await idsOf('moved_at IS NOT NULL'), ({ id }) => moveBack(id, writeOld(id))),
    /** The users of exported rows. */
    moveRows: (rows, { userId, from }) =>
      each(readUsers(rows, { userId, from }), (user) =>
        user.userId === null ? { state: 'left', notes: user.notes } : move(user.userId, () => user),
      ),
  }
}

/** One user after the other. A fault with one stops no other. Returns how many ended in each state. */
async function each(users, step) {
  const counts = {}
  for (const user of users) {
    const { state, notes = [] } = await attempt(step, user)
    counts[state] = (counts[state] ?? 0) + 1
    for (const { field, reason, message } of notes) console.warn(user.id ?? user.userId, field, reason, message)
  }
  return counts
}

async function attempt(step, user) {
  try {
    return await step(user)
  } catch (error) {
    return { state: 'failed', notes: [{ field: 'user', reason: 'fault', message: error.message }] }
  }
}

/** The rows of a file with one JSON object on each line. */
export function readJsonLines(path) {
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line))
}
