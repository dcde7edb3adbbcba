import { randomBytes, randomUUID, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(scrypt)
// What OWASP asks of scrypt: 128 MiB and about half a second for each guess.
const COST = { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 }

/** The accounts, in this process's memory: yours stand in a database. */
export function createUsers() {
  const users = new Map()
  // What an unknown login is checked against, so that it takes as long as a wrong password.
  const nobody = { salt: randomBytes(16), hash: randomBytes(32) }

  async function isRight(user, password) {
    if (typeof password !== 'string') return false
    const { salt, hash } = user ?? nobody
    return timingSafeEqual(await derive(password, salt, 32, COST), hash)
  }

  return {
    async add(login, password) {
      const salt = randomBytes(16)
      users.set(login, { id: randomUUID(), login, salt, hash: await derive(password, salt, 32, COST) })
    },

    find: (id) => [...users.values()].find((user) => user.id === id),

    /** The user with this login and this password, or null. */
    async authenticate(login, password) {
      const user = users.get(login)
      return (await isRight(user, password)) ? user : null
    },

    async checkPassword(id, password) {
      return isRight(this.find(id), password)
    },
  }
}
