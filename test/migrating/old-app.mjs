import bcrypt from 'bcryptjs'
import express from 'express'
import { checkOldCode } from './old-second-step.mjs'
import { createSessions } from './sessions.mjs'

/** The application before: Express 5, PostgreSQL, speakeasy, backup codes as bcrypt hashes. It has never heard of countersign. */
export function createOldApp({ pool, now }) {
  const sessions = createSessions()
  const waiting = createSessions()
  const app = express()
  app.use(express.json())

  app.post('/sign-in', async (req, res) => {
    const { rows } = await pool.query('SELECT * FROM users WHERE login = $1', [req.body.login])
    const [user] = rows
    if (!user || !(await bcrypt.compare(req.body.password, user.password_hash))) return res.status(401).json({})
    if (user.totp_enabled) return res.json({ codeFor: waiting.open(user.id) })
    return res.json({ session: sessions.open(user.id) })
  })

  app.post('/code', async (req, res) => {
    const { rows } = await pool.query('SELECT * FROM users WHERE id = $1', [waiting.find(req.body.codeFor)])
    const isRight = rows.length === 1 && (await checkOldCode(pool, rows[0], req.body.code, now()))
    if (!isRight) return res.status(422).json({})
    return res.json({ session: sessions.open(rows[0].id) })
  })

  app.post('/two-factor-off', async (req, res) => {
    await pool.query('UPDATE users SET totp_enabled = false WHERE id = $1', [sessions.find(req.body.session)])
    return res.json({})
  })
  return app
}
