import type {
  AuthenticationResponseJson,
  BeginSetupResult,
  CodeOrPasskey,
  Proof,
  Refusal,
  TwoFactor,
} from 'countersign'
import { expectTypeOf, test } from 'vitest'

/* Held by `npm run types`: nothing here can fail when it runs. */

type Outcome<Operation extends keyof TwoFactor> = TwoFactor[Operation] extends (...args: never[]) => infer Result
  ? Awaited<Result>
  : never
type Reasons<Operation extends keyof TwoFactor> = Extract<Outcome<Operation>, Refusal<string>>['reason']
type CodeReasons = 'wrong-code' | 'code-used' | 'throttled' | 'locked'
type StepReasons = CodeReasons | 'wrong-passkey'
type TokenReasons = 'challenge-expired' | 'challenge-used'
type ProofReasons = StepReasons | 'wrong-password' | 'proof-required'

test('each operation lists the reasons that it can have, and no other', () => {
  expectTypeOf<Reasons<'completeChallenge'>>().toEqualTypeOf<
    StepReasons | TokenReasons | 'setup-expired' | 'setup-superseded'
  >()
  expectTypeOf<Reasons<'verify'>>().toEqualTypeOf<StepReasons | 'not-enabled'>()
  expectTypeOf<Reasons<'beginSetup'>>().toEqualTypeOf<ProofReasons | 'limit-reached' | 'not-found' | 'invalid-name'>()
  expectTypeOf<Reasons<'beginRequiredSetup'>>().toEqualTypeOf<TokenReasons | 'invalid-name'>()
  expectTypeOf<Reasons<'resumeRequiredSetup'>>().toEqualTypeOf<TokenReasons | 'setup-expired' | 'setup-superseded'>()
  expectTypeOf<Reasons<'confirmSetup'>>().toEqualTypeOf<
    'wrong-code' | 'wrong-passkey' | 'setup-expired' | 'setup-superseded' | 'already-registered' | 'limit-reached'
  >()
  expectTypeOf<Reasons<'viewRecoveryCodes'>>().toEqualTypeOf<ProofReasons | 'not-enabled' | 'not-viewable'>()
  expectTypeOf<Reasons<'regenerateRecoveryCodes'>>().toEqualTypeOf<ProofReasons | 'not-enabled'>()
  expectTypeOf<Reasons<'markRecoveryCodesSaved'>>().toEqualTypeOf<'not-enabled' | 'not-found'>()
  expectTypeOf<Reasons<'removeAuthenticator'>>().toEqualTypeOf<
    ProofReasons | 'not-enabled' | 'not-found' | 'last-authenticator'
  >()
  expectTypeOf<Reasons<'disable'>>().toEqualTypeOf<ProofReasons | 'not-enabled' | 'two-factor-required'>()
})

test('nothing of a success can be read before the outcome was checked', () => {
  expectTypeOf<Outcome<'completeChallenge'>>().not.toHaveProperty('userId')
  expectTypeOf<Outcome<'beginSetup'>>().not.toHaveProperty('secret')
  expectTypeOf<Outcome<'regenerateRecoveryCodes'>>().not.toHaveProperty('recoveryCodes')
  expectTypeOf<Outcome<'challenge'>>().not.toHaveProperty('token')
})

test('a sensitive operation cannot be called without its proof', () => {
  expectTypeOf<Parameters<TwoFactor['disable']>[1]>().toHaveProperty('proof')
  expectTypeOf<Parameters<TwoFactor['disable']>>().not.toEqualTypeOf<[userId: string]>()
  expectTypeOf<{ accountName: string }>().not.toExtend<Parameters<TwoFactor['beginSetup']>[1]>()
})

test('a value from a cookie jar may be passed as it is', () => {
  expectTypeOf<{ device: string | undefined; binding: string | undefined }>().toExtend<
    NonNullable<Parameters<TwoFactor['challenge']>[1]>
  >()
})

test('an outcome narrows by `passed` and by `ok`, each with the fields of its own', () => {
  type Challenge = Outcome<'challenge'>
  expectTypeOf<Extract<Challenge, { passed: true }>>().toHaveProperty('because')
  expectTypeOf<Extract<Challenge, { passed: true }>>().not.toHaveProperty('token')
  expectTypeOf<Extract<Challenge, { passed: false }>['token']>().toEqualTypeOf<string>()
  expectTypeOf<Extract<Challenge, { passed: false }>['action']>().toEqualTypeOf<'verify' | 'setup'>()
  expectTypeOf<Extract<Outcome<'verify'>, { ok: true }>['method']>().toEqualTypeOf<
    'totp' | 'passkey' | 'recovery-code'
  >()
  expectTypeOf<Extract<Outcome<'beginSetup'>, { ok: true; type: 'totp' }>['secret']>().toEqualTypeOf<string>()
  expectTypeOf<Extract<BeginSetupResult, { ok: true }>['secret']>().toEqualTypeOf<string>()
  expectTypeOf<Extract<BeginSetupResult<'passkey'>, { ok: true }>>().not.toHaveProperty('secret')
})

test('a switch over the reasons is known to be exhaustive', () => {
  const words = (reason: Reasons<'verify'>): string => {
    switch (reason) {
      case 'wrong-code':
      case 'code-used':
      case 'wrong-passkey':
        return 'again'
      case 'throttled':
      case 'locked':
        return 'later'
      case 'not-enabled':
        return 'off'
      default:
        return expectTypeOf(reason).toBeNever() && reason
    }
  }
  expectTypeOf(words).returns.toBeString()
})

test('a code and a passkey are alternatives, and so are the kinds of proof', () => {
  expectTypeOf<{ code: string }>().toExtend<CodeOrPasskey>()
  expectTypeOf<{ passkey: AuthenticationResponseJson }>().toExtend<CodeOrPasskey>()
  expectTypeOf<{ code: string; passkey: AuthenticationResponseJson }>().not.toExtend<CodeOrPasskey>()
  expectTypeOf<Record<never, never>>().not.toExtend<CodeOrPasskey>()
  expectTypeOf<{ passkey: AuthenticationResponseJson }>().not.toExtend<Parameters<TwoFactor['verify']>[1]>()
  expectTypeOf<{ passkey: AuthenticationResponseJson; token: string }>().toExtend<Proof>()
  expectTypeOf<{ password: string; code: string }>().not.toExtend<Proof>()
})
