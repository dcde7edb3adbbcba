import {
  CountersignError,
  createTwoFactor,
  generateKey,
  keyRing,
  memoryStore,
  type TwoFactorOptions,
} from 'countersign'
import { describe, expect, test } from 'vitest'
import { shapeOfVerifier } from '../passkeys/world.ts'
import { createWorld, faultOf, START, untyped } from '../world.ts'

const KEY = generateKey('k1')
const good: TwoFactorOptions = { issuer: 'Acme', store: memoryStore(), keys: KEY, verifyPassword: () => true }
const create = (options: unknown) => createTwoFactor(untyped(options))

describe('createTwoFactor', () => {
  test('needs an issuer, a store and keys, and does no I/O', () => {
    const touched: string[] = []
    const store = {
      load: async () => {
        touched.push('load')
        return null
      },
      save: async () => {
        touched.push('save')
        return true
      },
    }
    const twoFactor = createTwoFactor({
      ...good,
      store,
      onEvent: () => {
        touched.push('event')
      },
      isRequired: () => touched.push('required') > 0,
      now: () => touched.push('now'),
      random: (bytes) => {
        touched.push('random')
        return new Uint8Array(bytes)
      },
    })
    expect(Object.keys(twoFactor).sort()).toEqual([
      'admin',
      'authenticatorTypes',
      'beginRequiredSetup',
      'beginSetup',
      'beginStepUp',
      'cancelSetup',
      'challenge',
      'completeChallenge',
      'confirmSetup',
      'disable',
      'issuer',
      'markRecoveryCodesSaved',
      'passwordChanged',
      'regenerateRecoveryCodes',
      'removeAuthenticator',
      'renameAuthenticator',
      'resumeRequiredSetup',
      'resumeSetup',
      'revokeTrustedDevices',
      'status',
      'verify',
      'verifyProof',
      'viewRecoveryCodes',
    ])
    expect(Object.keys(twoFactor.admin).sort()).toEqual([
      'exportUser',
      'importUser',
      'issueRecoveryCode',
      'reseal',
      'reset',
      'unlock',
    ])
    expect(touched).toEqual([])
  })

  test('its functions work without `this`', async () => {
    const { challenge, admin } = createWorld().twoFactor
    const { reset } = admin
    expect(await challenge('ann')).toMatchObject({ passed: true })
    expect(await reset('ann', { by: 'x', note: 'y' })).toMatchObject({ ok: true })
  })

  test.each<[string, Record<string, unknown>, string?]>([
    ['issuer', { issuer: undefined }],
    ['issuer', { issuer: '' }],
    ['issuer', { issuer: '   ' }],
    ['issuer', { issuer: 'Acme: Cloud' }],
    ['issuer', { issuer: 5 }],
    ['issuer', { issuer: 'x'.repeat(256) }],
    ['issuer', { issuer: 'a\ud800' }],
    ['store', { store: undefined }],
    ['store', { store: null }],
    ['store', { store: {} }],
    ['store', { store: { load: async () => null } }],
    ['store', { store: { load: 1, save: 2 } }],
    ['store', { store: memoryStore }],
    ['verifyPassword', { verifyPassword: true }],
    ['verifyPassword', { verifyPassword: null }],
    ['verifyImportedCode', { verifyImportedCode: true }],
    ['verifyImportedCode', { verifyImportedCode: null }],
    ['isRequired', { isRequired: true }],
    ['isRequired', { isRequired: 'always' }],
    ['onEvent', { onEvent: {} }],
    ['onEventError', { onEventError: 1 }],
    ['now', { now: 1_700_000_000_000 }],
    ['now', { now: new Date() }],
    ['random', { random: 'x' }],
    ['acceptedProofs', { acceptedProofs: [] }],
    ['acceptedProofs', { acceptedProofs: 'password' }],
    ['acceptedProofs', { acceptedProofs: ['passwords'] }],
    ['acceptedProofs', { acceptedProofs: ['password', undefined] }],
    ['acceptedProofs', { acceptedProofs: { password: true } }],
    ['verifyPassword', { acceptedProofs: ['password'], verifyPassword: undefined }],
    ['verifyPassword', { acceptedProofs: ['code'], verifyPassword: undefined }],
    ['verifyPassword', { acceptedProofs: ['password', 'reauthenticated'], verifyPassword: undefined }],
    ['totp.digits', { totp: { digits: 5 } }],
    ['totp.digits', { totp: { digits: 9 } }],
    ['totp.digits', { totp: { digits: 6.5 } }],
    ['totp.digits', { totp: { digits: '6' } }],
    ['totp.digits', { totp: { digits: Number.NaN } }],
    ['totp.periodSeconds', { totp: { periodSeconds: 14 } }],
    ['totp.periodSeconds', { totp: { periodSeconds: 121 } }],
    ['totp.periodSeconds', { totp: { periodSeconds: Number.POSITIVE_INFINITY } }],
    ['totp.window', { totp: { window: 2 } }],
    ['totp.window', { totp: { window: -1 } }],
    ['totp.secretBytes', { totp: { secretBytes: 15 } }],
    ['totp.secretBytes', { totp: { secretBytes: 65 } }],
    ['algorithm', { totp: { algorithm: 'MD5' } }],
    ['algorithm', { totp: { algorithm: 'sha1' } }],
    ['totp', { totp: 5 }],
    ['totp', { totp: [] }],
    ['totp', { totp: null }],
    ['recoveryCodes', { recoveryCodes: 'hashed' }],
    ['recoveryCodes', { recoveryCodes: 10 }],
    ['recoveryCodes.keep', { recoveryCodes: { keep: 'plain' } }],
    ['recoveryCodes.keep', { recoveryCodes: { keep: true } }],
    ['recoveryCodes.count', { recoveryCodes: { count: 0 } }],
    ['recoveryCodes.count', { recoveryCodes: { count: 21 } }],
    ['recoveryCodes.count', { recoveryCodes: { count: '10' } }],
  ])('a wrong %s throws at once and is named: %j [CS-KEY-04]', async (name, wrong) => {
    const { code, message } = await faultOf(() => create({ ...good, ...wrong }))
    expect([code, message]).toEqual(['invalid_option', expect.stringContaining(name)])
  })

  test.each([undefined, null, 5, 'x', []])(
    'passed %j instead of options, names the first missing one',
    async (options) => {
      const { code, message } = await faultOf(() => create(options))
      expect([code, message]).toEqual(['invalid_option', expect.stringMatching(/issuer|options/)])
    },
  )

  test.each([
    [{ totp: {} }],
    [{ totp: { digits: 8, periodSeconds: 15, window: 0, secretBytes: 16, algorithm: 'SHA256' } }],
    [{ totp: { digits: 7, periodSeconds: 120, window: 1, secretBytes: 64, algorithm: 'SHA512' } }],
    [{ recoveryCodes: { keep: 'hashed', count: 1 } }],
    [{ recoveryCodes: { keep: undefined, count: undefined } }],
    [{ passkeys: { ...shapeOfVerifier, rpId: 'x'.repeat(253) } }],
    [{ passkeys: undefined }],
    [{ issuer: 'x'.repeat(255) }],
    [{ acceptedProofs: ['reauthenticated'], verifyPassword: undefined }],
    [{ acceptedProofs: ['code', 'reauthenticated'], verifyPassword: undefined }],
    [{ acceptedProofs: undefined, isRequired: undefined, onEvent: undefined, now: undefined, random: undefined }],
  ])('accepts what is allowed: %j', (options) => {
    expect(create({ ...good, ...options })).toBeDefined()
  })

  test('no message repeats a value, which might be a secret in the wrong place', async () => {
    const secret = 'SECRET4711SECRET'
    for (const name of [
      'issuer',
      'store',
      'keys',
      'verifyPassword',
      'acceptedProofs',
      'totp',
      'recoveryCodes',
      'now',
    ]) {
      const { message } = await faultOf(() => create({ ...good, [name]: name === 'issuer' ? `${secret}:` : secret }))
      expect(message).not.toContain(secret)
    }
  })

  test('ignores later changes to its options object', async () => {
    const options = { ...good, acceptedProofs: ['code' as const], totp: { digits: 8 }, store: memoryStore() }
    const twoFactor = createTwoFactor(options)
    options.totp.digits = 6
    options.acceptedProofs.pop()
    options.issuer = 'Other'
    const begun = await twoFactor.beginSetup('ann', { proof: { password: 'x' }, accountName: 'ann' })
    expect(begun).toMatchObject({ ok: true, uri: expect.stringMatching(/Acme.*digits=8/) })
  })
})

describe('now', () => {
  test.each([Number.NaN, -1, Number.POSITIVE_INFINITY, '2026', undefined, null, new Date(START), 2 ** 60])(
    'that gives %j is a fault that names it, and nothing is decided by it',
    async (time) => {
      const world = createWorld()
      const twoFactor = world.another({ now: untyped(() => time) })
      await world.twoFactor.admin.importUser('ann', { authenticators: [{ secret: new Uint8Array(20) }] })
      world.store.forget()
      for (const call of [
        () => twoFactor.challenge('ann'),
        () => twoFactor.verify('ann', { code: '123456' }),
        () => twoFactor.passwordChanged('ann'),
        () => twoFactor.status('ann'),
      ]) {
        const { code, message } = await faultOf(call)
        expect([code, message]).toEqual(['invalid_option', expect.stringContaining('now')])
      }
      expect(world.store.saves).toBe(0)
    },
  )

  test('may return fractions of milliseconds, as performance clocks do', async () => {
    const world = createWorld({ now: () => START + 0.75 })
    await world.twoFactor.admin.importUser('ann', { authenticators: [{ secret: new Uint8Array(20) }] })
    expect((await world.twoFactor.status('ann')).enabledAtMs).toBe(START)
  })
})

describe('keys', () => {
  const COMMAND = 'generateKey()'

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['an empty text', ''],
    ['spaces', '  \n'],
    ['a number', 5],
    ['an empty list', []],
    ['an object that is no key ring', {}],
    ['a list of something else', [null]],
    ['a text without an id', 'x'.repeat(43)],
    ['a key too short', `k1:${'A'.repeat(42)}`],
    ['a key too long', `k1:${'A'.repeat(44)}`],
    ['a key of 31 bytes', `k1:${'A'.repeat(42).slice(0, 42)}`],
    ['hex', `k1:${'ab'.repeat(32)}`],
    ['base64 with padding', `k1:${'A'.repeat(43)}=`],
    ['base64 with + and /', `k1:${'+/'.repeat(21)}A`],
    ['trailing bits', `k1:${'A'.repeat(42)}B`],
    ['an empty id', `:${'A'.repeat(43)}`],
    ['an id with a dot', `k.1:${'A'.repeat(43)}`],
    ['an id of 33', `${'k'.repeat(33)}:${'A'.repeat(43)}`],
    ['two colons', `k1:x:${'A'.repeat(43)}`],
    ['a duplicate id', `${KEY},${generateKey('k1')}`],
    ['a comma too many', `${KEY},`],
    ['a second key that is wrong', `${KEY},k2:short`],
    ['a semicolon', `${KEY};${generateKey('k2')}`],
    ['40 keys', Array.from({ length: 40 }, (_, index) => generateKey(`k${index}`)).join(',')],
  ])('given as %s are a fault that says how to make one, and shows none', async (_what, keys) => {
    for (const call of [() => create({ ...good, keys }), () => keyRing(untyped(keys))]) {
      const { code, message } = await faultOf(call)
      expect([code, message]).toEqual(['keys_invalid', expect.stringContaining(COMMAND)])
      const [, material = ''] = KEY.split(':')
      expect(message).not.toContain(material)
      expect(message).not.toMatch(/A{20}|x{20}|(ab){10}/)
    }
  })

  test('the command in the message makes a key', async () => {
    const { message } = await faultOf(() => keyRing(undefined))
    const [, script = ''] = /node -e "(.*)"/.exec(message) ?? []
    expect(script).toBe("import('countersign').then(({ generateKey }) => console.log(generateKey()))")
    expect(keyRing(generateKey()).ids).toHaveLength(1)
  })

  test('may have spaces and line breaks around them, as environment files do', () => {
    expect(keyRing(` ${generateKey('new')} ,\n ${generateKey('old')}\n`).ids).toEqual(['new', 'old'])
  })

  test('may come as a key ring, made once', async () => {
    const world = createWorld({ keys: untyped(keyRing(KEY)) })
    await world.twoFactor.admin.importUser('ann', { authenticators: [{ secret: new Uint8Array(20) }] })
    expect(await world.another({ keys: KEY }).verify('ann', { code: '000000' })).toMatchObject({ reason: 'wrong-code' })
  })
})

test('a fault is a CountersignError: an Error with a name and a code that stay the same', async () => {
  const { error } = await faultOf(() => create({}))
  expect(error).toBeInstanceOf(CountersignError)
  expect(error).toBeInstanceOf(Error)
  expect([error.name, Object.keys(JSON.parse(JSON.stringify(error)))]).toEqual(['CountersignError', expect.any(Array)])
  expect(error.stack).toContain('CountersignError')
})
