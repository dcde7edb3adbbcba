import type { Client, InValue } from '@libsql/client'
import { hash, verify } from '@node-rs/argon2'
import * as v from 'valibot'
import type { User } from '../answers.ts'

const UserRow = v.pipe(
  v.object({
    id: v.string(),
    login: v.string(),
    name: v.string(),
    is_admin: v.number(),
    password_hash: v.string(),
    two_factor_required: v.number(),
  }),
  v.transform((row) => ({
    id: row.id,
    login: row.login,
    name: row.name,
    isAdmin: row.is_admin === 1,
    passwordHash: row.password_hash,
    twoFactorRequired: row.two_factor_required === 1,
  })),
)
export type StoredUser = v.InferOutput<typeof UserRow>
export type NewUser = Omit<StoredUser, 'passwordHash'> & { password: string }
export type Users = ReturnType<typeof createUsers>

/** The accounts: who exists, and whether a password is theirs. */
export function createUsers(database: Client) {
  // Checked when nobody has the login, so that an unknown login takes as long as a wrong password.
  const nobodysHash = hash(crypto.randomUUID())

  async function one(where: string, value: InValue): Promise<StoredUser | null> {
    const { rows } = await database.execute({ sql: `SELECT * FROM users WHERE ${where}`, args: [value] })
    return rows[0] ? v.parse(UserRow, rows[0]) : null
  }
  const byId = (id: string) => one('id = ?', id)
  const byLogin = (login: string) => one('login = ?', login.trim().toLowerCase())

  return {
    byId,
    byLogin,

    async list(): Promise<StoredUser[]> {
      const { rows } = await database.execute('SELECT * FROM users ORDER BY name LIMIT 100')
      return rows.map((row) => v.parse(UserRow, row))
    },

    /** The first factor: the account that has this login and this password. */
    async authenticate(login: string, password: string): Promise<StoredUser | null> {
      const user = await byLogin(login)
      const isRight = await verify(user?.passwordHash ?? (await nobodysHash), password)
      return isRight ? user : null
    },

    async checkPassword(id: string, password: string): Promise<boolean> {
      const user = await byId(id)
      return user !== null && (await verify(user.passwordHash, password))
    },

    async setPassword(id: string, password: string): Promise<void> {
      await database.execute({
        sql: 'UPDATE users SET password_hash = ? WHERE id = ?',
        args: [await hash(password), id],
      })
    },

    async isTwoFactorRequired(id: string): Promise<boolean> {
      return (await byId(id))?.twoFactorRequired ?? false
    },

    async setTwoFactorRequired(id: string, required: boolean): Promise<void> {
      await database.execute({
        sql: 'UPDATE users SET two_factor_required = ? WHERE id = ?',
        args: [required ? 1 : 0, id],
      })
    },

    async add(user: NewUser): Promise<void> {
      await database.execute({
        sql: `INSERT INTO users (id, login, name, is_admin, password_hash, two_factor_required)
              VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (login) DO NOTHING`,
        args: [
          user.id,
          user.login,
          user.name,
          user.isAdmin ? 1 : 0,
          await hash(user.password),
          user.twoFactorRequired ? 1 : 0,
        ],
      })
    },
  }
}

export const publicUser = ({ login, name, isAdmin }: StoredUser): User => ({ login, name, isAdmin })
