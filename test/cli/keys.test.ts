/** `key rotate`: which step of a rotation is next, by the ring, the records, and which key is said to be the new one. */
import { createTwoFactor, generateKey, memoryStore, type UserStore } from 'countersign'
import { beforeEach, describe, expect, test } from 'vitest'
import { nextRotationStep } from '../../src/cli/keys.ts'
import type { Output } from '../../src/cli/output.ts'

const quiet: Output = { print() {}, say() {}, json() {}, progress() {} }
const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
const [k1, k2, k3] = [generateKey('k1'), generateKey('k2'), generateKey('k3')]

let store: UserStore
beforeEach(() => {
  store = memoryStore()
})

const under = (keys: string) => createTwoFactor({ issuer: 'Acme', store, keys })
async function enroll(keys: string, ...userIds: string[]) {
  for (const userId of userIds) {
    const imported = { authenticators: [{ secret: SECRET }], recoveryCodes: ['abcd-efgh-jkmn'] }
    await under(keys).admin.importUser(userId, imported)
  }
}
const next = (keys: string, newId?: string) => nextRotationStep(keys, newId, store, quiet)

describe('key rotate', () => {
  test('step 1: appends a new key, and names it for the next step', async () => {
    const { step, text, newKey = '' } = await next(k1)
    expect(step).toBe(1)
    expect(text).toContain(`<the key k1, as it is>,${newKey}`)
    expect(text).toContain(`key rotate --new ${newKey.split(':')[0]}`)
    expect(text).not.toContain(k1)
  })

  test('with two keys it asks which is the new one, and says how many records need each', async () => {
    await enroll(k1, 'ann', 'ben')
    const { step, text, records } = await next(`${k1},${k2}`)
    expect({ step, records }).toEqual({ step: null, records: { k1: 2, k2: 0 } })
    expect(text).toContain('npx countersign key rotate --new k2')
    expect(text).not.toContain(k1.slice(3))
  })

  test('step 2: the new key stands behind', async () => {
    await enroll(k1, 'ann')
    const { step, text } = await next(`${k1},${k2}`, 'k2')
    expect(step).toBe(2)
    expect(text).toContain('COUNTERSIGN_KEYS is\n  <the key k2, as it is>,<the key k1, as it is>\n')
    expect(text).not.toContain('already')
  })

  test('step 2: warns if the key that is said to be new has sealed records', async () => {
    await enroll(k2, 'ann')
    expect((await next(`${k1},${k2}`, 'k2')).text).toContain('1 records are already under k2')
  })

  test('step 3: not before no record needs the old key', async () => {
    await enroll(k1, 'ann', 'ben')
    const ring = `${k2},${k1}`
    const early = await next(ring, 'k2')
    expect(early).toMatchObject({ step: 3, records: { k2: 0, k1: 2 } })
    expect(early.text).toContain('Records still need k1')
    expect(early.text).not.toContain('Remove it')
    await under(ring).admin.reseal('ann')
    expect((await next(ring, 'k2')).text).toContain('Records still need k1')
    await under(ring).admin.reseal('ben')
    const { text, records } = await next(ring, 'k2')
    expect(records).toEqual({ k2: 2, k1: 0 })
    expect(text).toContain('no record needs k1. Remove it, so that COUNTERSIGN_KEYS is\n  <the key k2, as it is>\n')
  })

  test('step 3: a record that cannot be read, a key outside the ring, and a store that lists nobody keep the old key', async () => {
    const ring = `${k2},${k1}`
    await enroll(k3, 'ann')
    expect((await next(ring, 'k2')).records).toEqual({ k2: 0, k1: 0, k3: 1 })
    const { load, save } = store
    const unlisted = await nextRotationStep(ring, 'k2', { load, save }, quiet)
    expect(unlisted.text).toContain('run npx countersign reseal')
    expect((await nextRotationStep(ring, 'k2', null, quiet)).text).toContain('run npx countersign reseal')
    const broken: UserStore = { ...store, load: async () => ({ record: { schema: 99 }, version: 'v' }) }
    const unreadable = await nextRotationStep(ring, 'k2', broken, quiet)
    expect(unreadable.records).toEqual({ k2: 0, k1: 0, unreadable: 1 })
    expect(unreadable.text).not.toContain('Remove it')
  })

  test('refuses a key that the ring does not have', async () => {
    await expect(next(`${k1},${k2}`, 'k9')).rejects.toThrow('The ring has no key k9. It has: k1, k2.')
  })
})
