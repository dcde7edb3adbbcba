import { buildOtpauthUri, generateTotp, verifyTotp } from 'countersign/otp'
import { testClock, virtualAuthenticator } from 'countersign/testing'
import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { faultOf } from '../otp/fault.ts'

const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const uri = buildOtpauthUri({ issuer: 'Acme', accountName: 'ann', secret })
const START = 1_700_000_010_000

afterEach(() => {
  vi.useRealTimers()
})

test('it shows what a phone shows, for any algorithm, digits and period', () => {
  const options = fc.record({
    secret: fc.uint8Array({ minLength: 10, maxLength: 64 }),
    algorithm: fc.constantFrom('SHA1' as const, 'SHA256' as const, 'SHA512' as const),
    digits: fc.integer({ min: 6, max: 8 }),
    periodSeconds: fc.integer({ min: 1, max: 120 }),
  })
  fc.assert(
    fc.property(options, fc.nat(), (given, timeMs) => {
      const phone = virtualAuthenticator(buildOtpauthUri({ accountName: 'ann', ...given }), { now: () => timeMs })
      expect(phone.code()).toBe(generateTotp({ ...given, timeMs }))
      expect(phone.code(timeMs + 5_000_000)).toBe(generateTotp({ ...given, timeMs: timeMs + 5_000_000 }))
      const next = { ...given, timeMs: timeMs + given.periodSeconds * 1000 }
      expect(phone.next()).toBe(generateTotp(next))
    }),
  )
})

test('next gives the present code, then the next one, then says what to do', () => {
  const clock = testClock(START)
  const phone = virtualAuthenticator(uri, { now: clock.now })
  expect(phone.next()).toBe(generateTotp({ secret, timeMs: START }))
  expect(phone.next()).toBe(generateTotp({ secret, timeMs: START + 30_000 }))
  expect(() => phone.next()).toThrow('clock.advance({ seconds: 30 })')
  clock.advance({ seconds: 30 })
  expect(phone.next()).toBe(generateTotp({ secret, timeMs: START + 60_000 }))
  expect(() => phone.next()).toThrow('Advance the clock')
  clock.advance({ seconds: 90 })
  expect(phone.next()).toBe(generateTotp({ secret, timeMs: START + 120_000 }))
})

test('what code gave, next does not give again; code may repeat itself', () => {
  const phone = virtualAuthenticator(uri, { now: () => START })
  expect(phone.code()).toBe(phone.code())
  expect(phone.next()).toBe(generateTotp({ secret, timeMs: START + 30_000 }))
  expect(() => phone.next()).toThrow()
  expect(phone.code()).toBe(generateTotp({ secret, timeMs: START }))
})

test('codes of other times do not use up the present ones', () => {
  const phone = virtualAuthenticator(uri, { now: () => START })
  phone.code(START - 30_000)
  phone.code(START + 3_600_000)
  expect(phone.next()).toBe(generateTotp({ secret, timeMs: START }))
})

test('each code that next gives is taken once by a server that keeps the step', () => {
  const clock = testClock(START)
  const phone = virtualAuthenticator(uri, { now: clock.now })
  let afterStep: number | undefined
  for (let round = 0; round < 20; round++) {
    const result = verifyTotp({ secret: phone.secret, code: phone.next(), timeMs: clock.now(), afterStep })
    expect(result.ok).toBe(true)
    afterStep = result.ok ? result.step : undefined
    if (round % 2 === 1) clock.advance({ seconds: 60 })
  }
})

test('nextFresh gives what next does, and then waits for the next step of a real clock', async () => {
  vi.useFakeTimers({ now: START })
  const phone = virtualAuthenticator(uri)
  expect(await phone.nextFresh()).toBe(generateTotp({ secret, timeMs: START }))
  expect(await phone.nextFresh()).toBe(generateTotp({ secret, timeMs: START + 30_000 }))
  const codes: string[] = []
  const waiting = Promise.all([1, 2].map(async () => codes.push(await phone.nextFresh())))
  const untilNextStepMs = 30_000 - (START % 30_000)
  await vi.advanceTimersByTimeAsync(untilNextStepMs - 1)
  expect(codes).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(codes).toEqual([generateTotp({ secret, timeMs: START + 60_000 })])
  await vi.advanceTimersByTimeAsync(30_000)
  expect(codes[1]).toBe(generateTotp({ secret, timeMs: START + 90_000 }))
  await waiting
})

test('nextFresh says so if its clock stands still, rather than wait for ever', async () => {
  vi.useFakeTimers()
  const phone = virtualAuthenticator(uri, { now: () => START })
  phone.next()
  phone.next()
  const failing = expect(phone.nextFresh()).rejects.toThrow('stands still')
  await vi.advanceTimersByTimeAsync(1000)
  await failing
})

test('without a clock it goes by Date.now', () => {
  vi.useFakeTimers({ now: START })
  const phone = virtualAuthenticator(uri)
  expect(phone.code()).toBe(generateTotp({ secret, timeMs: START }))
  vi.setSystemTime(START + 30_000)
  expect(phone.code()).toBe(generateTotp({ secret, timeMs: START + 30_000 }))
})

test('its secret is the one of the URI', () => {
  expect(virtualAuthenticator(uri).secret).toBe(secret)
})

test('what it cannot read is an error', () => {
  expect(faultOf(() => virtualAuthenticator('otpauth://totp/ann')).code).toBe('invalid_uri')
  const hotp = buildOtpauthUri({ type: 'hotp', accountName: 'ann', secret, counter: 0 })
  expect(() => virtualAuthenticator(hotp)).toThrow('type totp')
  expect(faultOf(() => virtualAuthenticator(uri).code(Number.NaN)).message).toContain('timeMs')
  expect(faultOf(() => virtualAuthenticator(uri, { now: () => Number.NaN }).next()).message).toContain('timeMs')
})
