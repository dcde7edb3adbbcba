import { appendFile } from 'node:fs/promises'
import { createClient } from '@libsql/client'
import * as webauthn from '@simplewebauthn/server'
import { createTwoFactor } from 'countersign'
import { mailFor } from 'countersign/mail'
import { passkeyVerifier } from 'countersign/passkeys'
import { libsqlStore, migrate } from 'countersign/stores/libsql'

const { DATABASE, COUNTERSIGN_KEYS, PORT, MAIL_SINK } = process.env
const client = createClient({ url: DATABASE })
await migrate(client)

export const checkPassword = (_userId, password) => password === 'correct horse battery staple'

const mailer = { send: (mail) => appendFile(MAIL_SINK, `${JSON.stringify(mail)}\n`) }

export const twoFactor = createTwoFactor({
  issuer: 'Acme Cloud',
  store: libsqlStore(client),
  keys: COUNTERSIGN_KEYS,
  verifyPassword: checkPassword,
  passkeys: passkeyVerifier({ webauthn, rpId: 'localhost', origins: [`http://localhost:${PORT}`] }),
  onEvent: async (event) => {
    const mail = mailFor(event, { product: 'Acme Cloud', settingsUrl: 'https://app.example.com/security' })
    if (mail) await mailer.send({ to: event.userId, ...mail })
  },
})
