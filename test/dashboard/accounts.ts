import { DEMO_ACCOUNTS, DEMO_PASSWORD } from '../../examples/dashboard/server/demo-accounts.ts'

/** The ready accounts: one to try things with, one that must have a second factor, an administrator. */
export const [{ login: ALEX }, { login: SAM }, { login: DANA }] = DEMO_ACCOUNTS
export const PASSWORD: string = DEMO_PASSWORD
