import { generateTotp } from 'countersign/otp'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createWorld, untyped } from '../world.ts'

/*
 * A user whose app shows eight digits and whose recovery codes came as hashes, some of them of eight digits too. Whatever is
 * typed, and however the host's hook behaves: no code is accepted twice, and strangers have 20 looks in 30 days.
 */

const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
const CODES = ['11112222', 'abcd-1234', '33334444', 'efgh-5678', '5555-6666']
const FAILING = ['throws', 'rejects', 'answers nothing'] as const

type Hook = (typeof FAILING)[number] | 'works'
type Act =
  | { kind: 'guess'; text: string; hook: Hook }
  | { kind: 'code'; which: number; hook: Hook }
  | { kind: 'app' }
  | { kind: 'wait'; seconds: number }

const hook = fc.constantFrom<Hook>('works', 'works', 'works', ...FAILING)
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('guess' as const), text: fc.constantFrom('90909090', 'zzzz-9999'), hook }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('code' as const), which: fc.nat(CODES.length - 1), hook }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'app' as const }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.constantFrom(1, 30, 900, 86_400) }),
  },
)

test('whatever a hook does: each imported code is accepted once, and no more guesses are checked than documented', async () => {
  let accepted = 0
  let locked = 0
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 60, maxLength: 140 }), async (story) => {
      let mode: Hook = 'works'
      const world = createWorld({
        verifyImportedCode: (typed, hash) => {
          if (mode === 'throws') throw new Error('No.')
          if (mode === 'rejects') return Promise.reject(new Error('No.'))
          if (mode === 'answers nothing') return untyped<boolean>(undefined)
          return hash === `hash of ${typed.replaceAll('-', '')}`
        },
      })
      await world.twoFactor.admin.importUser('ann', {
        authenticators: [{ secret: SECRET, digits: 8 }],
        recoveryCodes: CODES.map((code) => ({ hash: `hash of ${code.replaceAll('-', '')}`, length: 8 })),
      })
      const spent = new Set<string>()
      let looks = 0
      const began = world.clock.now()

      const verify = async (code: string) => {
        const result = await world.twoFactor.verify('ann', { code }).catch(() => null)
        // A look is an answer. Where the hook failed, eight digits were looked at still: as the app's they would have passed.
        const isLook = result === null ? /^\d{8}$/.test(code) : !result.ok && result.reason === 'wrong-code'
        if (isLook) looks += 1
        if (result !== null && !result.ok && result.reason === 'locked') locked += 1
        return result
      }

      for (const each of story) {
        if (each.kind === 'wait') {
          if (world.clock.now() - began < 28 * 86_400_000) world.clock.advance({ seconds: each.seconds })
          continue
        }
        if (each.kind === 'app') {
          await verify(generateTotp({ secret: SECRET, digits: 8, timeMs: world.clock.now() }))
          continue
        }
        mode = each.hook
        const code = each.kind === 'guess' ? each.text : (CODES[each.which] ?? '')
        const result = await verify(code)
        mode = 'works'
        if (result?.ok !== true) continue
        expect([each.kind, each.hook, spent.has(code)]).toEqual(['code', 'works', false])
        spent.add(code)
        accepted += 1
        expect(result.recoveryCodesLeft).toBe(CODES.length - spent.size)
      }
      expect(looks).toBeLessThanOrEqual(20)
      expect((await world.twoFactor.status('ann')).recoveryCodes.left).toBe(CODES.length - spent.size)
    }),
    { numRuns: 60 },
  )
  expect(accepted).toBeGreaterThan(50)
  expect(locked).toBeGreaterThan(10)
}, 60_000)
