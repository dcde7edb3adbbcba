import { buildOtpauthUri, parseOtpauthUri } from 'countersign/otp'
import { qrSvg } from 'countersign/qr'
import { describe, expect, test } from 'vitest'
import type { Core } from '../../src/engine/core.ts'
import { accountNameArgument, scannableAccountName } from '../../src/two-factor/account-name.ts'
import { createWorld, faultOf, PASSWORD, untyped } from '../world.ts'

const proof = { password: PASSWORD }
/** Modules a side of a QR code of version 15, with its quiet zone. */
const VERSION_15 = 77 + 8

async function offered(accountName: unknown, options: { userId?: string; issuer?: string; isHeavy?: boolean } = {}) {
  const { userId = 'ann', issuer, isHeavy = false } = options
  const totp = isHeavy ? ({ secretBytes: 64, algorithm: 'SHA512', digits: 8, periodSeconds: 60 } as const) : {}
  const world = createWorld({ totp, ...(issuer !== undefined && { issuer }) })
  const offer = await world.twoFactor.beginSetup(userId, { proof, accountName: untyped<string>(accountName) })
  if (!offer.ok) throw new Error(offer.reason)
  const side = Number(/viewBox="0 0 (\d+)/.exec(qrSvg(offer.uri))?.[1])
  return { name: parseOtpauthUri(offer.uri).accountName, side }
}

describe('an account name never stops a setup', () => {
  test.each([undefined, null, '', '  \n', '\u200b\u2060', '\u3000'])('%j falls back to the user id', async (given) => {
    expect((await offered(given)).name).toBe('ann')
  })

  test('and an invisible user id to a dash', async () => {
    expect((await offered(null, { userId: ' ' })).name).toBe('-')
    expect((await offered(null, { userId: 'a:b' })).name).toBe('a-b')
  })

  test('half a surrogate pair is replaced', async () => {
    expect((await offered('ann\ud800@example.com')).name).toBe('ann\ufffd@example.com')
  })

  test.each([
    ['256 letters', 'x'.repeat(256)],
    ['255 Chinese characters', '\u5c71'.repeat(255)],
    ['emoji of many parts', '\u{1F468}\u200d\u{1F469}\u200d\u{1F467}'.repeat(60)],
    ['letters with marks', 'e\u0301\u0323'.repeat(200)],
    ['one letter with a thousand marks', `e${'\u0301'.repeat(1000)}`],
    ['a megabyte', 'ann@example.com'.repeat(70_000)],
  ])('%s are shortened to what a phone can scan, between two characters', async (_, given) => {
    for (const isHeavy of [false, true]) {
      const { name, side } = await offered(given, { isHeavy })
      expect(side).toBeLessThanOrEqual(VERSION_15)
      expect(name).toMatch(/…$/)
      const segments = (text: string) => [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment)
      const kept = segments(name.slice(0, -1))
      expect(kept).toEqual(segments(given.slice(0, 2000)).slice(0, kept.length))
    }
  })

  test('an ordinary name stays as it is', async () => {
    for (const name of ['ann@example.com', 'x'.repeat(200), '山田太郎@例え.jp']) {
      expect((await offered(name)).name).toBe(name)
    }
  })

  test('nor does the longest issuer that is accepted', async () => {
    for (const issuer of ['x'.repeat(255), '\u5c71'.repeat(85)]) {
      const { name } = await offered('\u5c71'.repeat(255), { issuer, isHeavy: true })
      expect(name).toMatch(/^\u5c71{5,}…$/)
    }
  })
})

test('an issuer too long for a QR code is refused at once', async () => {
  const issuer = '\u5c71'.repeat(86)
  for (const call of [() => createWorld({ issuer }), () => begin({ accountName: 'ann', issuer })]) {
    expect(await faultOf(async () => call())).toMatchObject({
      code: 'invalid_option',
      message: expect.stringMatching(/^issuer /),
    })
  }
})

test('a name that is not text is a mistake of the host, found before anything is written or a password is checked', async () => {
  for (const accountName of [5, {}, true]) {
    const fault = await faultOf(() => begin({ accountName: untyped<string>(accountName) }))
    expect(fault).toMatchObject({ code: 'invalid_option', message: expect.stringMatching(/^accountName /) })
  }
})

async function begin(options: { accountName: string; issuer?: string }): Promise<void> {
  let checks = 0
  const verifyPassword = () => {
    checks += 1
    return true
  }
  const world = createWorld({ verifyPassword })
  try {
    await world.twoFactor.beginSetup('ann', { proof, ...options })
  } finally {
    expect([checks, await world.store.record('ann')]).toEqual([0, null])
  }
}

describe('a name', () => {
  const read = (name: string, userId = 'ann') => accountNameArgument(name, userId)

  test('has at most 255 characters, the last one an ellipsis if it was longer', () => {
    expect(read('x'.repeat(255))).toBe('x'.repeat(255))
    expect(read('x'.repeat(256))).toBe(`${'x'.repeat(254)}…`)
    expect(read(`${'x'.repeat(250)}    ${'y'.repeat(9)}`)).toBe(`${'x'.repeat(250)}…`)
  })

  test('loses the blanks around it, and its colons', () => {
    expect([read('  ann\t'), read('a:b::c'), read(' : ')]).toEqual(['ann', 'a-b--c', '-'])
  })

  test('is read up to 1024 characters', () => {
    expect(read(`${' '.repeat(1023)}x`)).toBe('x')
    expect(read(`${' '.repeat(1024)}x`)).toBe('ann')
  })
})

describe('the longest address of an ordinary setup', () => {
  const core = untyped<Core>({ totp: { secretBytes: 20, algorithm: 'SHA1', digits: 6, periodSeconds: 30 } })
  const uriOf = (issuer: string, accountName: string) => {
    const secret = new Uint8Array(20)
    return buildOtpauthUri({ issuer, accountName, secret, algorithm: 'SHA1', digits: 6, periodSeconds: 30 })
  }
  const ISSUER = 'x'.repeat(60)

  test('has 412 characters: a name that fits stays, and one that does not is cut to fit', () => {
    const room = 413 - uriOf(ISSUER, 'y').length
    const longest = 'y'.repeat(room)
    expect(scannableAccountName(core, ISSUER, longest)).toBe(longest)
    expect(uriOf(ISSUER, longest)).toHaveLength(412)
    const cut = scannableAccountName(core, ISSUER, `${longest}y`)
    expect(cut).toBe(`${'y'.repeat(room - '%E2%80%A6'.length)}…`)
    expect(uriOf(ISSUER, cut)).toHaveLength(412)
  })

  test('leaves 64 characters to the name, however long the issuer is', () => {
    const issuer = 'x'.repeat(255)
    expect(scannableAccountName(core, issuer, 'y'.repeat(64))).toBe('y'.repeat(64))
    expect(scannableAccountName(core, issuer, 'y'.repeat(65))).toBe(`${'y'.repeat(55)}…`)
  })
})
