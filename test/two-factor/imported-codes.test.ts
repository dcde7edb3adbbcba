import { createHash } from 'node:crypto'
import { generateTotp } from 'countersign/otp'
import { describe, expect, test } from 'vitest'
import {
  challengeToken,
  createWorld,
  faultOf,
  knownDevice,
  PASSWORD,
  phoneFor,
  START,
  signIn,
  untyped,
  type World,
  wrongCode,
} from '../world.ts'

const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
const proof = { password: PASSWORD }
const refused = (reason: string, retryAfterSeconds: number | null = null) => ({ ok: false, reason, retryAfterSeconds })
const WRONG = 'zzzz-zzzz'

/** What another library kept of a code: salted, and of its own spelling. */
function hashed(code: string, salt = 'salt'): { hash: string; length: number } {
  const digest = createHash('sha256').update(`${salt}:${code}`).digest('hex')
  return { hash: `${salt}$${digest}`, length: code.replaceAll('-', '').length }
}

const matches = (typed: string, hash: string) => hashed(typed, hash.split('$')[0]).hash === hash

/** What the hook was asked, in order; a test may put another hook in its place. */
function createHost() {
  const asked: { typed: string; hash: string }[] = []
  const host = { answer: (typed: string, hash: string): boolean | Promise<boolean> => matches(typed, hash) }
  const verifyImportedCode = (typed: string, hash: string) => {
    asked.push({ typed, hash })
    return host.answer(typed, hash)
  }
  const world = createWorld({ verifyImportedCode })
  return { world, asked, host }
}

const CODES = ['abcd-1234', 'EFGH-5678', 'ijkl-9012']

async function imported(world: World, { codes = CODES, digits = 6, userId = 'ann' } = {}) {
  await world.twoFactor.admin.importUser(userId, {
    authenticators: [{ secret: SECRET, digits }],
    recoveryCodes: codes.map((code, index) => hashed(code, `salt${index}`)),
  })
  world.store.forget()
  world.heard()
}

const appCode = (world: World, digits = 6) => generateTotp({ secret: SECRET, digits, timeMs: world.clock.now() })

describe('hashed codes of another library', () => {
  test('sign in once each, compared by the host; the hash is deleted in the write that uses it', async () => {
    const { world } = createHost()
    await imported(world)
    expect((await world.twoFactor.status('ann')).recoveryCodes).toMatchObject({ total: 3, left: 3, viewable: false })
    const token = await challengeToken(world, 'ann')
    const sealed = (await world.store.record('ann'))?.recoveryCodes?.sealed
    world.store.forget()
    const options = { code: 'EFGH-5678', trustDevice: true }
    expect(await world.twoFactor.completeChallenge(token, options)).toMatchObject({
      ok: true,
      method: 'recovery-code',
      recoveryCodesLeft: 2,
      device: { trusted: false },
    })
    expect([world.store.loads, world.store.saves]).toEqual([2, 1])
    expect(world.heard()).toEqual(['recovery-code.used', 'sign-in.completed'])
    const after = (await world.store.record('ann'))?.recoveryCodes
    expect(after?.usedAtMs).toEqual([null, START, null])
    expect((after?.sealed ?? '').length).toBeLessThan((sealed ?? '').length)
    expect(await world.twoFactor.completeChallenge(token, options)).toEqual(refused('challenge-used'))
    expect(await signIn(world, 'ann', { code: 'EFGH-5678' })).toEqual(refused('wrong-code'))
    expect(await signIn(world, 'ann', { code: 'abcd-1234' })).toMatchObject({ ok: true, recoveryCodesLeft: 1 })
  })

  test('are compared with every unused hash of that length, with case and dashes kept, and blanks dropped', async () => {
    const { world, asked } = createHost()
    await imported(world, { codes: [...CODES, 'abcdefghij'] })
    await world.twoFactor.verify('ann', { code: '\u200b  aBcD\u2014 12\u0663\u0664 ' })
    expect(asked.map(({ typed }) => typed)).toEqual(['aBcD-1234', 'aBcD-1234', 'aBcD-1234'])
    expect(asked.map(({ hash }) => hash)).toEqual(CODES.map((code, index) => hashed(code, `salt${index}`).hash))
  })

  test('are compared with every hash though an earlier one matches: the number of calls reveals nothing', async () => {
    const { world, asked } = createHost()
    await imported(world)
    expect(await world.twoFactor.verify('ann', { code: 'abcd-1234' })).toMatchObject({ ok: true })
    expect(asked).toHaveLength(3)
  })

  test('are all spent if several hashes are of the code', async () => {
    const { world } = createHost()
    await imported(world, { codes: ['abcd-1234', 'abcd-1234', 'ijkl-9012'] })
    expect(await world.twoFactor.verify('ann', { code: 'abcd-1234' })).toMatchObject({ ok: true, recoveryCodesLeft: 1 })
    expect(await world.twoFactor.verify('ann', { code: 'abcd-1234' })).toEqual(refused('wrong-code'))
  })

  test('are proofs, as recovery codes are, and generating new ones ends them', async () => {
    const { world, asked } = createHost()
    await imported(world)
    expect(await world.twoFactor.viewRecoveryCodes('ann', { proof })).toEqual(refused('not-viewable'))
    const made = await world.twoFactor.regenerateRecoveryCodes('ann', { proof: { code: 'abcd-1234' } })
    expect(made.ok && made.recoveryCodes).toHaveLength(10)
    const askedBefore = asked.length
    expect(await world.twoFactor.verify('ann', { code: 'ijkl-9012' })).toEqual(refused('wrong-code'))
    expect(asked).toHaveLength(askedBefore)
  })

  test.each([
    ['another length', 'abcd-12345'],
    ['seven characters', 'abcd-123'],
    ['the six digits of an app', '123456'],
    ['letters outside of ASCII', 'äbcd-1234'],
    ['a control character', 'abcd\u0000-123'],
    ['65 characters', `abcd${'-'.repeat(57)}1234`],
    ['65 characters once its ligatures are written out', `${'-'.repeat(57)}ﬃﬃﬁ`],
    ['nothing', ''],
    ['no text', 12345678],
    ['a list', ['abcd-1234']],
  ])('the host is not asked about %s', async (_what, code) => {
    const { world, asked } = createHost()
    await imported(world)
    expect(await world.twoFactor.verify('ann', { code: untyped(code) })).toMatchObject({ reason: 'wrong-code' })
    expect(asked).toEqual([])
  })

  test('are not offered without the hook, neither in methods nor in status, and not accepted', async () => {
    const { world } = createHost()
    await imported(world)
    const without = world.another({ verifyImportedCode: undefined })
    const none = { total: 0, left: 0, createdAtMs: null, savedAtMs: null, viewable: false, issued: [] }
    expect((await without.status('ann')).recoveryCodes).toEqual(none)
    expect(await without.challenge('ann')).toMatchObject({ methods: ['totp'] })
    expect(await world.twoFactor.challenge('ann')).toMatchObject({ methods: ['totp', 'recovery-code'] })
    expect(await without.verify('ann', { code: 'abcd-1234' })).toEqual(refused('wrong-code'))
    expect(await without.verify('ann', { code: appCode(world) })).toMatchObject({ ok: true, recoveryCodesLeft: 0 })
    expect(await world.twoFactor.verify('ann', { code: 'abcd-1234' })).toMatchObject({ ok: true, recoveryCodesLeft: 2 })
  })

  test('stand beside a code that staff issued, which no hook is asked about', async () => {
    const { world, asked } = createHost()
    await imported(world, { codes: ['abcd-efgh-ijkl-mnop'] })
    const issued = await world.twoFactor.admin.issueRecoveryCode('ann', { by: 'sam', note: 'x' })
    const code = issued.ok ? issued.recoveryCode : ''
    expect(await world.twoFactor.verify('ann', { code })).toMatchObject({ ok: true, recoveryCodesLeft: 1 })
    expect(asked).toEqual([])
    expect(await world.twoFactor.verify('ann', { code: 'abcd-efgh-ijkl-mnop' })).toMatchObject({ ok: true })
  })
})

describe('before the host is asked', () => {
  test('a challenge that is used, foreign or void is refused, and so is a user without two-factor authentication', async () => {
    const { world, asked } = createHost()
    await imported(world)
    const token = await challengeToken(world, 'ann')
    const code = 'abcd-1234'
    expect(await world.twoFactor.completeChallenge('forged', { code })).toEqual(refused('challenge-expired'))
    await world.twoFactor.passwordChanged('ann')
    expect(await world.twoFactor.completeChallenge(token, { code })).toEqual(refused('challenge-expired'))
    expect(await world.twoFactor.verify('ben', { code })).toEqual(refused('not-enabled'))
    const fresh = await challengeToken(world, 'ann')
    await world.twoFactor.completeChallenge(fresh, { code: appCode(world) })
    expect(await world.twoFactor.completeChallenge(fresh, { code })).toEqual(refused('challenge-used'))
    expect(asked).toEqual([])
  })

  test('the throttle is: wrong codes count in the pool of the authenticator’s', async () => {
    const { world, asked } = createHost()
    await imported(world)
    for (let time = 0; time < 5; time += 1) {
      const retryAfter = time === 4 ? 1 : null
      expect(await world.twoFactor.verify('ann', { code: WRONG })).toEqual(refused('wrong-code', retryAfter))
    }
    expect([asked.length, world.store.saves]).toEqual([15, 5])
    expect(world.heard()).toEqual(new Array(5).fill('code.wrong'))
    for (const code of ['abcd-1234', appCode(world)]) {
      expect(await world.twoFactor.verify('ann', { code })).toEqual(refused('throttled', 1))
    }
    expect([asked.length, world.store.saves]).toEqual([15, 5])
    expect(await world.twoFactor.challenge('ann')).toMatchObject({ methods: [] })
    world.clock.advance({ seconds: 1 })
    expect(await world.twoFactor.verify('ann', { code: 'abcd-1234' })).toMatchObject({ ok: true })
    expect((await world.twoFactor.status('ann')).throttle.strangers.state).toBe('open')
  })

  test('known devices have their own pool', async () => {
    const { world } = createHost()
    await imported(world)
    const phone = phoneFor(world, { uri: `otpauth://totp/ann?secret=${SECRET}`, token: '' })
    const device = await knownDevice(world, { userId: 'ann', phone, recoveryCodes: [] })
    for (let time = 0; time < 6; time += 1) await world.twoFactor.verify('ann', { code: WRONG })
    expect(await world.twoFactor.verify('ann', { code: 'abcd-1234' })).toMatchObject({ reason: 'throttled' })
    expect(await world.twoFactor.verify('ann', { code: 'abcd-1234', device })).toMatchObject({ ok: true })
  })

  test('no more than twenty guesses of strangers are answered in 30 days', async () => {
    const { world, asked } = createHost()
    await imported(world)
    for (let time = 0; time < 60; time += 1) {
      await world.twoFactor.verify('ann', { code: WRONG })
      world.clock.advance({ seconds: 900 })
    }
    expect(asked).toHaveLength(20 * 3)
    expect(await world.twoFactor.verify('ann', { code: 'abcd-1234' })).toMatchObject({ reason: 'locked' })
  })
})

describe('one after the other', () => {
  test('fifty at once with one right code: one gets in, and the host is asked for one', async () => {
    const { world, asked } = createHost()
    await imported(world)
    const attempts = Array.from({ length: 50 }, () => world.twoFactor.verify('ann', { code: 'abcd-1234' }))
    const results = await Promise.all(attempts)
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(results.filter((result) => !result.ok && result.reason === 'throttled')).toHaveLength(49)
    expect(asked).toHaveLength(3)
  })

  test('fifty processes at once with one right code: one gets in, and no more misses are answered than are free', async () => {
    const { world } = createHost()
    await imported(world)
    const attempts = Array.from({ length: 50 }, () => world.another().verify('ann', { code: 'abcd-1234' }))
    const results = await Promise.all(attempts)
    const reasons = results.map((result) => (result.ok ? 'ok' : result.reason))
    expect(reasons.filter((reason) => reason === 'ok')).toHaveLength(1)
    expect(reasons.filter((reason) => reason === 'wrong-code').length).toBeLessThanOrEqual(5)
    expect((await world.twoFactor.status('ann')).recoveryCodes.left).toBe(2)
  })

  test('fifty processes at once with fifty guesses: a right one among them is answered only as one of those that are free', async () => {
    const { world } = createHost()
    await imported(world)
    const guesses = Array.from({ length: 50 }, (_, index) => `zzzz-${1000 + index}`)
    const results = await Promise.all(guesses.map((code) => world.another().verify('ann', { code })))
    expect(results.filter((result) => !result.ok && result.reason === 'wrong-code')).toHaveLength(5)
    expect(results.filter((result) => !result.ok && result.reason === 'throttled')).toHaveLength(45)
  })

  test('another user is not held up, until sixteen run in the process; then nobody’s code is compared', async () => {
    const { world, asked, host } = createHost()
    const users = Array.from({ length: 17 }, (_, index) => `user${index}`)
    for (const userId of users) await imported(world, { userId })
    const open: (() => void)[] = []
    host.answer = (typed, hash) => new Promise((resolve) => open.push(() => resolve(matches(typed, hash))))
    const attempts = users.map((userId) => world.twoFactor.verify(userId, { code: 'abcd-1234' }))
    const last = await attempts.pop()
    expect(last).toEqual(refused('throttled', 1))
    expect(asked).toHaveLength(16)
    // An authenticator's code waits for none of that.
    expect(await world.twoFactor.verify('user0', { code: appCode(world) })).toMatchObject({ ok: true })
    host.answer = matches
    for (const go of open) go()
    for (const attempt of attempts) expect(await attempt).toMatchObject({ ok: true })
    expect(await world.twoFactor.verify('user16', { code: 'abcd-1234' })).toMatchObject({ ok: true })
  })

  test('a check that hangs holds its place for 30 seconds, and its late answer spends nothing twice', async () => {
    const { world, asked, host } = createHost()
    await imported(world)
    let finish = () => {}
    host.answer = (typed, hash) =>
      new Promise((resolve) => {
        finish = () => resolve(matches(typed, hash))
      })
    const hung = world.twoFactor.verify('ann', { code: 'abcd-1234' })
    await expect.poll(() => asked.length).toBe(1)
    host.answer = matches
    expect(await world.twoFactor.verify('ann', { code: 'abcd-1234' })).toEqual(refused('throttled', 1))
    world.clock.advance({ seconds: 30 })
    expect(await world.twoFactor.verify('ann', { code: 'abcd-1234' })).toMatchObject({ ok: true })
    finish()
    expect(await hung).toEqual(refused('wrong-code'))
    expect((await world.twoFactor.status('ann')).recoveryCodes.left).toBe(2)
  })
})

describe('a hook that fails', () => {
  test.each([
    ['throws at the first hash', 0],
    ['throws at the second', 1],
    ['throws at the last', 2],
  ])('%s: whatever was typed, the host’s error comes, and nothing is written', async (_what, failing) => {
    const { world, host } = createHost()
    await imported(world)
    host.answer = (typed, hash) => {
      if (hash === hashed(CODES[failing] ?? '', `salt${failing}`).hash) throw new Error('The hash is broken.')
      return matches(typed, hash)
    }
    for (const code of ['abcd-1234', 'EFGH-5678', 'ijkl-9012', WRONG]) {
      await expect(world.twoFactor.verify('ann', { code })).rejects.toThrow('The hash is broken.')
    }
    expect([world.store.saves, world.heard()]).toEqual([0, []])
    expect(await world.twoFactor.verify('ann', { code: appCode(world) })).toMatchObject({ ok: true })
    host.answer = matches
    expect(await world.twoFactor.verify('ann', { code: 'abcd-1234' })).toMatchObject({ ok: true })
  })

  test.each([undefined, null, 0, 1, 'true', {}])(
    'returns %j: hook_invalid that names it; nothing is written',
    async (value) => {
      const { world, host } = createHost()
      await imported(world)
      host.answer = (typed, hash) => (matches(typed, hash) ? true : untyped<boolean>(value))
      for (const code of ['abcd-1234', WRONG]) {
        const fault = await faultOf(() => world.twoFactor.verify('ann', { code }))
        expect([fault.code, fault.message]).toEqual(['hook_invalid', expect.stringContaining('verifyImportedCode')])
        expect(fault.message).not.toContain(code)
      }
      expect([world.store.saves, world.heard()]).toEqual([0, []])
    },
  )

  test('rejects: its place is free again', async () => {
    const { world, host } = createHost()
    await imported(world)
    host.answer = () => Promise.reject(new Error('Out of memory.'))
    await expect(world.twoFactor.verify('ann', { code: 'abcd-1234' })).rejects.toThrow('Out of memory.')
    host.answer = matches
    expect(await world.twoFactor.verify('ann', { code: 'abcd-1234' })).toMatchObject({ ok: true })
  })
})

describe('eight digits, which an app with eight digits could show as well', () => {
  const codes = ['1111-2222', '3333-4444']

  /** Digits that the app does not show. */
  function wrongDigits(world: World): string {
    const shown = [-1, 0, 1].map((step) =>
      generateTotp({ secret: SECRET, digits: 8, timeMs: world.clock.now() + step * 30_000 }),
    )
    return ['90909090', '80808080', '70707070', '60606060'].find((code) => !shown.includes(code)) ?? ''
  }

  test('are tried as the app’s code first: a right one asks no hook and spends no hash', async () => {
    const { world, asked } = createHost()
    await imported(world, { codes, digits: 8 })
    expect(await world.twoFactor.verify('ann', { code: appCode(world, 8) })).toMatchObject({
      ok: true,
      method: 'totp',
      recoveryCodesLeft: 2,
    })
    expect([asked.length, world.store.loads, world.store.saves]).toEqual([0, 1, 1])
  })

  test('and are wrong count as one failure', async () => {
    const { world, asked } = createHost()
    await imported(world, { codes, digits: 8 })
    for (let time = 0; time < 5; time += 1) {
      expect(await world.twoFactor.verify('ann', { code: wrongDigits(world) })).toMatchObject({ reason: 'wrong-code' })
    }
    // One load each: a wrong code is not decided again.
    expect([asked.length, world.store.loads, world.store.saves]).toEqual([10, 5, 5])
    expect(world.heard()).toEqual(new Array(5).fill('code.wrong'))
    expect(await world.twoFactor.verify('ann', { code: '11112222' })).toMatchObject({ reason: 'throttled' })
  })

  test('and are a recovery code leave no failure behind', async () => {
    const { world } = createHost()
    await imported(world, { codes, digits: 8 })
    const before = (await world.store.record('ann'))?.throttle ?? null
    expect(before).toBeNull()
    expect(await world.twoFactor.verify('ann', { code: '1111-2222' })).toMatchObject({ ok: true, recoveryCodesLeft: 1 })
    const { codes: counted, codesInARow } = (await world.store.record('ann'))?.throttle ?? {}
    expect(counted?.strangers).toEqual({ sinceSuccess: 0, failedAtMs: [] })
    expect(codesInARow).toEqual({ known: 0, strangers: 0 })
    expect(await world.twoFactor.verify('ann', { code: '1111-2222' })).toMatchObject({ reason: 'wrong-code' })
  })

  test('are accepted as the fifth failure’s attempt, which would have begun a wait', async () => {
    const { world } = createHost()
    await imported(world, { codes, digits: 8 })
    for (let time = 0; time < 4; time += 1) await world.twoFactor.verify('ann', { code: wrongDigits(world) })
    expect(await world.twoFactor.verify('ann', { code: '3333-4444' })).toMatchObject({ ok: true })
    const { strangers } = (await world.store.record('ann'))?.throttle?.codes ?? {}
    expect([strangers?.sinceSuccess, strangers?.failedAtMs.length]).toEqual([0, 4])
  })

  test('give nobody a free guess at the app’s codes, though the hook throws, returns nonsense or never ends', async () => {
    const { world, host } = createHost()
    await imported(world, { codes, digits: 8 })
    const answers: (() => boolean | Promise<boolean>)[] = [
      () => {
        throw new Error('No.')
      },
      () => Promise.reject(new Error('No.')),
      () => untyped<boolean>('yes'),
      () => new Promise(() => {}),
      () => {
        throw new Error('No.')
      },
    ]
    for (const answer of answers) {
      host.answer = answer
      world.twoFactor.verify('ann', { code: wrongDigits(world) }).catch(() => undefined)
      await expect.poll(async () => world.store.saves).toBe(answers.indexOf(answer) + 1)
    }
    expect(world.heard()).toEqual(new Array(5).fill('code.wrong'))
    expect(await world.twoFactor.verify('ann', { code: appCode(world, 8) })).toEqual(refused('throttled', 1))
  })
})

describe('what the host imports', () => {
  test('is sealed as one value, for this user', async () => {
    const { world } = createHost()
    await imported(world)
    const record = await world.store.record('ann')
    expect(JSON.stringify(record)).not.toContain(hashed('abcd-1234', 'salt0').hash.slice(-20))
    await imported(world, { userId: 'ben' })
    const bens = await world.store.record('ben')
    await world.store.plant('ben', { ...bens, recoveryCodes: record?.recoveryCodes })
    const fault = await faultOf(() => world.twoFactor.verify('ben', { code: 'abcd-1234' }))
    expect([fault.code, fault.message]).toEqual(['record_invalid', expect.stringContaining('recoveryCodes.sealed')])
  })

  test('may be twenty hashes of 256 bytes each', async () => {
    const hashes = Array.from({ length: 20 }, (_, index) => ({ hash: `${index}-`.padEnd(256, 'x'), length: 32 }))
    const { world, asked, host } = createHost()
    host.answer = (_typed, hash) => hash === hashes[19]?.hash
    const options = { authenticators: [{ secret: SECRET }], recoveryCodes: hashes }
    await world.twoFactor.admin.importUser('ann', options)
    expect(await world.twoFactor.verify('ann', { code: 'x'.repeat(32) })).toMatchObject({
      ok: true,
      recoveryCodesLeft: 19,
    })
    expect(asked.map(({ hash }) => hash)).toEqual(hashes.map(({ hash }) => hash))
  })

  test.each([
    ['recoveryCodes[0].hash', [{ length: 8 }]],
    ['recoveryCodes[0].hash', [{ hash: '', length: 8 }]],
    ['recoveryCodes[0].hash', [{ hash: 'x'.repeat(257), length: 8 }]],
    ['recoveryCodes[0].hash', [{ hash: '\u20ac'.repeat(100), length: 8 }]],
    ['recoveryCodes[0].hash', [{ hash: 'a\nb', length: 8 }]],
    ['recoveryCodes[0].hash', [{ hash: ['a'], length: 8 }]],
    ['recoveryCodes[0].hash', [{ hash: 'a\ud800', length: 8 }]],
    ['recoveryCodes[0].length', [{ hash: 'a' }]],
    ['recoveryCodes[0].length', [{ hash: 'a', length: 7 }]],
    ['recoveryCodes[0].length', [{ hash: 'a', length: 33 }]],
    ['recoveryCodes[0].length', [{ hash: 'a', length: '8' }]],
    ['recoveryCodes[1]', [{ hash: 'a', length: 8 }, 'ABCDE-12345']],
    ['recoveryCodes[1]', ['ABCDE-12345', { hash: 'a', length: 8 }]],
    [
      'recoveryCodes[1].hash is the same as recoveryCodes[0].hash',
      [
        { hash: 'a', length: 8 },
        { hash: 'a', length: 9 },
      ],
    ],
    ["Did you mean 'length'", [{ hash: 'a', lenght: 8 }]],
    ['recoveryCodes', Array.from({ length: 21 }, (_, index) => ({ hash: String(index), length: 8 }))],
  ])('wrong is a fault that says: %s', async (name, recoveryCodes) => {
    const { world } = createHost()
    const options = { authenticators: [{ secret: SECRET }], recoveryCodes: untyped<[]>(recoveryCodes) }
    const fault = await faultOf(() => world.twoFactor.admin.importUser('ann', options))
    expect([fault.code, fault.message]).toEqual(['invalid_option', expect.stringContaining(name)])
    expect(world.store.saves).toBe(0)
  })
})

test('a wrong code of the app is an ordinary failure, and asks no hook', async () => {
  const { world, asked } = createHost()
  await imported(world)
  expect(await world.twoFactor.verify('ann', { code: wrongCode(world, { secret: SECRET }) })).toEqual(
    refused('wrong-code'),
  )
  expect([asked.length, world.store.loads, world.store.saves]).toEqual([0, 1, 1])
})

describe('a record has room for what can still come', () => {
  const hashes = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ hash: `${index}-`.padEnd(256, 'x'), length: 32 }))
  const apps = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ secret: new Uint8Array(20).fill(index + 1) }))

  test('so an import that leaves none is refused, and the message says what to do', async () => {
    const { world } = createHost()
    const options = { authenticators: apps(5), recoveryCodes: hashes(20) }
    const fault = await faultOf(() => world.twoFactor.admin.importUser('ann', options))
    expect([fault.code, fault.message]).toEqual(['invalid_option', expect.stringContaining('fewer hashes')])
    expect(world.store.saves).toBe(0)
    const fewer = { ...options, recoveryCodes: hashes(10) }
    expect(await world.twoFactor.admin.importUser('ann', fewer)).toMatchObject({ imported: true })
  })

  test('and another authenticator is `limit-reached` before a sign-in fails; one in the place of the old one is not', async () => {
    const { world } = createHost()
    await world.twoFactor.admin.importUser('ann', { authenticators: apps(1), recoveryCodes: hashes(20) })
    const options = { proof, accountName: 'ann' }
    expect(await world.twoFactor.beginSetup('ann', options)).toEqual(refused('limit-reached'))
    expect(world.passwordsChecked).toEqual([])
    expect(await world.twoFactor.beginSetup('ann', { ...options, replaces: 'all' })).toMatchObject({ ok: true })
    await world.twoFactor.regenerateRecoveryCodes('ann', { proof })
    expect(await world.twoFactor.beginSetup('ann', options)).toMatchObject({ ok: true })
  })
})
