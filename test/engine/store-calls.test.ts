import type { AuthenticationResponseJson } from 'countersign'
import { generateSecret } from 'countersign/otp'
import { describe, expect, test } from 'vitest'
import { addPasskey, challenged, steppingUp, verifier } from '../passkeys/world.ts'
import { addPhone, createWorld, enrolled, MINUTE, PASSWORD, phoneFor, type User, type World } from '../world.ts'

/*
 * What each operation asks of the store, counted: a load that slips in costs a round trip at every sign-in, and no clock in a
 * test would notice it.
 */

const proof = { password: PASSWORD }
const staff = { by: 'sam', note: 'x' }
/** One who must set it up. */
const NEW_USER = 'ben'

interface Case {
  name: string
  loads: number
  saves: number
  /** Why it is refused, if it is. */
  reason?: string
  before?: (world: World, user: User) => Promise<unknown>
  run: (world: World, user: User, before: never) => Promise<unknown>
}

type Offer = Awaited<ReturnType<typeof begun>>
type RequiredOffer = Awaited<ReturnType<typeof requiredOffer>>
type SignedFor = { token: string; passkey: AuthenticationResponseJson }

const CASES: readonly Case[] = [
  { name: 'challenge', loads: 1, saves: 0, run: ({ twoFactor }, { userId }) => twoFactor.challenge(userId) },
  {
    name: 'completeChallenge, right code',
    loads: 1,
    saves: 1,
    before: challengeToken,
    run: ({ twoFactor }, { phone }, token) => twoFactor.completeChallenge(token, { code: phone.next() }),
  },
  {
    name: 'completeChallenge, wrong code',
    loads: 1,
    saves: 1,
    reason: 'wrong-code',
    before: challengeToken,
    run: ({ twoFactor }, { phone }, token) => twoFactor.completeChallenge(token, { code: wrong(phone.next()) }),
  },
  {
    name: 'completeChallenge, recovery code',
    loads: 1,
    saves: 1,
    before: challengeToken,
    run: ({ twoFactor }, { recoveryCodes }, token) =>
      twoFactor.completeChallenge(token, { code: recoveryCodes[0] ?? '' }),
  },
  {
    name: 'completeChallenge, what is no code',
    loads: 1,
    saves: 0,
    reason: 'wrong-code',
    before: challengeToken,
    run: ({ twoFactor }, _user, token) => twoFactor.completeChallenge(token, { code: '' }),
  },
  {
    name: 'completeChallenge, a token of nobody',
    loads: 0,
    saves: 0,
    reason: 'challenge-expired',
    run: ({ twoFactor }, { phone }) => twoFactor.completeChallenge('x', { code: phone.next() }),
  },
  {
    name: 'verify, right code',
    loads: 1,
    saves: 1,
    run: ({ twoFactor }, { userId, phone }) => twoFactor.verify(userId, { code: phone.next() }),
  },
  { name: 'status', loads: 1, saves: 0, run: ({ twoFactor }, { userId }) => twoFactor.status(userId) },
  {
    name: 'viewRecoveryCodes by password',
    loads: 2,
    saves: 1,
    run: ({ twoFactor }, { userId }) => twoFactor.viewRecoveryCodes(userId, { proof }),
  },
  {
    name: 'disable by password',
    loads: 2,
    saves: 1,
    run: ({ twoFactor }, { userId }) => twoFactor.disable(userId, { proof }),
  },
  {
    name: 'beginSetup by password',
    loads: 2,
    saves: 1,
    run: ({ twoFactor }, { userId }) => twoFactor.beginSetup(userId, { proof }),
  },
  {
    name: 'beginSetup by code',
    loads: 1,
    saves: 1,
    run: ({ twoFactor }, { userId, phone }) => twoFactor.beginSetup(userId, { proof: { code: phone.next() } }),
  },
  {
    name: 'confirmSetup, right code',
    loads: 1,
    saves: 1,
    before: begun,
    run: (world, { userId }, offer: Offer) =>
      world.twoFactor.confirmSetup(userId, { token: offer.token, code: phoneFor(world, offer).next() }),
  },
  {
    name: 'confirmSetup, wrong code',
    loads: 1,
    saves: 1,
    reason: 'wrong-code',
    before: begun,
    run: (world, { userId }, offer: Offer) =>
      world.twoFactor.confirmSetup(userId, { token: offer.token, code: wrong(phoneFor(world, offer).next()) }),
  },
  {
    name: 'confirmSetup, a setup that was replaced',
    loads: 1,
    saves: 0,
    reason: 'setup-superseded',
    before: async (world, user) => {
      const offer = await begun(world, user)
      await begun(world, user)
      return offer
    },
    run: (world, { userId }, offer: Offer) =>
      world.twoFactor.confirmSetup(userId, { token: offer.token, code: phoneFor(world, offer).next() }),
  },
  {
    name: 'resumeSetup',
    loads: 1,
    saves: 0,
    before: begun,
    run: ({ twoFactor }, { userId }, { token }: Offer) => twoFactor.resumeSetup(userId, { token }),
  },
  {
    name: 'cancelSetup',
    loads: 1,
    saves: 1,
    before: begun,
    run: ({ twoFactor }, { userId }, { token }: Offer) => twoFactor.cancelSetup(userId, { token }),
  },
  {
    name: 'cancelSetup, a token of nobody',
    loads: 1,
    saves: 0,
    reason: 'setup-expired',
    before: begun,
    run: ({ twoFactor }, { userId }) => twoFactor.cancelSetup(userId, { token: 'x' }),
  },
  { name: 'beginStepUp', loads: 1, saves: 0, run: ({ twoFactor }, { userId }) => twoFactor.beginStepUp(userId) },
  {
    name: 'verifyProof by code',
    loads: 1,
    saves: 1,
    run: ({ twoFactor }, { userId, phone }) => twoFactor.verifyProof(userId, { proof: { code: phone.next() } }),
  },
  {
    name: 'regenerateRecoveryCodes by password',
    loads: 2,
    saves: 1,
    run: ({ twoFactor }, { userId }) => twoFactor.regenerateRecoveryCodes(userId, { proof }),
  },
  {
    name: 'regenerateRecoveryCodes by the token of a view',
    loads: 1,
    saves: 1,
    before: ({ twoFactor }, { userId }) => twoFactor.viewRecoveryCodes(userId, { proof }),
    run: ({ twoFactor }, { userId }, { token }: { token: string }) =>
      twoFactor.regenerateRecoveryCodes(userId, { proof: { token } }),
  },
  {
    name: 'regenerateRecoveryCodes by any other token',
    loads: 1,
    saves: 0,
    reason: 'proof-required',
    run: ({ twoFactor }, { userId }) => twoFactor.regenerateRecoveryCodes(userId, { proof: { token: 'x' } }),
  },
  { name: 'markRecoveryCodesSaved', loads: 1, saves: 1, before: createdAtMs, run: markSaved },
  {
    name: 'markRecoveryCodesSaved, once more',
    loads: 1,
    saves: 0,
    before: async (world, user) => {
      const time = await createdAtMs(world, user)
      await markSaved(world, user, time)
      return time
    },
    run: markSaved,
  },
  {
    name: 'renameAuthenticator',
    loads: 1,
    saves: 1,
    before: authenticatorId,
    run: ({ twoFactor }, { userId }, id) => twoFactor.renameAuthenticator(userId, { id, name: 'Old phone' }),
  },
  {
    name: 'renameAuthenticator, a name that it cannot have',
    loads: 0,
    saves: 0,
    reason: 'invalid-name',
    before: authenticatorId,
    run: ({ twoFactor }, { userId }, id) => twoFactor.renameAuthenticator(userId, { id, name: '' }),
  },
  {
    name: 'revokeTrustedDevices',
    loads: 1,
    saves: 1,
    run: ({ twoFactor }, { userId }) => twoFactor.revokeTrustedDevices(userId),
  },
  {
    name: 'passwordChanged',
    loads: 1,
    saves: 1,
    run: ({ twoFactor }, { userId }) => twoFactor.passwordChanged(userId),
  },
  {
    name: 'removeAuthenticator by password',
    loads: 2,
    saves: 1,
    before: async (world, user) => {
      await addPhone(world, user.userId)
      return authenticatorId(world, user)
    },
    run: ({ twoFactor }, { userId }, id) => twoFactor.removeAuthenticator(userId, { id, proof }),
  },
  {
    name: 'admin.reset',
    loads: 1,
    saves: 1,
    run: ({ twoFactor }, { userId }) => twoFactor.admin.reset(userId, staff),
  },
  {
    name: 'admin.unlock',
    loads: 1,
    saves: 1,
    before: issue,
    run: ({ twoFactor }, { userId }) => twoFactor.admin.unlock(userId, staff),
  },
  {
    name: 'admin.reseal, under the first key already',
    loads: 1,
    saves: 0,
    run: ({ twoFactor }, { userId }) => twoFactor.admin.reseal(userId),
  },
  {
    name: 'admin.exportUser',
    loads: 1,
    saves: 1,
    run: ({ twoFactor }, { userId }) => twoFactor.admin.exportUser(userId, staff),
  },
  { name: 'admin.issueRecoveryCode', loads: 1, saves: 1, run: issue },
  {
    name: 'admin.issueRecoveryCode, the third',
    loads: 1,
    saves: 0,
    reason: 'limit-reached',
    before: async (world, user) => {
      await issue(world, user)
      await issue(world, user)
    },
    run: issue,
  },
  {
    name: 'verify, a code that staff issued',
    loads: 1,
    saves: 1,
    before: issue,
    run: ({ twoFactor }, { userId }, { recoveryCode }: { recoveryCode: string }) =>
      twoFactor.verify(userId, { code: recoveryCode }),
  },
  {
    name: 'admin.importUser, one who has it on',
    loads: 1,
    saves: 0,
    run: ({ twoFactor }, { userId }) =>
      twoFactor.admin.importUser(userId, { authenticators: [{ secret: generateSecret() }] }),
  },
  {
    name: 'completeChallenge, passkey',
    loads: 2,
    saves: 1,
    before: async (world) => {
      const passkey = await addPasskey(world)
      const { token, passkey: request } = await challenged(world)
      return { token, passkey: await passkey.get(request) }
    },
    run: ({ twoFactor }, _user, { token, passkey }: SignedFor) => twoFactor.completeChallenge(token, { passkey }),
  },
  {
    name: 'verify, passkey',
    loads: 2,
    saves: 1,
    before: async (world) => {
      const passkey = await addPasskey(world)
      const { token, passkey: request } = await steppingUp(world)
      return { token, passkey: await passkey.get(request) }
    },
    run: ({ twoFactor }, { userId }, signed: SignedFor) => twoFactor.verify(userId, signed),
  },
  {
    name: 'challenge, the first one of a user who must set it up',
    loads: 2,
    saves: 1,
    run: ({ twoFactor }) => twoFactor.challenge(NEW_USER),
  },
  {
    name: 'beginRequiredSetup',
    loads: 1,
    saves: 1,
    before: (world) => challengeToken(world, { userId: NEW_USER }),
    run: ({ twoFactor }, _user, token) => twoFactor.beginRequiredSetup(token, {}),
  },
  {
    name: 'resumeRequiredSetup',
    loads: 1,
    saves: 0,
    before: requiredOffer,
    run: ({ twoFactor }, _user, { token, offer }: RequiredOffer) =>
      twoFactor.resumeRequiredSetup(token, { setupToken: offer.token }),
  },
  {
    name: 'completeChallenge, the first code of a required setup',
    loads: 1,
    saves: 1,
    before: requiredOffer,
    run: (world, _user, { token, offer }: RequiredOffer) =>
      world.twoFactor.completeChallenge(token, { setupToken: offer.token, code: phoneFor(world, offer).next() }),
  },
  {
    name: 'verify, an imported code that the host compares',
    loads: 2,
    saves: 1,
    before: ({ twoFactor }) =>
      twoFactor.admin.importUser('cyd', {
        authenticators: [{ secret: generateSecret() }],
        recoveryCodes: [{ hash: 'hash of abcd-1234', length: 8 }],
      }),
    run: ({ twoFactor }) => twoFactor.verify('cyd', { code: 'abcd-1234' }),
  },
]

const OPTIONS = {
  passkeys: verifier(),
  isRequired: (userId: string) => userId === NEW_USER,
  verifyImportedCode: (typed: string, hash: string) => hash === `hash of ${typed}`,
}

test('every operation is counted below', () => {
  const { issuer: _, authenticatorTypes: __, admin, ...own } = createWorld().twoFactor
  const operations = [...Object.keys(own), ...Object.keys(admin).map((name) => `admin.${name}`)]
  const counted = CASES.map(({ name }) => name.split(/[ ,]/, 1)[0])
  expect(operations.filter((name) => !counted.includes(name))).toEqual([])
})

describe('what an operation asks of the store', () => {
  for (const { name, loads, saves, reason, before, run } of CASES) {
    test(`${name}: loads ${loads}, saves ${saves}`, async () => {
      const world = createWorld(OPTIONS)
      const user = await enrolled(world)
      world.clock.advance({ seconds: MINUTE / 1000 })
      const prepared = await before?.(world, user)
      world.store.forget()
      const result = await run(world, user, prepared as never)
      expect({ loads: world.store.loads, saves: world.store.saves }).toEqual({ loads, saves })
      expect(result).toEqual(reason === undefined ? expect.not.objectContaining({ ok: false }) : refused(reason))
    })
  }
})

async function begun({ twoFactor }: World, { userId }: User) {
  const offer = await twoFactor.beginSetup(userId, { proof })
  if (!offer.ok) throw new Error(offer.reason)
  return offer
}

async function createdAtMs({ twoFactor }: World, { userId }: User): Promise<number> {
  return (await twoFactor.status(userId)).recoveryCodes.createdAtMs ?? 0
}

function markSaved({ twoFactor }: World, { userId }: User, createdAtMs: number) {
  return twoFactor.markRecoveryCodesSaved(userId, { createdAtMs })
}

async function authenticatorId({ twoFactor }: World, { userId }: User): Promise<string> {
  return (await twoFactor.status(userId)).authenticators[0]?.id ?? ''
}

function issue({ twoFactor }: World, { userId }: User) {
  return twoFactor.admin.issueRecoveryCode(userId, staff)
}

async function requiredOffer(world: World) {
  const token = await challengeToken(world, { userId: NEW_USER })
  const offer = await world.twoFactor.beginRequiredSetup(token, {})
  if (!offer.ok) throw new Error(offer.reason)
  return { token, offer }
}

async function challengeToken({ twoFactor }: World, { userId }: Pick<User, 'userId'>): Promise<string> {
  const challenge = await twoFactor.challenge(userId)
  if (challenge.passed) throw new Error('There is no second step.')
  return challenge.token
}

function wrong(code: string): string {
  return code.replace(/\d$/, (digit) => String((Number(digit) + 5) % 10))
}

function refused(reason: string) {
  return { ok: false, reason, retryAfterSeconds: null }
}
