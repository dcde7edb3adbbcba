import { expect, test, vi } from 'vitest'
import { createTwoFactor, generateKey, memoryStore } from '../../src/index.ts'
import { drawnAhead } from '../../src/vault/random.ts'

/** A generator that counts: no two of its bytes pairs are the same, so a pair tells where it was drawn. */
function counting() {
  const drawn: number[] = []
  let next = 0
  const random = (count: number) => {
    drawn.push(count)
    return Uint8Array.from({ length: count }, (_, index) => (index % 2 === 0 ? next >> 8 : next++ & 0xff))
  }
  return { random, drawn }
}

function pairs(bytes: Uint8Array): number[] {
  return Array.from(
    { length: bytes.length / 2 },
    (_, index) => ((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0),
  )
}

test('no byte that was drawn ahead is handed out twice, whatever lengths are asked for', () => {
  const { random } = counting()
  const nonces = drawnAhead(random, () => 0)
  const lengths = [24, 16, 24, 10, 500, 512, 600, 24, 2, 510, 2]
  const seen = [...lengths, ...lengths].flatMap((length) => {
    const bytes = nonces(length)
    expect(bytes).toHaveLength(length)
    return pairs(bytes)
  })
  expect(new Set(seen).size).toBe(seen.length)
})

test('bytes are drawn many at once, and nothing is drawn before any are asked for', () => {
  const { random, drawn } = counting()
  const nonces = drawnAhead(random, () => 0)
  expect(drawn).toEqual([])
  for (let count = 0; count < 21; count++) nonces(24)
  expect(drawn).toEqual([512])
  nonces(24)
  expect(drawn).toEqual([512, 512])
})

test('the last byte of a batch is handed out before another is drawn', () => {
  const { random, drawn } = counting()
  const nonces = drawnAhead(random, () => 0)
  for (let count = 0; count < 32; count++) nonces(16)
  expect(drawn).toEqual([512])
})

test.each([
  ['a second later', 1000],
  ['after the clock went back', -1],
])('no byte is handed out %s', (_, laterMs) => {
  const { random, drawn } = counting()
  let nowMs = 5000
  const nonces = drawnAhead(random, () => nowMs)
  nonces(24)
  nowMs += 999
  nonces(24)
  expect(drawn).toHaveLength(1)
  nowMs = 5000 + laterMs
  nonces(24)
  expect(drawn).toHaveLength(2)
})

test('secrets and recovery codes are drawn when they are needed, each for itself', async () => {
  const draws: number[] = []
  const getRandomValues = crypto.getRandomValues.bind(crypto)
  const spy = vi.spyOn(crypto, 'getRandomValues').mockImplementation((bytes) => {
    draws.push(bytes?.byteLength ?? 0)
    return getRandomValues(bytes)
  })
  try {
    const options = { issuer: 'Acme Cloud', store: memoryStore(), keys: generateKey(), verifyPassword: () => true }
    draws.length = 0
    const twoFactor = createTwoFactor(options)
    expect(draws).toEqual([])
    await twoFactor.beginSetup('ann', { proof: { password: 'any' }, accountName: 'ann@example.com' })
    expect(draws).toContain(20)
    expect(draws.filter((count) => count === 512)).toHaveLength(1)
  } finally {
    spy.mockRestore()
  }
})
