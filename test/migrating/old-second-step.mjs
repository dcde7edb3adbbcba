import bcrypt from 'bcryptjs'
import speakeasy from 'speakeasy'

/** How the old application checks a code: the app's by speakeasy, an eight-digit backup code by its bcrypt hash. */
export async function checkOldCode(client, user, code, nowMs) {
  const typed = String(code).replace(/\D/g, '')
  if (typed.length === 6) {
    const time = nowMs / 1000
    return speakeasy.totp.verify({ secret: user.totp_secret, encoding: 'base32', token: typed, window: 1, time })
  }
  const { rows } = await client.query('SELECT id, code_hash FROM backup_codes WHERE user_id = $1 AND used_at IS NULL', [
    user.id,
  ])
  for (const { id, code_hash } of rows) {
    if (!(await bcrypt.compare(typed, code_hash))) continue
    const { rowCount } = await client.query(
      'UPDATE backup_codes SET used_at = now() WHERE id = $1 AND used_at IS NULL',
      [id],
    )
    return rowCount === 1
  }
  return false
}
