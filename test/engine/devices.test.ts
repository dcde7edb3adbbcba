import { generateKey, keyRing } from 'countersign'
import { describe, expect, test } from 'vitest'
import { issueDevice, isTrusted, readDeviceName, trustedDevice } from '../../src/engine/devices.ts'
import { emptyRecord, type StoredTrustedDevice } from '../../src/engine/record.ts'
import { randomBytes } from '../../src/vault/random.ts'
import { createVault } from '../../src/vault/vault.ts'
import { DAY, START } from '../world.ts'

const until = (id: string, expiresAtMs: number): StoredTrustedDevice => ({
  id,
  name: '',
  createdAtMs: START,
  expiresAtMs,
})
const laptop = until('laptop', START + 30 * DAY)

describe('trust', () => {
  test('lasts as long as both its own end and the days that are set now', () => {
    expect(isTrusted(laptop, 30, START + 30 * DAY - 1)).toBe(true)
    expect(isTrusted(laptop, 60, START + 30 * DAY)).toBe(false)
    expect(isTrusted(laptop, 7, START + 7 * DAY - 1)).toBe(true)
    expect(isTrusted(laptop, 7, START + 7 * DAY)).toBe(false)
  })

  test('is none where devices are not trusted, by no clock', () => {
    for (const nowMs of [START - 1, START, START + 1]) expect(isTrusted(laptop, null, nowMs)).toBe(false)
  })

  test('belongs to the device that its token names', () => {
    const record = { ...emptyRecord(), trustedDevices: [until('tablet', START + DAY), laptop] }
    const claims = { enrollment: 'now', expiresAtMs: START + DAY, trustedId: 'laptop', method: null }
    expect(trustedDevice(record, claims, 30, START)).toBe(laptop)
    expect(trustedDevice(record, { ...claims, trustedId: 'phone' }, 30, START)).toBeNull()
    expect(trustedDevice(record, { ...claims, trustedId: null }, 30, START)).toBeNull()
    expect(trustedDevice(record, null, 30, START)).toBeNull()
  })
})

test('new trust drops the entries that have ended, without an event, and keeps the others', () => {
  const ended = until('ended', START)
  const ending = until('ending', START + 1)
  const record = { ...emptyRecord(), enrollment: 'now', trustedDevices: [ended, ending, laptop] }
  const passed = {
    userId: 'ann',
    method: 'totp',
    trusted: null,
    trust: true,
    name: 'Phone',
    presented: undefined,
  } as const
  const vault = createVault(keyRing(generateKey()), randomBytes)
  const issued = issueDevice(record, { ...passed, nowMs: START }, { vault, random: randomBytes, trustDeviceDays: 30 })
  const fresh = { ...until(expect.any(String), START + 30 * DAY), name: 'Phone' }
  expect(issued.record.trustedDevices).toEqual([ending, laptop, fresh])
  expect(issued.events).toEqual([{ type: 'device.trusted', deviceId: issued.record.trustedDevices[2]?.id }])
})

describe('the name of a device', () => {
  test('is printable text without blanks around it', () => {
    expect(readDeviceName('  Ann’s\u0000 laptop \n')).toBe('Ann’s laptop')
    for (const none of [undefined, null, 1, ['Laptop'], '', ' \t']) expect(readDeviceName(none)).toBe('')
  })

  test('is looked for in the first 256 characters', () => {
    expect(readDeviceName(`${'\u0000'.repeat(255)}Laptop`)).toBe('L')
    expect(readDeviceName(`${'\u0000'.repeat(256)}Laptop`)).toBe('')
  })

  test('is cut after 64 bytes as JSON, between two characters', () => {
    expect(readDeviceName('x'.repeat(65))).toBe('x'.repeat(64))
    expect(readDeviceName('"'.repeat(65))).toBe('"'.repeat(32))
    expect(readDeviceName(`${'x'.repeat(61)}🦊`)).toBe('x'.repeat(61))
    expect(readDeviceName(`${'x'.repeat(60)}🦊`)).toBe(`${'x'.repeat(60)}🦊`)
  })
})
