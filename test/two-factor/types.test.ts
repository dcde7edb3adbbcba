import type { Challenge, CompleteChallengeResult, ConfirmReason, Refusal, TwoFactor } from 'countersign'
import { expectTypeOf, test } from 'vitest'

type ReasonOf<Operation extends (...given: never[]) => Promise<unknown>> =
  Extract<Awaited<ReturnType<Operation>>, { ok: false }> extends Refusal<infer Reason> ? Reason : never

type Code = 'wrong-code' | 'code-used' | 'throttled' | 'locked'
type Token = 'challenge-expired' | 'challenge-used'

test('each operation’s type lists the reasons that can happen there, and no others', () => {
  expectTypeOf<ConfirmReason>().toEqualTypeOf<Code | 'wrong-password' | 'confirmation-required'>()
  expectTypeOf<ReasonOf<TwoFactor['completeChallenge']>>().toEqualTypeOf<Code | Token | 'setup-expired'>()
  expectTypeOf<ReasonOf<TwoFactor['verify']>>().toEqualTypeOf<Code | 'not-enabled'>()
  expectTypeOf<ReasonOf<TwoFactor['beginSetup']>>().toEqualTypeOf<ConfirmReason | 'limit-reached' | 'not-found'>()
  expectTypeOf<ReasonOf<TwoFactor['beginRequiredSetup']>>().toEqualTypeOf<Token>()
  expectTypeOf<ReasonOf<TwoFactor['confirmSetup']>>().toEqualTypeOf<'wrong-code' | 'setup-expired' | 'limit-reached'>()
  expectTypeOf<ReasonOf<TwoFactor['viewRecoveryCodes']>>().toEqualTypeOf<
    ConfirmReason | 'not-enabled' | 'not-viewable'
  >()
  expectTypeOf<ReasonOf<TwoFactor['regenerateRecoveryCodes']>>().toEqualTypeOf<ConfirmReason | 'not-enabled'>()
  expectTypeOf<ReasonOf<TwoFactor['renameAuthenticator']>>().toEqualTypeOf<'not-enabled' | 'not-found'>()
  expectTypeOf<ReasonOf<TwoFactor['removeAuthenticator']>>().toEqualTypeOf<
    ConfirmReason | 'not-enabled' | 'not-found' | 'last-authenticator'
  >()
  expectTypeOf<ReasonOf<TwoFactor['revokeTrustedDevices']>>().toEqualTypeOf<'not-enabled' | 'not-found'>()
  expectTypeOf<ReasonOf<TwoFactor['disable']>>().toEqualTypeOf<ConfirmReason | 'not-enabled' | 'two-factor-required'>()
  expectTypeOf<Awaited<ReturnType<TwoFactor['passwordChanged']>>>().toEqualTypeOf<{ ok: true }>()
})

test('an outcome cannot be taken for a success by accident', () => {
  expectTypeOf<CompleteChallengeResult>().not.toHaveProperty('userId')
  expectTypeOf<CompleteChallengeResult>().not.toHaveProperty('device')
  expectTypeOf<Challenge>().not.toHaveProperty('token')
  expectTypeOf<Extract<CompleteChallengeResult, { ok: true }>>().toHaveProperty('userId').toEqualTypeOf<string>()
})

test('proof is required where it must be given, and optional fields take what a cookie jar gives', () => {
  expectTypeOf<{ id: string }>().not.toExtend<Parameters<TwoFactor['removeAuthenticator']>[1]>()
  expectTypeOf<Record<never, never>>().not.toExtend<Parameters<TwoFactor['disable']>[1]>()
  expectTypeOf<{ accountName: string }>().not.toExtend<Parameters<TwoFactor['beginSetup']>[1]>()
  expectTypeOf<{ code: string; device: string | undefined }>().toExtend<Parameters<TwoFactor['verify']>[1]>()
  expectTypeOf<{ device: string | undefined }>().toExtend<NonNullable<Parameters<TwoFactor['challenge']>[1]>>()
})
