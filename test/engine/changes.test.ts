import { generateKey, keyRing } from 'countersign'
import { describe, expect, test } from 'vitest'
import { withChange } from '../../src/engine/changes.ts'
import { sealDevice } from '../../src/engine/device-token.ts'
import type { EventDetails } from '../../src/engine/events.ts'
import { emptyRecord, type StoredTrustedDevice, type UserRecord } from '../../src/engine/record.ts'
import { randomBytes } from '../../src/vault/random.ts'
import { createVault } from '../../src/vault/vault.ts'
import { DAY, START } from '../world.ts'

const entry = (id: string, name: string): StoredTrustedDevice => ({
  id,
  name,
  createdAtMs: START,
  expiresAtMs: START + 30 * DAY,
})
const LAPTOP = entry('laptop', 'Laptop')
const TABLET = entry('tablet', 'Tablet')
const trusting = (...trustedDevices: StoredTrustedDevice[]): UserRecord => ({
  ...emptyRecord(),
  enrollment: 'now',
  trustedDevices,
})

/** The line of a write by the laptop, and how many tokens were opened for it. */
function lineOf(before: UserRecord | null, record: UserRecord, events: EventDetails[]) {
  const vault = createVault(keyRing(generateKey()), randomBytes)
  const claims = { enrollment: 'now', expiresAtMs: START + DAY, trustedId: 'laptop', method: null }
  const device = sealDevice(vault, 'ann', claims)
  let opened = 0
  const counting: typeof vault = {
    ...vault,
    openText: (...asked) => {
      opened += 1
      return vault.openText(...asked)
    },
  }
  const { changes } = withChange(before, record, events, { userId: 'ann', device }, counting, START)
  return { line: changes[0], opened }
}

describe('the line of a change', () => {
  test('names the trusted device that made it, by its token', () => {
    const record = trusting(LAPTOP, TABLET)
    expect(lineOf(record, record, [{ type: 'password.changed' }])).toEqual({
      line: { type: 'password.changed', atMs: START, device: { id: 'laptop', name: 'Laptop' } },
      opened: 1,
    })
  })

  test('names none, and opens no token, if no device was trusted', () => {
    for (const before of [null, trusting()]) {
      expect(lineOf(before, trusting(), [{ type: 'two-factor.imported' }])).toEqual({
        line: { type: 'two-factor.imported', atMs: START },
        opened: 0,
      })
    }
  })

  test('names the device that it trusts, and opens no token', () => {
    const event: EventDetails = { type: 'device.trusted', deviceId: 'tablet' }
    expect(lineOf(trusting(LAPTOP), trusting(LAPTOP, TABLET), [event])).toEqual({
      line: { type: 'device.trusted', atMs: START, device: { id: 'tablet', name: 'Tablet' } },
      opened: 0,
    })
  })
})

describe('the device whose trust ended', () => {
  const ended = (deviceId: string): EventDetails => ({ type: 'device.untrusted', deviceId })
  const untrusted = (before: UserRecord | null, ...events: EventDetails[]) =>
    lineOf(before, trusting(), events).line?.untrusted

  test('is named if it is the only one, and nothing else happened', () => {
    const before = trusting(LAPTOP, TABLET)
    expect(untrusted(before, ended('tablet'))).toEqual({ id: 'tablet', name: 'Tablet' })
    expect(untrusted(before, ended('laptop'), ended('tablet'))).toBeUndefined()
    expect(untrusted(before, ended('tablet'), { type: 'password.changed' })).toBeUndefined()
  })

  test('is not named if it was in no list', () => {
    expect(untrusted(trusting(LAPTOP), ended('tablet'))).toBeUndefined()
    expect(untrusted(null, ended('tablet'))).toBeUndefined()
  })

  test('is not one that became trusted', () => {
    expect(untrusted(trusting(TABLET), { type: 'device.trusted', deviceId: 'tablet' })).toBeUndefined()
  })
})
