import { decodeBase32 } from 'countersign/otp'
import { expect, test } from 'vitest'

/** The same tests run against src and against the packed package, on Node and on other runtimes: is that so? */
test('the tests run against what they are meant to, on the runtime they are meant to', () => {
  const packed = process.env['COUNTERSIGN_PACKED']
  expect(stackOf(() => decodeBase32('1'))).toContain(packed ? `${packed}/node_modules/countersign/dist/` : '/src/otp/')
  expect(process.versions['deno'] !== undefined).toBe(process.env['COUNTERSIGN_RUNTIME'] === 'deno')
})

function stackOf(work: () => void): string {
  try {
    work()
  } catch (error) {
    return error instanceof Error ? String(error.stack).replaceAll('\\', '/') : ''
  }
  return ''
}
