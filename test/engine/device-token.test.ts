import { generateKey, keyRing } from 'countersign'
import { describe, expect, test } from 'vitest'
import {
  type DeviceClaims,
  deviceIdOf,
  devicesOfOthers,
  findDevice,
  MAX_DEVICES,
  openDevice,
  sealDevice,
} from '../../src/engine/device-token.ts'
import { randomBytes } from '../../src/vault/random.ts'
import { createVault } from '../../src/vault/vault.ts'
import { DAY, START } from '../world.ts'

const newVault = () => createVault(keyRing(generateKey('k')), randomBytes)
const claims: DeviceClaims = { enrollment: 'now', expiresAtMs: START + DAY, trustedId: null, method: 'totp' }
const current = { enrollment: 'now', keptDevice: null }

describe('a device token', () => {
  test('makes its browser known under the enrollment in which it was made', () => {
    const vault = newVault()
    const token = sealDevice(vault, 'ann', claims)
    expect(openDevice(vault, 'ann', token, current, START)).toEqual(claims)
    expect(openDevice(vault, 'ben', token, current, START)).toBeNull()
    expect(openDevice(vault, 'ann', token, { ...current, enrollment: 'later' }, START)).toBeNull()
  })

  test('that was kept when the others were forgotten is good under the next enrollment', () => {
    const vault = newVault()
    const [kept, other] = [sealDevice(vault, 'ann', claims), sealDevice(vault, 'ann', claims)]
    const later = { enrollment: 'later', keptDevice: deviceIdOf(kept) }
    expect(openDevice(vault, 'ann', kept, later, START)).toEqual(claims)
    expect(openDevice(vault, 'ann', other, later, START)).toBeNull()
  })

  test('is nobody’s without an enrollment, even the one that was kept', () => {
    const vault = newVault()
    const token = sealDevice(vault, 'ann', claims)
    expect(openDevice(vault, 'ann', token, { enrollment: null, keptDevice: deviceIdOf(token) }, START)).toBeNull()
  })

  test('is opened if it has 512 characters, and not if it has more', () => {
    const vault = newVault()
    const lengths = { opened: [] as number[], refused: [] as number[] }
    for (let characters = 200; characters < 320; characters += 1) {
      const enrollment = 'x'.repeat(characters)
      const token = sealDevice(vault, 'ann', { ...claims, enrollment })
      const isOpened = openDevice(vault, 'ann', token, { enrollment, keptDevice: null }, START) !== null
      lengths[isOpened ? 'opened' : 'refused'].push(token.length)
    }
    expect(Math.max(...lengths.opened)).toBe(512)
    expect(Math.min(...lengths.refused)).toBe(513)
  })
})

describe('a list of device tokens', () => {
  test('of several users has those of others, without what is no text', () => {
    const vault = newVault()
    const [anns, bens] = [sealDevice(vault, 'ann', claims), sealDevice(vault, 'ben', claims)]
    expect(devicesOfOthers(vault, 'ann', [1, bens, null, anns])).toEqual([bens])
  })

  test('is read up to its fifth item', () => {
    const vault = newVault()
    const token = sealDevice(vault, 'ann', claims)
    const behind = (others: number) => [...Array.from({ length: others }, () => 'other'), token]
    expect(findDevice(vault, 'ann', behind(MAX_DEVICES - 1), current, START)).toEqual({ token, claims })
    expect(findDevice(vault, 'ann', behind(MAX_DEVICES), current, START)).toBeNull()
    expect(devicesOfOthers(vault, 'ann', behind(MAX_DEVICES))).toHaveLength(MAX_DEVICES)
  })
})
