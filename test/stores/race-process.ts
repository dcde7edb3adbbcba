import { createTwoFactor } from 'countersign'
import { sqliteDrivers } from './databases.ts'
import { racePasskeys } from './exactly-once/passkeys.ts'
import { atTheBarrier, type Outcome, type Round } from './race.ts'

/** A process of the race: answers a round with 'ready', and the starting shot after it with what came of the sign-ins. */
const [driverName, path = '', keys] = process.argv.slice(2)
const driver = (await sqliteDrivers(() => undefined)).find(({ name }) => name === driverName)
if (driver === undefined) throw new Error(`There is no ${driverName}.`)
const database = driver.open(path)

let start: (() => Promise<Outcome[]>) | null = null
process.on('message', async (message: Round | 'go') => {
  if (message === 'go') {
    process.send?.(await start?.())
    return
  }
  const twoFactor = createTwoFactor({
    issuer: 'Acme',
    store: database.store(message.isAudited === true ? { audit: {} } : {}),
    keys,
    now: () => message.nowMs,
    verifyPassword: () => true,
    passkeys: message.passkey === undefined ? undefined : await racePasskeys(),
  })
  start = await atTheBarrier(twoFactor, message)
  process.send?.('ready')
})
process.send?.('ready')
