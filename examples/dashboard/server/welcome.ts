import { relative } from 'node:path'
import { DEMO_ACCOUNTS, DEMO_PASSWORD } from './demo-accounts.ts'

const WHAT_FOR = {
  'alex@acme.example': 'set up two-factor authentication with the app on your phone',
  'sam@acme.example': 'must have it: is led through the setup at sign-in',
  'dana@acme.example': 'administrator: requires, resets and unlocks it for others',
} satisfies Record<(typeof DEMO_ACCOUNTS)[number]['login'], string>

export interface WelcomeFacts {
  url: string
  dataFolder: string
  /** Null: the keys come from the environment. */
  keyFile: string | null
  /** On the database of DATABASE_URL; without one, none. */
  notes: readonly string[]
}

/** What the terminal shows once the dashboard is up. */
export function welcome({ url, dataFolder, keyFile, notes }: WelcomeFacts): string {
  const near = (path: string) => (relative(process.cwd(), path).startsWith('..') ? path : relative(process.cwd(), path))
  return `
  Acme Cloud is up:  ${url}

  Accounts, all with the password  ${DEMO_PASSWORD}
${DEMO_ACCOUNTS.map(({ login }) => `    ${login.padEnd(20)} ${WHAT_FOR[login]}`).join('\n')}

  Try
    1. Sign in as alex. Settings > Account > Set Up Two-Factor Authentication; scan the code with your phone.
    2. Sign out and in again: with a code from the app, with a recovery code, with "Don't ask again".
    3. Settings > Account > Add a Passkey or Security Key (the browser offers it at localhost and over https only).
    4. Settings > Tokens > New Token, and use it from a script:
       curl -H 'Authorization: Bearer acme_…' ${url}/api/v1/me
    5. Sign in as dana and look at Users.
    6. From a script, the password (and the rest in examples/dashboard/README.md):
       curl -c jar -H 'Origin: ${url}' -H 'Content-Type: application/json' ${url}/api/SignIn \\
         -d '{"login":"alex@acme.example","password":"${DEMO_PASSWORD}"}'

  Data  ${near(dataFolder)} (delete the folder to start over)
  Keys  ${keyFile === null ? 'COUNTERSIGN_KEYS' : `${near(keyFile)} (readable by you only; in production, keep keys apart from the data)`}
${notes.length === 0 ? '' : `  DATABASE_URL\n${notes.map((note) => `    ${note}\n`).join('')}`}
  Mail that would be sent:
`
}
