import { describe, expect, test } from 'vitest'
import { DEVICE_MS, sealDevice } from '../../src/engine/device-token.ts'
import { emptyRecord, type UserRecord } from '../../src/engine/record.ts'
import { type Visitor, VisitorAttempt, visitorOf } from '../../src/engine/visitor.ts'
import { keyRing } from '../../src/vault/key-ring.ts'
import { createVault } from '../../src/vault/vault.ts'
import { createWorld, DAY, START } from '../world.ts'

/** A visitor with a device token of this enrollment, and how often it was opened. */
function visiting({ trustedId = null as string | null, trusted = [] as UserRecord['trustedDevices'] } = {}) {
  const world = createWorld()
  const vault = createVault(keyRing(world.keys), world.random)
  let opened = 0
  const counting: typeof vault = {
    ...vault,
    openText(...given) {
      opened += 1
      return vault.openText(...given)
    },
  }
  const claims = { enrollment: 'now', expiresAtMs: START + DEVICE_MS, trustedId, method: 'totp' } as const
  const device = sealDevice(vault, 'ann', claims)
  const record: UserRecord = { ...emptyRecord(), enrollment: 'now', trustedDevices: trusted }
  const visitor = visitorOf(record, { userId: 'ann', device, nowMs: START, vault: counting, trustDeviceDays: 30 })
  return { visitor, opened: () => opened }
}

describe('a visitor', () => {
  test('is known by the device token, which is opened once, and only when it is asked for', () => {
    const { visitor, opened } = visiting()
    expect(opened()).toBe(0)
    expect([visitor.pool, visitor.lastMethod, visitor.pool]).toEqual(['known', 'totp', 'known'])
    expect(opened()).toBe(1)
  })

  test('of a user without trusted devices is asked for none: the token stays closed', () => {
    const { visitor, opened } = visiting({ trustedId: 'laptop' })
    expect([visitor.trusted, opened()]).toEqual([null, 0])
  })

  test('is trusted as the device in the list that the token names', () => {
    const laptop = { id: 'laptop', name: 'Laptop', createdAtMs: START, expiresAtMs: START + 30 * DAY }
    expect(visiting({ trustedId: 'laptop', trusted: [laptop] }).visitor.trusted).toBe(laptop)
    expect(visiting({ trustedId: 'other', trusted: [laptop] }).visitor.trusted).toBe(null)
    expect(visiting({ trusted: [laptop] }).visitor.trusted).toBe(null)
  })

  test('without a token is a stranger', () => {
    const world = createWorld()
    const vault = createVault(keyRing(world.keys), world.random)
    const context = { userId: 'ann', device: undefined, nowMs: START, vault, trustDeviceDays: 30 }
    const visitor = visitorOf({ ...emptyRecord(), enrollment: 'now' }, context)
    expect([visitor.pool, visitor.trusted, visitor.lastMethod]).toEqual(['strangers', null, null])
  })
})

describe('an attempt', () => {
  const of = (pool: Visitor['pool'], authenticators?: number) => {
    let asked = 0
    const visitor: Visitor = {
      get pool() {
        asked += 1
        return pool
      },
      trusted: null,
      lastMethod: null,
    }
    const attempt = new VisitorAttempt('code', visitor, authenticators)
    return { attempt, weight: attempt.weight, asked }
  }

  test('of a stranger counts once for each authenticator that it could match, of a known device once', () => {
    expect([1, 2, 5].map((count) => of('strangers', count).weight)).toEqual([1, 2, 5])
    expect([1, 2, 5].map((count) => of('known', count).weight)).toEqual([1, 1, 1])
    expect([of('strangers', 0).weight, of('known', 0).weight, of('strangers').weight]).toEqual([1, 1, 1])
  })

  test('does not ask who it is if that makes no difference', () => {
    expect([of('strangers', 1).asked, of('strangers', 2).asked]).toEqual([0, 1])
    expect(of('known').attempt).toMatchObject({ kind: 'code', pool: 'known' })
  })
})
