import type { PasskeyVerifier } from 'countersign'
import { virtualPasskey } from 'countersign/testing'
import { describe, expect, it } from 'vitest'
import { faultOf, untyped, type World } from '../world.ts'
import { addPasskey, challenged, passkeysIn, passkeyWorld, proof, SITE, verifier } from './world.ts'

/** A verifier of the host's own, which answers whatever the test says. */
function answering(answers: Partial<Record<'verifyRegistration' | 'verifyAssertion', () => unknown>>): PasskeyVerifier {
  const usual = verifier()
  const { verifyRegistration = usual.verifyRegistration, verifyAssertion = usual.verifyAssertion } = answers
  return { ...usual, verifyRegistration: untyped(verifyRegistration), verifyAssertion: untyped(verifyAssertion) }
}

const junk: [string, unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['true', true],
  ['a text', 'ok'],
  ['an empty object', {}],
  ['a truthy ok', { ok: 1, counter: 0, backupEligible: false, backedUp: false }],
  ['no counter', { ok: true, backupEligible: false, backedUp: false }],
  ['a counter below zero', { ok: true, counter: -1, backupEligible: false, backedUp: false }],
  ['a fraction as counter', { ok: true, counter: 0.5, backupEligible: false, backedUp: false }],
  ['text as a flag', { ok: true, counter: 0, backupEligible: 'no', backedUp: false }],
  ['no flag of a backup', { ok: true, counter: 0, backupEligible: false }],
  ['a text as counter', { ok: true, counter: '5', backupEligible: false, backedUp: false }],
  ['another ok with a cause', { ok: 'no', cause: 'signature' }],
  ['a refusal without a cause', { ok: false }],
  ['a refusal with another cause', { ok: false, cause: 'the token was abc' }],
  ['a refusal with a list as its cause', { ok: false, cause: ['signature'] }],
  ['a refusal with a cause of every object', { ok: false, cause: 'toString' }],
]
const VERDICT = '{ ok: true, counter, backupEligible, backedUp, … } or { ok: false, cause }'

describe('a verifier of the host’s own that answers', () => {
  it.each(junk)('%s is a fault, and nobody is signed in', async (_what, answer) => {
    const world = passkeyWorld({ passkeys: answering({ verifyAssertion: () => answer }) })
    const passkey = await addPasskey(world)
    const { token, passkey: asked } = await challenged(world)
    const response = await passkey.get(asked)
    const fault = await faultOf(() => world.twoFactor.completeChallenge(token, { passkey: response }))
    expect(fault.code).toBe('hook_invalid')
    expect(fault.message).toContain(`passkeys.verifyAssertion must return ${VERDICT}; it returned `)
    if (typeof answer === 'object' && answer !== null && 'ok' in answer) {
      expect(fault.message).toMatch(/ A field is missing or of the wrong type\.$/)
    }
    expect(fault.message).not.toContain('abc')
    expect([world.store.saves, world.heard()]).toEqual([0, []])
  })

  it('nothing at a registration is a fault that names the other function', async () => {
    const { result } = await registeredAs(() => undefined)
    expect((await faultOf(result)).message).toContain(`passkeys.verifyRegistration must return ${VERDICT}; it `)
  })

  const registered = { ok: true, counter: 0, backupEligible: false, backedUp: false, suggestedName: null }
  const badKeys: [string, unknown][] = [
    ['as text', 'AAAA'],
    ['empty', new Uint8Array()],
    ['longer than any', new Uint8Array(769)],
    ['missing', undefined],
  ]
  it.each(badKeys)('a public key %s is a fault, and nothing is written', async (_what, publicKey) => {
    const { result, world } = await registeredAs((credentialId) => ({ ...registered, credentialId, publicKey }))
    const fault = await faultOf(result)
    expect(fault.code).toBe('hook_invalid')
    expect(fault.message).toContain('verifyRegistration must return publicKey as a Uint8Array of 1 to 768 bytes; it ')
    expect(world.store.saves).toBe(0)
  })

  it('the longest public key, and the shortest, are taken', async () => {
    for (const length of [1, 768]) {
      const publicKey = new Uint8Array(length)
      const { result } = await registeredAs((credentialId) => ({ ...registered, credentialId, publicKey }))
      expect(await result()).toMatchObject({ ok: true })
    }
  })

  it('another credential id than the response has is refused', async () => {
    const publicKey = new Uint8Array(77)
    const { result } = await registeredAs(() => ({ ...registered, credentialId: 'AAAA', publicKey }))
    expect(await result()).toMatchObject({ reason: 'wrong-passkey' })
  })

  it.each<[unknown, string]>([
    ['x'.repeat(5000), ''],
    ['two\nlines', ''],
    [7, ''],
    ['  My key ', 'My key'],
  ])('the name %j leaves a record that can be read', async (suggestedName, name) => {
    const publicKey = new Uint8Array(77)
    const { result, world } = await registeredAs((credentialId) => {
      return { ...registered, credentialId, publicKey, suggestedName }
    })
    expect(await result()).toMatchObject({ ok: true })
    expect((await world.twoFactor.status('ann')).authenticators).toMatchObject([{ name }])
  })

  async function registeredAs(answer: (credentialId: string) => unknown) {
    let id = ''
    const world = passkeyWorld({ passkeys: answering({ verifyRegistration: () => answer(id) }) })
    const offer = await world.twoFactor.beginSetup('ann', { type: 'passkey', accountName: 'ann', proof })
    if (!offer.ok) throw new Error(offer.reason)
    const passkey = await virtualPasskey(SITE).create(offer.options)
    id = passkey.id
    world.store.forget()
    return { world, result: () => world.twoFactor.confirmSetup('ann', { token: offer.token, passkey }) }
  }
})

it('what it throws reaches the host as it is, and spends nothing', async () => {
  const broken = new Error('The network of the verifier is down.')
  let isBroken = true
  const usual = verifier()
  const world = passkeyWorld({
    passkeys: {
      ...usual,
      verifyAssertion: (given) => (isBroken ? Promise.reject(broken) : usual.verifyAssertion(given)),
    },
  })
  const passkey = await addPasskey(world)
  const { token, passkey: asked } = await challenged(world)
  const response = await passkey.get(asked)
  await expect(world.twoFactor.completeChallenge(token, { passkey: response })).rejects.toBe(broken)
  isBroken = false
  expect((await world.twoFactor.completeChallenge(token, { passkey: response })).ok).toBe(true)
})

it('one that hangs holds up its own call alone, and what it answers late is checked against the record of then', async () => {
  const usual = verifier()
  const answers: (() => void)[] = []
  const world = passkeyWorld({
    passkeys: {
      ...usual,
      verifyAssertion: async (given) => {
        await new Promise<void>((resolve) => answers.push(resolve))
        return usual.verifyAssertion(given)
      },
    },
  })
  const passkey = await addPasskey(world)
  const slow = await challenged(world)
  const hanging = world.twoFactor.completeChallenge(slow.token, { passkey: await passkey.get(slow.passkey) })
  await answersBegun(answers)
  await signInWithCode(world, passkey.recoveryCodes[0] ?? '')
  await world.twoFactor.admin.reset('ann', { by: 'sam', note: 'x' })
  await addPasskey(world)
  for (const answer of answers) answer()
  expect(await hanging).toMatchObject({ ok: false, reason: 'challenge-expired' })
  expect(passkeysIn(await world.store.record('ann'))).toMatchObject([{ counter: 1 }])
})

/** Until the verifier was asked: microtasks alone lead there. */
async function answersBegun(answers: readonly unknown[]): Promise<void> {
  for (let turns = 0; turns < 1000 && answers.length === 0; turns += 1) await Promise.resolve()
  expect(answers).toHaveLength(1)
}

async function signInWithCode(world: World, code: string): Promise<void> {
  const { token } = await challenged(world)
  expect((await world.twoFactor.completeChallenge(token, { code })).ok).toBe(true)
}

it('an rpId that no record can hold is refused at construction', async () => {
  for (const rpId of ['', 'x'.repeat(254), untyped<string>(7)]) {
    const fault = await faultOf(() => passkeyWorld({ passkeys: { ...verifier(), rpId } }))
    expect(fault.code).toBe('invalid_option')
  }
})
