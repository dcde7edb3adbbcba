import { createTwoFactor, generateKey, memoryStore } from 'countersign'
import { createHandler } from 'countersign/http'
import { ORIGIN, PASSWORD, SECRET, USERS } from './users.mjs'

async function mount() {
  const twoFactor = createTwoFactor({
    issuer: 'Acme',
    store: memoryStore(),
    keys: generateKey(),
    verifyPassword: (user, password) => USERS.includes(user) && password === PASSWORD,
  })
  for (const user of USERS) await twoFactor.admin.importUser(user, { authenticators: [{ secret: SECRET }] })
  // Only for this test: its session cookie is the plain user id, which anybody could write. Use your own sessions.
  return createHandler({
    twoFactor,
    // No guard is needed: only openSession opens sessions, after the second step.
    authenticate(request) {
      const [, user] = /__Host-session=(\w+)/.exec(request.headers.get('cookie')) ?? []
      return user === undefined ? null : { userId: user, accountName: user }
    },
    allowedOrigins: [ORIGIN],
    openSession: (userId) => ({ 'Set-Cookie': `__Host-session=${userId}; Path=/; HttpOnly; Secure; SameSite=Lax` }),
  })
}

// A framework may load this file once per route, and here the records are in memory.
globalThis.mounted ??= mount()
export const handler = await globalThis.mounted

/** Stands in for a sign-in route, after the password. */
export async function signIn(request) {
  const { user } = await request.json()
  return handler.signIn(request, { userId: user, accountName: user })
}
