import { expect, test } from 'vitest'
import type { CheckedAssertion } from '../../src/engine/passkey-check.ts'
import { emptyRecord, type UserRecord } from '../../src/engine/record.ts'
import { assertionOf, isUsable, openStepUp, sealStepUp } from '../../src/engine/step-up-token.ts'
import { keyRing } from '../../src/vault/key-ring.ts'
import { createVault } from '../../src/vault/vault.ts'
import { createWorld, MINUTE, START } from '../world.ts'

const challenges = { epoch: 'now', sinceMs: START, used: ['used'], previous: null }
const record: UserRecord = { ...emptyRecord(), challenges }
const assertion: CheckedAssertion = {
  ok: true,
  authenticatorId: 'key',
  credentialId: 'AAAA',
  counter: 1,
  backupEligible: false,
  backedUp: false,
}

test('the token of a step-up has its own purpose, is the user’s, and is valid for five minutes', () => {
  const world = createWorld()
  const vault = createVault(keyRing(world.keys), world.random)
  const claims = { epoch: 'now', issuedAtMs: START, binding: null }
  const token = sealStepUp(vault, 'ann', claims)
  expect(vault.openText({ purpose: 'step-up', userId: 'ann' }, token)).toBe(JSON.stringify(['now', START, null]))
  const open = (userId: string, nowMs: number, binding?: unknown) =>
    openStepUp(vault, userId, token, binding, nowMs)?.epoch
  expect(open('ann', START)).toBe('now')
  expect(open('ann', START + 5 * MINUTE - 1)).toBe('now')
  expect([open('ann', START + 5 * MINUTE), open('ben', START), open('ann', START, 'browser')]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

test('a step-up is usable once, in its epoch', () => {
  expect(isUsable(record, { id: 'new', epoch: 'now' })).toBe(true)
  expect(isUsable(record, { id: 'used', epoch: 'now' })).toBe(false)
  expect(isUsable(record, { id: 'new', epoch: 'before' })).toBe(false)
})

test('what was verified counts for nothing if the step-up was used or voided meanwhile', () => {
  const notBegun = { ok: false, cause: 'challenge' }
  const of = (id: string, epoch: string) => assertionOf(record, { stepUp: { id, epoch }, assertion })
  expect(of('new', 'now')).toBe(assertion)
  expect([of('used', 'now'), of('new', 'before')]).toEqual([notBegun, notBegun])
  const refused: CheckedAssertion = { ok: false, cause: 'challenge' }
  expect(assertionOf(record, { stepUp: null, assertion: refused })).toBe(refused)
})
