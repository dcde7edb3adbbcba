import { createClient } from '@libsql/client'
import { CountersignError, createTwoFactor } from 'countersign'
import { libsqlStore } from 'countersign/stores/libsql'
import type { Asked } from './instance.ts'

/** One instance of a service, in a process of its own: it does what it is told to, under the key ring that it is told. */
const [url = ''] = process.argv.slice(2)
const store = libsqlStore(createClient({ url }))

process.on('message', async ({ keys, nowMs, operation, userId, token, code }: Asked) => {
  const twoFactor = createTwoFactor({ issuer: 'Acme', store, keys, now: () => nowMs, verifyPassword: () => true })
  const device = token
  const proof = { password: 'p' }
  const operations = {
    challenge: () => twoFactor.challenge(userId, { device }),
    completeChallenge: () => twoFactor.completeChallenge(token, { code, trustDevice: true }),
    verify: () => twoFactor.verify(userId, { code }),
    reseal: () => twoFactor.admin.reseal(userId),
    beginSetup: () => twoFactor.beginSetup(userId, { proof }),
    resumeSetup: () => twoFactor.resumeSetup(userId, { token }),
    viewRecoveryCodes: () => twoFactor.viewRecoveryCodes(userId, { proof }),
    regenerateRecoveryCodes: () => twoFactor.regenerateRecoveryCodes(userId, { proof: { token } }),
  }
  try {
    process.send?.(await operations[operation]())
  } catch (error) {
    process.send?.({ fault: error instanceof CountersignError ? error.code : String(error) })
  }
})
process.send?.('ready')
