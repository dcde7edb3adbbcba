import { expect, test } from 'vitest'
import { diagnosticsOf } from './diagnostics.ts'

const meant = (given: string, type: string, name: string) =>
  `Object literal may only specify known properties, but '${given}' does not exist in type '${type}'. Did you mean to write '${name}'?`
const notAwaited = (name: string, type: string) => `Property '${name}' does not exist on type 'Promise<${type}>'.`

/** Each mistake is one error, and this is its first line: no signature of an overload around it. */
const MISTAKES: [snippet: string, message: string][] = [
  ["twoFactor.completeChallenge(token, { cod: '1' })", meant('cod', 'CompleteChallengeOptions', 'code')],
  [
    "twoFactor.completeChallenge(token, { coed: '1' })",
    "Object literal may only specify known properties, and 'coed' does not exist in type 'CompleteChallengeOptions'.",
  ],
  ['twoFactor.completeChallenge(token, { code: 1 })', "Type 'number' is not assignable to type 'string'."],
  [
    'twoFactor.completeChallenge(token, {})',
    "Argument of type '{}' is not assignable to parameter of type 'CompleteChallengeOptions'.",
  ],
  [
    "twoFactor.completeChallenge(await twoFactor.challenge('ann'), { code: '1' })",
    "Argument of type 'ChallengeResult' is not assignable to parameter of type 'string'.",
  ],
  ["twoFactor.verify('ann', { cod: '1' })", meant('cod', 'VerifyOptions', 'code')],
  ["twoFactor.verify(7, { code: '1' })", "Argument of type 'number' is not assignable to parameter of type 'string'."],
  ["twoFactor.disable('ann', { proof: { pasword: 'x' } })", meant('pasword', 'Proof', 'password')],
  ["twoFactor.disable('ann', { proof: { cod: '1' } })", meant('cod', 'Proof', 'code')],
  ["twoFactor.disable('ann', { proof: { code: 1 } })", "Type 'number' is not assignable to type 'string'."],
  ["twoFactor.disable('ann', { proof: 'x' })", "Type 'string' is not assignable to type 'Proof'."],
  [
    "twoFactor.disable('ann', { proof: { password: 'x', code: '1' } })",
    "Type '{ password: string; code: string; }' is not assignable to type 'Proof'.",
  ],
  ["twoFactor.disable('ann')", 'Expected 2 arguments, but got 1.'],
  ["twoFactor.disable('ann', { prof: {} })", meant('prof', 'ProofOption & ContextOption', 'proof')],
  ["if (twoFactor.challenge('ann').passed) open()", notAwaited('passed', 'ChallengeResult')],
  [
    "const challenge = twoFactor.challenge('ann')\nif (challenge.passed) open()",
    notAwaited('passed', 'ChallengeResult'),
  ],
  ["if (twoFactor.verify('ann', { code: '1' }).ok) open()", notAwaited('ok', 'VerifyResult')],
  ["if (twoFactor.verifyProof('ann', { proof: { password: 'x' } }).ok) open()", notAwaited('ok', 'VerifyProofResult')],
  [
    "const result = await twoFactor.verify('ann', { code: '1' })\nopen(result.method)",
    "Property 'method' does not exist on type 'VerifyResult'.",
  ],
  [
    "const challenge = await twoFactor.challenge('ann')\nopen(challenge.token)",
    "Property 'token' does not exist on type 'ChallengeResult'.",
  ],
  ['createTwoFactor({ ...options, isrequired: () => true })', meant('isrequired', 'TwoFactorOptions', 'isRequired')],
  [
    "createTwoFactor({ ...options, acceptedProofs: ['passwords'] })",
    `Type '"passwords"' is not assignable to type '"code" | "password" | "reauthenticated"'. Did you mean '"password"'?`,
  ],
  [
    'createTwoFactor({ ...options, verifyPassword: () => ({ id: 7 }) })',
    "Type '() => { id: number; }' is not assignable to type '(userId: string, password: string) => boolean | Promise<boolean>'.",
  ],
  [
    "createHandler({ ...handlerOptions, allowedOrigin: ['x'] })",
    meant('allowedOrigin', 'HandlerOptions', 'allowedOrigins'),
  ],
  [
    "tokens.issue('ann', { name: 'CI', proof: { password: 'x' }, expiresAt: 5 })",
    meant('expiresAt', 'IssueOptions', 'expiresAtMs'),
  ],
]

test('each mistake is one error of the compiler, which names it', () => {
  const told = diagnosticsOf(MISTAKES.map(([snippet]) => snippet))
  const found = MISTAKES.map(([snippet], index) => [snippet, (told[index] ?? []).map((text) => text.split('\n')[0])])
  expect(found).toEqual(MISTAKES.map(([snippet, message]) => [snippet, [message]]))
}, 240_000)
