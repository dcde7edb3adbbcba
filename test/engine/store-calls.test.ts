import { describe, expect, test } from 'vitest'
import { createWorld, enrolled, MINUTE, PASSWORD, type User, type World } from '../world.ts'

/*
 * What each operation asks of the store, counted: a load that slips in costs a round trip at every sign-in, and no clock in a
 * test would notice it.
 */

const proof = { password: PASSWORD }

interface Case {
  name: string
  loads: number
  saves: number
  before?: (world: World, user: User) => Promise<unknown>
  run: (world: World, user: User, before: never) => Promise<unknown>
}

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
    before: challengeToken,
    run: ({ twoFactor }, _user, token) => twoFactor.completeChallenge(token, { code: '' }),
  },
  {
    name: 'completeChallenge, a token of nobody',
    loads: 0,
    saves: 0,
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
]

describe('what an operation asks of the store', () => {
  for (const { name, loads, saves, before, run } of CASES) {
    test(`${name}: loads ${loads}, saves ${saves}`, async () => {
      const world = createWorld()
      const user = await enrolled(world)
      world.clock.advance({ seconds: MINUTE / 1000 })
      const prepared = await before?.(world, user)
      world.store.forget()
      await run(world, user, prepared as never)
      expect({ loads: world.store.loads, saves: world.store.saves }).toEqual({ loads, saves })
    })
  }
})

async function challengeToken({ twoFactor }: World, { userId }: User): Promise<string> {
  const challenge = await twoFactor.challenge(userId)
  if (challenge.passed) throw new Error('There is no second step.')
  return challenge.token
}

function wrong(code: string): string {
  return code.replace(/\d$/, (digit) => String((Number(digit) + 5) % 10))
}
