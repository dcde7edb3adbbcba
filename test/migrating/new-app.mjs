import bcrypt from 'bcryptjs'
import express from 'express'
import { checkOldCode } from './old-second-step.mjs'
import { createSessions } from './sessions.mjs'

/**
 * The release that knows both: a user with `moved_at` is countersign's, any other the old code's. With `isMoving`, users
 * move as they sign in; without, nobody new does, and those who have moved stay.
 */
export function createNewApp({ pool, now, twoFactor, moving, readOld, isMoving }) {
  const sessions = createSessions()
  const waiting = createSessions()
  const app = express()
  app.use(express.json())

  async function hasMoved(user) {
    if (user.moved_at !== null) return true
    if (!isMoving) return false
    const { state } = await moving.move(user.id, readOld(user.id))
    return state !== 'left'
  }

  app.post('/sign-in', async (req, res) => {
    const { rows } = await pool.query('SELECT * FROM users WHERE login = $1', [req.body.login])
    const [user] = rows
    if (!user || !(await bcrypt.compare(req.body.password, user.password_hash))) return res.status(401).json({})
    if (await hasMoved(user)) {
      const challenge = await twoFactor.challenge(user.id)
      if (challenge.passed) return res.json({ session: sessions.open(user.id) })
      return res.json({ codeFor: challenge.token })
    }
    if (user.totp_enabled) return res.json({ codeFor: waiting.open(user.id) })
    return res.json({ session: sessions.open(user.id) })
  })

  app.post('/code', async (req, res) => {
    const { codeFor, code } = req.body
    const oldUserId = waiting.find(codeFor)
    if (oldUserId !== null) {
      const isRight = await asOldUser(oldUserId, (client, user) => checkOldCode(client, user, code, now()))
      return isRight ? res.json({ session: sessions.open(oldUserId) }) : res.status(422).json({})
    }
    const result = await twoFactor.completeChallenge(codeFor, { code })
    if (!result.ok) return res.status(422).json({ reason: result.reason })
    return res.json({ session: sessions.open(result.userId) })
  })

  app.post('/two-factor-off', async (req, res) => {
    const { session, password } = req.body
    const userId = sessions.find(session)
    const isOff = await asOldUser(userId, async (client) => {
      await client.query('UPDATE users SET totp_enabled = false WHERE id = $1', [userId])
      return true
    })
    // The lock was waited for: if the user has moved meanwhile, it is turned off where they are now.
    const result = isOff ? { ok: true } : await twoFactor.disable(userId, { proof: { password } })
    return res.status(result.ok ? 200 : 422).json({ reason: result.reason })
  })

  /** What the old code does, it does under the lock that a move takes, and only for who has not moved. */
  async function asOldUser(userId, work) {
    const client = await pool.connect()
    try {
      await client.query('BEGIN')
      const { rows } = await client.query('SELECT * FROM users WHERE id = $1 AND moved_at IS NULL FOR UPDATE', [userId])
      const result = rows.length === 1 && (await work(client, rows[0]))
      await client.query('COMMIT')
      return result
    } finally {
      client.release()
    }
  }
  return app
}
