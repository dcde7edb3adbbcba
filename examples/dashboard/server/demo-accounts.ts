import type { Users } from './users.ts'

/** Known to everybody who reads this file: for a try-out on one's own machine. */
export const DEMO_PASSWORD = 'blue-canyon-42'

export const DEMO_ACCOUNTS = [
  { login: 'alex@acme.example', name: 'Alex Rivera', isAdmin: false, twoFactorRequired: false },
  { login: 'sam@acme.example', name: 'Sam Okafor', isAdmin: false, twoFactorRequired: true },
  { login: 'dana@acme.example', name: 'Dana Lindqvist', isAdmin: true, twoFactorRequired: false },
] as const

/** Fills an empty table of users; leaves one with users alone. */
export async function addDemoAccounts(users: Users): Promise<void> {
  if ((await users.list()).length > 0) return
  for (const account of DEMO_ACCOUNTS) await users.add({ id: crypto.randomUUID(), password: DEMO_PASSWORD, ...account })
}
