import { keyRing } from 'countersign'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeRecoveryCodes, RECOVERY_CODE_CHARACTERS } from '../../src/recovery-codes/make.ts'
import { RECOVERY_CODE_LENGTH, readRecoveryCode } from '../../src/recovery-codes/read.ts'
import { createVault } from '../../src/vault/vault.ts'
import { addPhone, createWorld, enrolled, PASSWORD, sealedIn, wrongCode } from '../world.ts'

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes))

describe('made', () => {
  test.each([
    ['sealed', 16, 80],
    ['hashed', 24, 120],
  ] as const)('%s, a code has %i characters of Crockford’s base32: %i bits [CS-CODES-01]', (keep, characters, bits) => {
    expect(RECOVERY_CODE_CHARACTERS[keep]).toBe(characters)
    expect(characters * Math.log2(CROCKFORD.length)).toBe(bits)
    for (const code of makeRecoveryCodes(20, characters, random)) {
      expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4})+$/)
      expect(code.replaceAll('-', '')).toHaveLength(characters)
    }
  })

  test('each character is as likely as any other', () => {
    const everyByte = (bytes: number) => Uint8Array.from({ length: bytes }, (_, index) => index & 255)
    const letters = makeRecoveryCodes(16, 16, everyByte).join('').replaceAll('-', '')
    for (const letter of CROCKFORD) expect(letters.split(letter)).toHaveLength(256 / 32 + 1)
  })

  test('each code has random bytes of its own', () => {
    const asked: number[] = []
    makeRecoveryCodes(10, 16, (bytes) => {
      asked.push(bytes)
      return random(bytes)
    })
    expect(asked.reduce((sum, bytes) => sum + bytes, 0)).toBe(160)
    const codes = Array.from({ length: 100 }, () => makeRecoveryCodes(20, 16, random)).flat()
    expect(new Set(codes).size).toBe(2000)
  })
})

describe('read', () => {
  const spelled = fc
    .tuple(fc.constantFrom(16, 24), fc.infiniteStream(fc.record({ lower: fc.boolean(), look: fc.nat(2) })))
    .map(([characters, styles]) => {
      const [code = ''] = makeRecoveryCodes(1, characters, random)
      const plain = code.replaceAll('-', '')
      const typed = [...plain].map((character) => {
        const { lower, look } = styles.next().value ?? { lower: false, look: 0 }
        const like = character === '0' ? '0O0'.charAt(look) : character === '1' ? '1IL'.charAt(look) : character
        return lower ? like.toLowerCase() : like
      })
      return { plain, typed: typed.join('') }
    })

  test('without regard to case, and to O for 0 and I or L for 1', () => {
    fc.assert(
      fc.property(spelled, ({ plain, typed }) => {
        expect(readRecoveryCode(typed)).toBe(plain)
      }),
      { numRuns: 300 },
    )
  })

  test('once is enough: the one spelling reads as itself', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        const once = readRecoveryCode(text)
        if (once !== null) expect(readRecoveryCode(once)).toBe(once)
      }),
    )
  })

  test('only ASCII letters and digits, of a length that a code can have', () => {
    const { min, max } = RECOVERY_CODE_LENGTH
    expect([min, max]).toEqual([10, 32])
    for (const good of ['A'.repeat(min), 'a'.repeat(max), '0123456789']) expect(readRecoveryCode(good)).not.toBeNull()
    const bad = [
      '',
      'A'.repeat(min - 1),
      'A'.repeat(max + 1),
      'ABCDEFGHI J',
      'ABCDEFGHIé',
      'ＡＢＣＤＥＦＧＨＩＪ',
      'ABCDE-FGHIJ',
    ]
    // The Kelvin sign and the long s become K and S in some languages' upper case.
    for (const text of [...bad, 'ABCDEFGHI\u212a', 'ABCDEFGHI\u017f', 'ABCDEFGHI\u0131']) {
      expect(readRecoveryCode(text)).toBeNull()
    }
  })
})

describe('kept', () => {
  test('sealed: one sealed value holds all, and using one seals nothing anew', async () => {
    const world = createWorld()
    const { recoveryCodes: [code = ''] = [] } = await addPhone(world, 'ann')
    const before = (await world.store.record('ann'))?.recoveryCodes
    await world.twoFactor.verify('ann', { code })
    const after = (await world.store.record('ann'))?.recoveryCodes
    expect(sealedIn(before)).toHaveLength(1)
    expect(after).toEqual({ ...before, usedAtMs: [world.clock.now(), ...Array.from({ length: 9 }, () => null)] })
    expect(after?.hashes).toEqual([])
  })

  test('hashed: SHA-256 of a random 32-byte pepper and the code; the pepper is sealed, the codes are nowhere [CS-CODES-02]', async () => {
    const peppers: Uint8Array[] = []
    const world = createWorld({
      recoveryCodes: { keep: 'hashed' },
      random: (bytes) => {
        const made = random(bytes)
        if (bytes === 32) peppers.push(made)
        return made
      },
    })
    const { recoveryCodes = [] } = await addPhone(world, 'ann')
    const stored = (await world.store.record('ann'))?.recoveryCodes
    const [pepper = new Uint8Array()] = peppers
    const vault = createVault(keyRing(world.keys), random)
    expect(vault.open({ purpose: 'recovery-pepper', userId: 'ann' }, stored?.sealed ?? '')).toEqual(pepper)
    const hashes = await Promise.all(
      recoveryCodes.map(async (code) => {
        const bytes = new TextEncoder().encode(code.replaceAll('-', ''))
        const digest = await crypto.subtle.digest('SHA-256', Uint8Array.from([...pepper, ...bytes]))
        return Buffer.from(digest).toString('base64url')
      }),
    )
    expect([peppers.length, stored?.hashes]).toEqual([1, hashes])
    expect(JSON.stringify(stored)).not.toContain(Buffer.from(pepper).toString('base64url'))
    await world.twoFactor.regenerateRecoveryCodes('ann', { proof: { password: PASSWORD } })
    expect(peppers).toHaveLength(2)
    expect(peppers[1]).not.toEqual(pepper)
  })

  test('the length decides what is an attempt: a code of no length that the user has costs nothing', async () => {
    const world = createWorld()
    const { phone } = await enrolled(world)
    for (const code of ['A'.repeat(15), 'A'.repeat(17), 'A'.repeat(24), 'A'.repeat(32)]) {
      expect(await world.twoFactor.verify('ann', { code })).toMatchObject({ reason: 'wrong-code' })
    }
    expect(world.store.saves).toBe(0)
    await world.twoFactor.verify('ann', { code: 'A'.repeat(16) })
    await world.twoFactor.verify('ann', { code: wrongCode(world, phone) })
    expect(world.store.saves).toBe(2)
  })
})
