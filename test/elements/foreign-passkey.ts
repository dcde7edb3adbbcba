import { virtualAuthenticator, virtualPasskey } from 'countersign/testing'
import { publicKeyOf } from '../passkeys/node-crypto.ts'
import { type Backend, PASSWORD } from './server.ts'
import type { Phone } from './visitor.ts'

const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

/** The user moves in with an app and a passkey of another site's. Returns the app. */
export async function importForeignPasskey({ twoFactor, clock }: Backend, userId: string): Promise<Phone> {
  const elsewhere = virtualPasskey({ rpId: 'old.example', origin: 'https://old.example' })
  const begun = await twoFactor.beginSetup('someone', {
    type: 'passkey',
    accountName: 'someone',
    proof: { password: PASSWORD },
  })
  if (!begun.ok) throw new Error(begun.reason)
  const created = await elsewhere.create({ ...begun.options, rp: { id: 'old.example', name: 'Old' } })
  const passkey = { credentialId: created.id, publicKey: publicKeyOf(created), rpId: 'old.example', name: 'Old key' }
  await twoFactor.admin.importUser(userId, {
    authenticators: [{ secret: SECRET }],
    passkeys: [{ ...passkey, userHandle: Buffer.alloc(32, 7).toString('base64url') }],
  })
  return virtualAuthenticator(`otpauth://totp/phone?secret=${SECRET}`, { now: clock.now })
}
