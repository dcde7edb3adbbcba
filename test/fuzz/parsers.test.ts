import { CountersignError } from 'countersign'
import { buildOtpauthUri, decodeBase32, encodeBase32, generateSecret, parseOtpauthUri } from 'countersign/otp'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { untyped } from '../world.ts'
import { PARSERS } from './parsers.ts'

/*
 * Every parser against what is nearly right and what is not at all: it gives what it documents, or throws the errors that it
 * documents, and a long input costs no more for each of its characters than a short one.
 */

/** Inputs for each parser: `COUNTERSIGN_FUZZ=100000` makes some millions in all. */
const INPUTS = Number(process.env['COUNTERSIGN_FUZZ'] ?? 300)

let looked = 0
afterAll(() => console.log(`Fuzzed: ${Object.keys(PARSERS).length} parsers with ${looked} inputs.`))

describe('whatever it is given, it gives or throws what is documented:', () => {
  test.each(Object.entries(PARSERS))(
    '%s',
    { timeout: 60_000 + INPUTS * 20 },
    async (_name, { inputs, parse, throws = [], gives }) => {
      await fc.assert(
        fc.asyncProperty(inputs, async (input) => {
          looked += 1
          let result: unknown
          try {
            result = await parse(untyped(input))
          } catch (error) {
            if (!(error instanceof CountersignError) || !throws.includes(error.code)) throw error
            return
          }
          if (gives !== undefined) expect(gives(result)).toBe(true)
        }),
        { numRuns: INPUTS },
      )
    },
  )
})

test('base32 and otpauth URIs come back as they went in', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 16, maxLength: 64 }),
      fc.constantFrom(6, 7, 8),
      fc.constantFrom('SHA1', 'SHA256', 'SHA512'),
      fc.integer({ min: 15, max: 120 }),
      (bytes, digits, algorithm, periodSeconds) => {
        expect(decodeBase32(encodeBase32(bytes))).toEqual(new Uint8Array(bytes))
        const uri = buildOtpauthUri({
          issuer: 'Acme',
          accountName: 'ann',
          secret: bytes,
          digits,
          algorithm,
          periodSeconds,
        })
        expect(parseOtpauthUri(uri)).toMatchObject({
          issuer: 'Acme',
          accountName: 'ann',
          digits,
          algorithm,
          periodSeconds,
        })
      },
    ),
    { numRuns: INPUTS },
  )
  expect(decodeBase32(generateSecret())).toHaveLength(20)
})

/** Texts that make a careless expression or loop go back again and again. */
const LONG: Record<string, (length: number) => string> = {
  spaces: (length) => ' '.repeat(length),
  dashes: (length) => '-'.repeat(length),
  digits: (length) => '7'.repeat(length),
  'letters of base32': (length) => 'A'.repeat(length),
  padding: (length) => `A${'='.repeat(length)}`,
  'per cent signs': (length) => `otpauth://totp/${'%41'.repeat(length / 3)}`,
  parameters: (length) => `otpauth://totp/a?${'secret=A&'.repeat(length / 9)}`,
  brackets: (length) => '['.repeat(length),
  dots: (length) => `k.${'.'.repeat(length)}`,
  'a migration': (length) => `otpauth-migration://offline?${'&data='.repeat(length / 6)}`,
  'base64 of zeros': (length) => `otpauth-migration://offline?data=${'A'.repeat(length)}`,
  semicolons: (length) => 'a=b; '.repeat(length / 5),
}

describe('a long text costs each parser no more than its length:', () => {
  test.each(Object.entries(PARSERS).filter(([name]) => name !== 'the body of a request'))(
    '%s',
    async (_name, { parse }) => {
      for (const [what, make] of Object.entries(LONG)) {
        const input = make(300_000)
        for (const given of [input, { secret: input, uri: input, value: input, key: input }, [input, input]]) {
          const before = process.cpuUsage()
          await Promise.resolve()
            .then(() => parse(untyped(given)))
            .catch(() => undefined)
          // What is quadratic in 300,000 characters takes minutes. Processor time, not the clock's.
          expect(process.cpuUsage(before).user / 1000, what).toBeLessThan(500)
        }
      }
    },
  )
})
