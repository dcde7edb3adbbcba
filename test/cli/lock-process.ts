/** Tries to take a lock at each 'take', and gives it back at each 'free'. Answers 'took', or the message of the refusal. */
import { lock } from '../../src/cli/lock.ts'

const path = process.argv[2] ?? ''
let unlock = () => {}

process.on('message', (message) => {
  if (message === 'free') {
    unlock()
    unlock = () => {}
    process.send?.('free')
    return
  }
  try {
    unlock = lock(path)
    process.send?.('took')
  } catch (error) {
    process.send?.(error instanceof Error ? error.message : 'failed')
  }
})
process.send?.('ready')
