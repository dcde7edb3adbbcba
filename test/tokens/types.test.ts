import type { Refusal } from 'countersign'
import type { AccessTokens } from 'countersign/tokens'
import { expectTypeOf, test } from 'vitest'

/* Held by `npm run types`: nothing here can fail when it runs. */

type Outcome<Operation extends keyof AccessTokens> = AccessTokens[Operation] extends (...args: never[]) => infer Result
  ? Awaited<Result>
  : never
type Reasons<Operation extends keyof AccessTokens> = Extract<Outcome<Operation>, Refusal<string>>['reason']

test('each operation lists the reasons that it can have, and no other', () => {
  expectTypeOf<Reasons<'verify'>>().toEqualTypeOf<'malformed' | 'unknown' | 'revoked' | 'expired' | 'scope'>()
  expectTypeOf<Reasons<'rename'>>().toEqualTypeOf<'not-found' | 'invalid-name'>()
  expectTypeOf<Reasons<'revoke'>>().toEqualTypeOf<'not-found'>()
  expectTypeOf<
    Extract<Reasons<'issue'>, 'limit-reached' | 'unknown-scope' | 'already-expired' | 'wrong-code'>
  >().toEqualTypeOf<'limit-reached' | 'unknown-scope' | 'already-expired' | 'wrong-code'>()
})

test('a token cannot be issued without proof, nor be read before the outcome was checked', () => {
  expectTypeOf<{ name: string }>().not.toExtend<Parameters<AccessTokens['issue']>[1]>()
  expectTypeOf<Outcome<'issue'>>().not.toHaveProperty('token')
  expectTypeOf<Outcome<'verify'>>().not.toHaveProperty('userId')
})

test('a scope that may be missing cannot be passed as one', () => {
  expectTypeOf<{ scope: string | undefined }>().not.toExtend<NonNullable<Parameters<AccessTokens['verify']>[1]>>()
})
