import { createTwoFactor } from 'countersign'
import { atTheBarrier, type Outcome, type Round } from '../race.ts'
import { ENV, openBackend } from './backend.ts'
import { racePasskeys } from './passkeys.ts'

/** A process of a race: answers a round with 'ready', and the starting shot after it with what came of the sign-ins. */
const { store } = await openBackend(process.env[ENV.module] ?? '', process.env[ENV.target] ?? '')
const [keys] = process.argv.slice(2)

let start: (() => Promise<Outcome[]>) | null = null
process.on('message', async (message: Round | 'go') => {
  if (message === 'go') {
    process.send?.(await start?.())
    return
  }
  const { nowMs, passkey } = message
  const passkeys = passkey === undefined ? undefined : await racePasskeys()
  const now = () => nowMs
  const twoFactor = createTwoFactor({ issuer: 'Acme', store, keys, now, verifyPassword: () => true, passkeys })
  start = await atTheBarrier(twoFactor, message)
  process.send?.('ready')
})
process.on('disconnect', () => process.exit())
process.send?.('ready')
