import { describe, expect, test } from 'vitest'
import { MINUTE, START } from '../world.ts'
import { createTokenWorld, staff } from './world.ts'

const asked = { name: 'Script', ...staff }
const refused = (reason: string) => ({ ok: false, reason, retryAfterSeconds: null })

describe('good tokens', () => {
  test('are 50 at most for each user', async () => {
    const { tokens, issued } = createTokenWorld()
    for (const _ of Array.from({ length: 50 })) await issued()
    expect(await tokens.admin.issue('ann', asked)).toEqual(refused('limit-reached'))
    expect(await tokens.admin.issue('bob', asked)).toMatchObject({ ok: true })
  })

  test('that expired do not count, and are deleted, oldest first, if room is needed', async () => {
    const { tokens, issued, clock, tokenStore } = createTokenWorld()
    const expiring = []
    for (let number = 0; number < 30; number += 1) {
      expiring.push(await issued('ann', { name: `Expiring ${number}`, expiresAtMs: START + MINUTE + number }))
    }
    clock.advance({ seconds: 120 })
    for (let number = 0; number < 20; number += 1) await issued()
    expect(await tokens.list('ann')).toHaveLength(50)
    for (let number = 0; number < 10; number += 1) await issued()
    const left = (await tokens.list('ann')).filter(({ name }) => name.startsWith('Expiring'))
    expect(left.map(({ name }) => name).sort()).toEqual(
      Array.from({ length: 20 }, (_, index) => `Expiring ${index + 10}`).sort(),
    )
    expect(await tokens.verify(expiring[9]?.token)).toEqual(refused('unknown'))
    expect(await tokens.verify(expiring[10]?.token)).toEqual(refused('expired'))
    for (let number = 0; number < 20; number += 1) await issued()
    expect(await tokens.admin.issue('ann', asked)).toEqual(refused('limit-reached'))
    expect(await tokenStore.rows()).toHaveLength(50)
  })
})

describe('revoked tokens', () => {
  test('are remembered as such, the last 50 of a user; the oldest go with the next issue', async () => {
    const { tokens, issued, clock, tokenStore } = createTokenWorld()
    const revoked = []
    for (let number = 0; number < 60; number += 1) {
      const one = await issued()
      await tokens.revoke('ann', { id: one.id })
      revoked.push(one)
      clock.advance({ seconds: 1 })
    }
    await issued()
    expect(await tokenStore.rows()).toHaveLength(51)
    const reasons = await Promise.all(revoked.map(({ token }) => tokens.verify(token)))
    expect(reasons).toEqual(revoked.map((_, index) => refused(index < 10 ? 'unknown' : 'revoked')))
  })

  test('whatever a user does, a hundred rows are the most that a quiet moment shows', async () => {
    const { tokens, issued, clock, tokenStore } = createTokenWorld()
    for (let round = 0; round < 4; round += 1) {
      for (let number = 0; number < 50; number += 1) await issued('ann', { expiresAtMs: clock.now() + MINUTE })
      await tokens.revokeAll('ann')
      clock.advance({ seconds: 61 })
    }
    expect((await tokenStore.rows()).length).toBeLessThanOrEqual(100)
  })
})
