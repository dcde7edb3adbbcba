import { generateKey } from 'countersign'
import { decodeBase32, generateSecret, generateTotp } from 'countersign/otp'
import { enroll } from 'countersign/testing'
import { describe, expect, test } from 'vitest'
import {
  addPhone,
  createWorld,
  enrolled,
  faultOf,
  PASSWORD,
  START,
  sealedIn,
  signIn,
  untyped,
  wrongCode,
} from '../world.ts'

const staff = { by: 'sam@support', note: 'ticket 4711' }
const SECRETS = { plain: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', other: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' }
const proof = { password: PASSWORD }
const STRONG = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
const refused = (reason: string) => ({ ok: false, reason, retryAfterSeconds: null })

describe('admin.reset', () => {
  test('turns it off and forgets everything [CS-LOST-03]', async () => {
    const world = createWorld({ isRequired: () => true })
    await enrolled(world)
    expect(await world.twoFactor.admin.reset('ann', staff)).toEqual({ ok: true, existed: true })
    expect(await world.store.record('ann')).toBeNull()
    expect(world.events.at(-1)).toMatchObject({ type: 'two-factor.reset', ...staff, userId: 'ann', notify: true })
    expect(await world.twoFactor.challenge('ann')).toMatchObject({ passed: false, action: 'setup' })
  })

  test('of a user who has nothing says so', async () => {
    const world = createWorld()
    expect(await world.twoFactor.admin.reset('ann', staff)).toEqual({ ok: true, existed: false })
    expect([world.store.saves, world.events]).toEqual([0, []])
  })

  test.each([null, 5, 'garbage', [], {}, { schema: 99 }, { schema: 1 }, { authenticators: 'x' }])(
    'works whatever the record holds: %j',
    async (record) => {
      const world = createWorld()
      await enrolled(world)
      await world.store.plant('ann', record ?? { schema: null })
      await expect(world.twoFactor.status('ann')).rejects.toMatchObject({ code: 'record_invalid' })
      expect(await world.twoFactor.admin.reset('ann', staff)).toEqual({ ok: true, existed: true })
      expect(await world.store.record('ann')).toBeNull()
    },
  )

  test('works if the keys are lost', async () => {
    const world = createWorld()
    await enrolled(world)
    const keyless = world.another({ keys: generateKey('another') })
    expect(await keyless.admin.reset('ann', staff)).toEqual({ ok: true, existed: true })
  })
})

describe('admin.unlock', () => {
  test('forgets failures, and authenticators and recovery codes stay', async () => {
    const world = createWorld()
    const { phone, recoveryCodes } = await enrolled(world)
    const code = wrongCode(world, phone)
    for (let time = 0; time < 40; time += 1) {
      await world.twoFactor.verify('ann', { code })
      world.clock.advance({ seconds: 900 })
    }
    const fresh = phone.next()
    expect(await world.twoFactor.verify('ann', { code: fresh })).toMatchObject({ ok: false, reason: 'locked' })
    expect(await world.twoFactor.admin.unlock('ann', staff)).toEqual({ ok: true })
    expect(world.events.at(-1)).toMatchObject({ type: 'two-factor.unlocked', ...staff, notify: true })
    expect((await world.twoFactor.status('ann')).throttle.strangers).toEqual({ state: 'open', untilMs: null })
    expect(await world.twoFactor.verify('ann', { code: fresh })).toMatchObject({ ok: true })
    expect(await world.twoFactor.verify('ann', { code: recoveryCodes[0] ?? '' })).toMatchObject({ ok: true })
  })

  test('makes no used code valid again', async () => {
    const world = createWorld()
    const { phone, recoveryCodes } = await enrolled(world)
    const codes = [phone.next(), recoveryCodes[0] ?? '']
    for (const code of codes) await world.twoFactor.verify('ann', { code })
    await world.twoFactor.admin.unlock('ann', staff)
    for (const code of codes)
      expect(await world.twoFactor.verify('ann', { code })).toMatchObject({ reason: 'code-used' })
  })

  test('of a user who has nothing is `not-enabled`', async () => {
    const world = createWorld()
    expect(await world.twoFactor.admin.unlock('ann', staff)).toEqual(refused('not-enabled'))
    expect(world.store.saves).toBe(0)
  })
})

describe('who and why', () => {
  test.each([
    ['by', { note: 'x' }],
    ['by', { by: '', note: 'x' }],
    ['by', { by: 5, note: 'x' }],
    ['note', { by: 'x' }],
    ['note', { by: 'x', note: '' }],
    ['note', { by: 'x', note: null }],
    ['by', { by: 'x'.repeat(1001), note: 'x' }],
    ['note', { by: 'x', note: 'x'.repeat(1001) }],
    ['by', undefined],
  ])(
    'without %s, each operation of staff is a fault that names it, and does nothing: %j [CS-LOST-02]',
    async (name, options) => {
      const world = createWorld()
      await enrolled(world)
      const before = await world.store.record('ann')
      for (const operation of ['reset', 'unlock', 'issueRecoveryCode', 'exportUser'] as const) {
        const { code, message } = await faultOf(() => world.twoFactor.admin[operation]('ann', untyped(options)))
        expect([code, message]).toEqual(['invalid_option', expect.stringContaining(name)])
      }
      expect([await world.store.record('ann'), world.store.saves, world.heard()]).toEqual([before, 0, []])
    },
  )
})

test('who and why may be a thousand characters each', async () => {
  const world = createWorld()
  const longest = { by: 'b'.repeat(1000), note: 'n'.repeat(1000) }
  await enrolled(world)
  await world.twoFactor.admin.reset('ann', longest)
  expect(world.events.at(-1)).toMatchObject({ type: 'two-factor.reset', ...longest })
})

describe('admin.importUser', () => {
  test('imports another library’s data: text or bytes, with its own parameters', async () => {
    const world = createWorld()
    const secret = generateSecret(32)
    const authenticators = [
      { secret: STRONG, name: 'Phone', createdAtMs: 1_600_000_000_000 },
      { secret: decodeBase32(secret), algorithm: 'SHA256', digits: 8, periodSeconds: 60 } as const,
    ]
    const recoveryCodes = ['abcde-12345', 'OOOOO-IIIII']
    const imported = await world.twoFactor.admin.importUser('ann', { authenticators, recoveryCodes })
    expect(imported).toEqual({ ok: true, imported: true })
    expect(await world.twoFactor.status('ann')).toMatchObject({
      enabled: true,
      enabledAtMs: START,
      authenticators: [
        { name: 'Phone', createdAtMs: 1_600_000_000_000, lastUsedAtMs: null, weak: false },
        { name: '', createdAtMs: START, weak: false },
      ],
      recoveryCodes: { total: 2, left: 2, viewable: true },
    })
    const timeMs = START
    expect(await signIn(world, 'ann', { code: generateTotp({ secret: STRONG, timeMs }) })).toMatchObject({ ok: true })
    const code = generateTotp({ secret, timeMs, algorithm: 'SHA256', digits: 8, periodSeconds: 60 })
    expect(await signIn(world, 'ann', { code })).toMatchObject({ ok: true })
    expect(await signIn(world, 'ann', { code: 'ABCDE12345' })).toMatchObject({ ok: true, recoveryCodesLeft: 1 })
    expect(await signIn(world, 'ann', { code: '00000-11111' })).toMatchObject({ ok: true, recoveryCodesLeft: 0 })
  })

  test('reads a name as a setup does: without white space around it, and a blank one as none', async () => {
    const names = ['  Phone\n', ' \u3000', '\u200b', '', 'x'.repeat(64)]
    for (const [index, name] of names.entries()) {
      const world = createWorld()
      await world.twoFactor.admin.importUser('ann', { authenticators: [{ secret: STRONG, name }] })
      await addPhone(world, 'ann', { name })
      const [imported, added] = (await world.twoFactor.status('ann')).authenticators
      expect([imported?.name, added?.name]).toEqual(new Array(2).fill(['Phone', '', '', '', 'x'.repeat(64)][index]))
    }
  })

  test('a second run changes nothing', async () => {
    const world = createWorld()
    const options = { authenticators: [{ secret: STRONG }], recoveryCodes: ['ABCDE-12345'] }
    await world.twoFactor.admin.importUser('ann', options)
    const code = generateTotp({ secret: STRONG, timeMs: START })
    await signIn(world, 'ann', { code })
    await signIn(world, 'ann', { code: 'ABCDE-12345' })
    const before = await world.store.record('ann')
    world.store.forget()
    expect(await world.twoFactor.admin.importUser('ann', options)).toEqual({ ok: true, imported: false })
    expect([world.store.saves, await world.store.record('ann')]).toEqual([0, before])
    expect(await signIn(world, 'ann', { code })).toMatchObject({ reason: 'code-used' })
  })

  test.each([
    ['the same text', SECRETS.plain, SECRETS.plain],
    ['another spelling', SECRETS.plain, SECRETS.plain.toLowerCase().replace(/(.{4})/g, '$1 ')],
    ['text and its bytes', SECRETS.plain, decodeBase32(SECRETS.plain)],
    ['other spare bits', 'K7QDN4JH5ZT2WLXB3PQR', 'K7QDN4JH5ZT2WLXB3PQQ'],
    ['zeros at the end, which HMAC adds anyway', new Uint8Array(20).fill(7, 0, 16), new Uint8Array(24).fill(7, 0, 16)],
  ])('a secret that is listed twice is refused by name, and nothing is written: %s', async (_what, first, second) => {
    const world = createWorld()
    const authenticators = [{ secret: first }, { secret: SECRETS.other }, { secret: second }]
    const { code, message } = await faultOf(() => world.twoFactor.admin.importUser('ann', { authenticators }))
    expect(code).toBe('invalid_option')
    expect(message).toContain('authenticators[2].secret is the same as authenticators[0].secret')
    expect(await world.store.record('ann')).toBeNull()
  })

  test('a recovery code that is listed twice is refused by name, however it is spelled', async () => {
    const world = createWorld()
    const recoveryCodes = ['abcde-fgh0j', 'klmno-pqrst', 'ABCDE FGHOJ']
    const options = { authenticators: [{ secret: SECRETS.plain }], recoveryCodes }
    const { code, message } = await faultOf(() => world.twoFactor.admin.importUser('ann', options))
    expect(code).toBe('invalid_option')
    expect(message).toContain('recoveryCodes[2] is the same as recoveryCodes[0]')
    expect(message).not.toMatch(/fgh0j/i)
  })

  test('fifty runs at once import once', async () => {
    const world = createWorld()
    const options = { authenticators: [{ secret: STRONG }] }
    const runs = Array.from({ length: 50 }, () => world.twoFactor.admin.importUser('ann', options))
    const results = await Promise.all(runs)
    expect(results.filter(({ imported }) => imported)).toHaveLength(1)
    expect((await world.twoFactor.status('ann')).authenticators).toHaveLength(1)
  })

  test('secrets of ten bytes are accepted and marked weak, as are all below sixteen [CS-KEY-03]', async () => {
    const world = createWorld()
    const authenticators = [10, 15, 16, 20, 128].map((bytes) => ({ secret: new Uint8Array(bytes).fill(7) }))
    await world.twoFactor.admin.importUser('ann', { authenticators })
    const status = await world.twoFactor.status('ann')
    expect(status.authenticators.map(({ weak }) => weak)).toEqual([true, true, false, false, false])
  })

  test('keeps no reference to the bytes it was passed', async () => {
    const world = createWorld()
    const secret = decodeBase32(STRONG)
    const imported = world.twoFactor.admin.importUser('ann', { authenticators: [{ secret }] })
    secret.fill(0)
    await imported
    const code = generateTotp({ secret: STRONG, timeMs: START })
    expect(await signIn(world, 'ann', { code })).toMatchObject({ ok: true })
  })

  test.each([
    ['no list', 'authenticators', { authenticators: undefined }],
    ['an empty list', 'authenticators', { authenticators: [] }],
    ['six', 'authenticators', { authenticators: apps(6) }],
    ['no secret', 'authenticators[0].secret', { authenticators: [{}] }],
    ['null for one', 'authenticators[0].secret', { authenticators: [null] }],
    ['nine bytes', 'authenticators[0].secret', { authenticators: [{ secret: new Uint8Array(9) }] }],
    ['129 bytes', 'authenticators[0].secret', { authenticators: [{ secret: new Uint8Array(129) }] }],
    ['a number', 'authenticators[1].secret', { authenticators: [{ secret: STRONG }, { secret: 5 }] }],
    ['five digits', 'digits', { authenticators: [{ secret: STRONG, digits: 5 }] }],
    ['a period of 121', 'periodSeconds', { authenticators: [{ secret: STRONG, periodSeconds: 121 }] }],
    ['a period of 0', 'periodSeconds', { authenticators: [{ secret: STRONG, periodSeconds: 0 }] }],
    ['MD5', 'algorithm', { authenticators: [{ secret: STRONG, algorithm: 'MD5' }] }],
    ['a name too long', 'name', { authenticators: [{ secret: STRONG, name: 'x'.repeat(65) }] }],
    ['a time of NaN', 'createdAtMs', { authenticators: [{ secret: STRONG, createdAtMs: Number.NaN }] }],
    ['a negative time', 'createdAtMs', { authenticators: [{ secret: STRONG, createdAtMs: -1 }] }],
    ['recovery codes that are no list', 'recoveryCodes', { authenticators: [{ secret: STRONG }], recoveryCodes: 'x' }],
    ['21 recovery codes', 'recoveryCodes', { authenticators: [{ secret: STRONG }], recoveryCodes: codes(21) }],
    [
      'a code of nine',
      'recoveryCodes[1]',
      { authenticators: [{ secret: STRONG }], recoveryCodes: [...codes(1), 'ABCDE1234'] },
    ],
    ['a code of 33', 'recoveryCodes[0]', { authenticators: [{ secret: STRONG }], recoveryCodes: ['A'.repeat(33)] }],
    ['a code with ß', 'recoveryCodes[0]', { authenticators: [{ secret: STRONG }], recoveryCodes: ['ABCDEßGHIJK'] }],
    ['a number for a code', 'recoveryCodes[0]', { authenticators: [{ secret: STRONG }], recoveryCodes: [1234567890] }],
  ])(
    '%s is a fault that names %s, says nothing of the secret and writes nothing [CS-KEY-05]',
    async (_what, name, options) => {
      const world = createWorld()
      const { code, message } = await faultOf(() => world.twoFactor.admin.importUser('ann', untyped(options)))
      expect([code, message]).toEqual(['invalid_option', expect.stringContaining(name)])
      expect(message).not.toMatch(/JBSWY3|ABCDE/)
      expect([world.store.loads, world.store.saves]).toEqual([0, 0])
    },
  )

  test('a secret that is not base32 is a fault that reveals nothing of it', async () => {
    const world = createWorld()
    const options = { authenticators: [{ secret: 'HUNTER2-HUNTER2-1890' }] }
    const { code, message } = await faultOf(() => world.twoFactor.admin.importUser('ann', options))
    expect(['invalid_base32', 'invalid_option']).toContain(code)
    expect(message).not.toContain('HUNTER2')
  })

  test.each([
    ['spaces', 'ABCDE 12345', 'ABCDE-12345'],
    ['a line break', 'ABCDE\n12345', 'ABCDE-12345'],
    ['long dashes', `ABCDE${'\u2014'.repeat(50)}12345`, 'ABCDE-12345'],
    ['spaces around', '  ABCDE12345\t', 'ABCDE12345'],
  ])(
    'a recovery code written with %s works, is shown as one, and leaves the record readable',
    async (_what, written, shown) => {
      const world = createWorld()
      const recoveryCodes = [written, ...codes(19).map((code) => `${code}${'\u2014'.repeat(40)}X`)]
      await world.twoFactor.admin.importUser('ann', { authenticators: [{ secret: STRONG }], recoveryCodes })
      const viewed = await world.twoFactor.viewRecoveryCodes('ann', { proof })
      const shownCodes = viewed.ok ? viewed.recoveryCodes.map(({ code }) => code) : []
      expect([shownCodes.length, shownCodes[0]]).toEqual([20, shown])
      for (const code of ['ABCDE12345', recoveryCodes[19] ?? '']) {
        expect(await world.twoFactor.verify('ann', { code })).toMatchObject({ ok: true })
        expect(await world.twoFactor.verify('ann', { code })).toMatchObject({ reason: 'code-used' })
      }
    },
  )

  test.each([
    [5, 3],
    [0, 8],
  ])('of %i apps and %i passkeys, as many as a user can have, is possible', async (ofApps, ofPasskeys) => {
    const world = createWorld()
    const passkeys = Array.from({ length: ofPasskeys }, (_, index) => ({
      credentialId: `AAA${index}`,
      publicKey: 'AAAA',
      rpId: 'acme.example',
      userHandle: 'AAAA',
    }))
    await world.twoFactor.admin.importUser('ann', { authenticators: apps(ofApps), passkeys })
    expect((await world.twoFactor.status('ann')).authenticators).toHaveLength(8)
  })

  test('uses up no step: the very first code since 1970 is accepted', async () => {
    const world = createWorld({ now: () => 0 })
    await world.twoFactor.admin.importUser('ann', { authenticators: [{ secret: STRONG }] })
    const code = generateTotp({ secret: STRONG, timeMs: 0 })
    expect(await world.twoFactor.verify('ann', { code })).toMatchObject({ ok: true })
  })

  test('without recovery codes, the next authenticator brings the user’s first ones', async () => {
    const world = createWorld()
    await world.twoFactor.admin.importUser('ann', { authenticators: [{ secret: STRONG }] })
    expect((await world.twoFactor.status('ann')).recoveryCodes).toMatchObject({ total: 0, left: 0 })
    expect((await addPhone(world, 'ann')).recoveryCodes).toHaveLength(10)
  })

  test('of a user who has begun a setup keeps what failed before', async () => {
    const world = createWorld()
    for (let time = 0; time < 6; time += 1) {
      await world.twoFactor.beginSetup('ann', { proof: { password: 'wrong' }, accountName: 'ann' })
    }
    await enroll(world.twoFactor, 'ann')
    expect((await world.twoFactor.status('ann')).throttle.passwords.state).toBe('throttled')
  })
})

describe('admin.reseal', () => {
  test('seals everything anew under the first key, and every code works as before', async () => {
    const oldKey = generateKey('old')
    for (const keep of ['sealed', 'hashed'] as const) {
      const world = createWorld({ keys: oldKey, recoveryCodes: { keep } })
      const phone = await addPhone(world, 'ann')
      await world.twoFactor.beginSetup('ann', { proof, accountName: 'ann' })
      const newKey = generateKey('new')
      const rotated = world.another({ keys: `${newKey},${oldKey}`, recoveryCodes: { keep } })
      expect(await rotated.admin.reseal('ann')).toEqual({ ok: true, resealed: true })
      const sealed = sealedIn(await world.store.record('ann'))
      expect(sealed).toHaveLength(3)
      expect(sealed.every((text) => text.startsWith('new.'))).toBe(true)

      const onlyNew = world.another({ keys: newKey, recoveryCodes: { keep } })
      world.clock.advance({ seconds: 30 })
      expect(await onlyNew.verify('ann', { code: phone.next() })).toMatchObject({ ok: true })
      expect(await onlyNew.verify('ann', { code: phone.recoveryCodes?.[0] ?? '' })).toMatchObject({ ok: true })
    }
  })

  test('of a user who has nothing is `not-enabled`', async () => {
    const world = createWorld()
    expect(await world.twoFactor.admin.reseal('ann')).toEqual(refused('not-enabled'))
  })

  test('of what is sealed under the first key already writes nothing and reports nothing', async () => {
    const oldKey = generateKey('old')
    const world = createWorld({ keys: oldKey })
    await enrolled(world)
    const rotated = world.another({ keys: `${generateKey('new')},${oldKey}` })
    await rotated.admin.reseal('ann')
    world.store.forget()
    world.heard()
    expect(await rotated.admin.reseal('ann')).toEqual({ ok: true, resealed: false })
    expect([world.store.saves, world.heard()]).toEqual([0, []])
  })

  test('without the old key is key_unknown with its id, and writes nothing', async () => {
    const world = createWorld({ keys: generateKey('old') })
    await enrolled(world)
    const { code, message } = await faultOf(() => world.another({ keys: generateKey('new') }).admin.reseal('ann'))
    expect([code, message]).toEqual(['key_unknown', expect.stringContaining("'old'")])
    expect(world.store.saves).toBe(0)
  })
})

function apps(count: number) {
  return Array.from({ length: count }, (_, index) => ({ secret: new Uint8Array(20).fill(index + 1) }))
}

function codes(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `ABCDE-${String(10_000 + index)}`)
}
