import { generateTotp } from 'countersign/otp'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createWorld, DAY, PASSWORD, type World } from '../world.ts'

/*
 * Two users, several devices, and whatever they, strangers and their staff do in any order, on a clock that jumps.
 * The model below knows only what was shown to whom; the engine is asked through its public operations alone.
 */

const USERS = ['ann', 'ben'] as const
type UserId = (typeof USERS)[number]
const STEP = 30_000
const staff = { by: 'sam', note: 'x' }

interface Account {
  /** Secrets of the active authenticators, by id. */
  active: Map<string, string>
  pending: { secret: string; token: string; replaces: string[] } | null
  recoveryCodes: string[]
  /** Recovery codes that staff issued. */
  issued: { code: string; expiresAtMs: number }[]
  /** Counts whatever voids challenges, and whatever voids devices or trust in them. */
  epoch: number
  enrollment: number
  trust: number
}
interface Challenge {
  token: string
  userId: UserId
  epoch: number
  succeeded: boolean
}
interface Device {
  token: string
  userId: UserId
  enrollment: number
  trust: number
  trustedUntilMs: number | null
}

interface Model {
  accounts: Record<UserId, Account>
  challenges: Challenge[]
  devices: Device[]
  /** Every secret and every recovery code that anybody was ever shown. */
  secrets: string[]
  codes: string[]
  /** What was accepted: `secret step`, and recovery codes. */
  spent: Set<string>
}

/** A step of the story: numbers choose among what there is by then. It tells what it is where a story fails. */
interface Act {
  run(world: World, model: Model): Promise<void>
  [fc.toStringMethod](): string
}

function act(what: string, run: Act['run']): Act {
  return { run, [fc.toStringMethod]: () => what }
}

const user = fc.constantFrom(...USERS)
/** Counts from the newest of what there is; often the newest itself. */
const pick = fc.oneof(fc.constant(0), fc.nat(4), fc.nat(30))
const kind = fc.constantFrom('own', 'own', 'own', 'own', 'own recovery', 'any', 'any recovery', 'wrong')
const offset = fc.constantFrom(0, 0, 0, 0, 1, 1, -1, 2, -2)
const typed = fc.record({ kind, which: pick, offset })
const acts: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(30, 30, 30, 60, 301, 900, 86_400, 31 * 86_400, -30, -86_400).map(advance) },
  { weight: 4, arbitrary: fc.tuple(user, pick).map((given) => askForChallenge(...given)) },
  { weight: 8, arbitrary: fc.tuple(pick, typed, pick, fc.boolean()).map((given) => complete(...given)) },
  { weight: 6, arbitrary: fc.tuple(user, typed, pick, fc.boolean()).map((given) => signIn(...given)) },
  { weight: 3, arbitrary: fc.tuple(user, typed, pick).map((given) => verify(...given)) },
  { weight: 2, arbitrary: fc.tuple(user, fc.boolean(), fc.boolean()).map((given) => beginSetup(...given)) },
  { weight: 1, arbitrary: pick.map(beginRequiredSetup) },
  { weight: 2, arbitrary: fc.tuple(user, typed).map((given) => confirmSetup(...given)) },
  { weight: 1, arbitrary: fc.tuple(user, pick).map((given) => removeAuthenticator(...given)) },
  { weight: 1, arbitrary: user.map(regenerate) },
  { weight: 2, arbitrary: user.map(issueRecoveryCode) },
  { weight: 1, arbitrary: fc.tuple(user, fc.boolean()).map((given) => passwordChanged(...given)) },
  { weight: 1, arbitrary: user.map(revoke) },
  { weight: 1, arbitrary: fc.tuple(user, fc.constantFrom('disable', 'reset', 'unlock')).map((given) => off(...given)) },
)

test('whatever happens in whatever order: nothing is accepted twice, and nobody gets in with what is not theirs [CS-GATE-04]', async () => {
  let succeeded = 0
  await fc.assert(
    fc.asyncProperty(fc.array(acts, { minLength: 20, maxLength: 60 }), async (story) => {
      const world = createWorld({ isRequired: (userId) => userId === 'ben' })
      world.clock.advance({ seconds: 100 * 86_400 })
      const model: Model = {
        accounts: { ann: nobody(), ben: nobody() },
        challenges: [],
        devices: [],
        secrets: [],
        codes: [],
        spent: new Set(),
      }
      const opening = [beginSetup('ann', true, false), confirmSetup('ann', rightCode), askForChallenge('ben', 0)]
      for (const { run } of [
        ...opening,
        beginRequiredSetup(0),
        complete(0, rightCode, 0, true),
        advance(60),
        ...story,
      ]) {
        await run(world, model)
        for (const userId of USERS) {
          const { enabled, authenticators, recoveryCodes } = await world.twoFactor.status(userId)
          const { active } = model.accounts[userId]
          expect([enabled, authenticators.map(({ id }) => id).sort()]).toEqual([
            active.size > 0,
            [...active.keys()].sort(),
          ])
          const unspent = model.accounts[userId].recoveryCodes.filter((code) => !model.spent.has(code))
          expect(recoveryCodes.left).toBe(unspent.length)
        }
      }
      succeeded += model.challenges.filter((one) => one.succeeded).length
    }),
    { numRuns: 150 },
  )
  expect(succeeded).toBeGreaterThan(400)
})

type Typed = { kind: string; which: number; offset: number }
const rightCode: Typed = { kind: 'any', which: 0, offset: 0 }

/** Counted from the last one back, and around. */
function newest<Item>(items: readonly Item[], which: number): Item | undefined {
  return items.length === 0 ? undefined : items[items.length - 1 - (which % items.length)]
}

function nobody(): Account {
  return { active: new Map(), pending: null, recoveryCodes: [], issued: [], epoch: 0, enrollment: 0, trust: 0 }
}

function advance(seconds: number): Act {
  return act(`${seconds} s pass`, async (world) => world.clock.advance({ seconds }))
}

function textOf(world: World, model: Model, userId: UserId, { kind, which, offset }: Typed): string {
  const { active, pending, recoveryCodes, issued } = model.accounts[userId]
  const own = [...active.values(), ...(pending === null ? [] : [pending.secret])]
  const issuedCodes = issued.map(({ code }) => code)
  const recovery = newest(kind === 'own recovery' ? [...recoveryCodes, ...issuedCodes] : model.codes, which)
  if (kind.endsWith('recovery') && recovery !== undefined) return recovery
  const secret = newest(kind === 'own' ? own : model.secrets, which)
  if (kind === 'wrong' || secret === undefined) return String(which * 999).padStart(6, '0')
  return generateTotp({ secret, timeMs: world.clock.now() + offset * STEP })
}

/** Spends what was accepted; fails where it was no code of these secrets, or was accepted before. */
function spend(world: World, model: Model, code: string, secrets: Iterable<string>, recoveryCodes: string[]): void {
  const step = Math.floor(world.clock.now() / STEP)
  const steps = [...secrets].flatMap((secret) =>
    [step, step - 1, step + 1]
      .filter((one) => generateTotp({ secret, timeMs: one * STEP }) === code)
      .map((one) => ({ secret, step: one, key: `${secret} ${one}` })),
  )
  const wasBefore = ({ secret, step: one }: { secret: string; step: number }) =>
    [...model.spent].some((key) => key.startsWith(`${secret} `) && Number(key.split(' ')[1]) >= one)
  const [fresh] = steps.filter((one) => !wasBefore(one))
  if (fresh !== undefined) {
    model.spent.add(fresh.key)
    return
  }
  expect(recoveryCodes, 'accepted: neither an unused code of this user’s authenticators nor a recovery code').toContain(
    code,
  )
  expect(model.spent.has(code), 'a recovery code was accepted twice').toBe(false)
  model.spent.add(code)
}

function remember(model: Model, userId: UserId, token: string, trustedUntilMs: number | null): void {
  const { enrollment, trust } = model.accounts[userId]
  model.devices.push({ token, userId, enrollment, trust, trustedUntilMs })
}

function askForChallenge(userId: UserId, which: number): Act {
  return act(`${userId} asks for a challenge on device ${which}`, async (world, model) => {
    const device = newest(model.devices, which)
    const challenge = await world.twoFactor.challenge(userId, { device: device?.token })
    const account = model.accounts[userId]
    if (!challenge.passed) {
      expect(challenge.action).toBe(account.active.size > 0 ? 'verify' : 'setup')
      model.challenges.push({ token: challenge.token, userId, epoch: account.epoch, succeeded: false })
    } else if (challenge.because === 'not-enabled') {
      expect([userId, account.active.size]).toEqual(['ann', 0])
    } else {
      expect(device).toMatchObject({ userId, enrollment: account.enrollment, trust: account.trust })
      expect(device?.trustedUntilMs ?? 0).toBeGreaterThan(world.clock.now())
    }
  })
}

/** What most people do: ask, complete, and come back later. */
function signIn(userId: UserId, given: Typed, device: number, trustDevice: boolean): Act {
  const steps = [askForChallenge(userId, device), complete(0, given, device, trustDevice), advance(30)]
  return act(
    `${userId} signs in by ${JSON.stringify(given)} on ${device}, trust ${trustDevice}`,
    async (world, model) => {
      for (const { run } of steps) await run(world, model)
    },
  )
}

function complete(which: number, given: Typed, deviceIndex: number, trustDevice: boolean): Act {
  return act(
    `challenge ${which} is completed by ${JSON.stringify(given)} on ${deviceIndex}, trust ${trustDevice}`,
    async (world, model) => {
      const challenge = newest(model.challenges, which)
      if (challenge === undefined) return
      const device = newest(model.devices, deviceIndex)
      const code = textOf(world, model, challenge.userId, given)
      const { userId } = challenge
      const account = model.accounts[userId]
      const options = { code, setupToken: account.pending?.token, device: device?.token, trustDevice }
      const result = await world.twoFactor.completeChallenge(challenge.token, options)
      if (!result.ok) {
        await forgetFailedSetup(world, account, userId)
        return
      }
      expect(result.userId).toBe(userId)
      expect(challenge.succeeded, 'a challenge succeeded twice').toBe(false)
      expect(challenge.epoch, 'a void challenge succeeded').toBe(account.epoch)
      challenge.succeeded = true
      if (account.active.size === 0) {
        spend(world, model, code, account.pending === null ? [] : [account.pending.secret], [])
        await activated(world, model, userId, result.recoveryCodes)
      } else {
        spend(world, model, code, account.active.values(), recoveryCodesOf(world, account))
      }
      const isTrusted = result.device.trusted
      if (isTrusted && result.method === 'recovery-code') expect(device?.userId).toBe(userId)
      remember(model, userId, result.device.token, isTrusted ? world.clock.now() + 30 * DAY : null)
    },
  )
}

function verify(userId: UserId, given: Typed, deviceIndex: number): Act {
  return act(`${userId} steps up by ${JSON.stringify(given)} on ${deviceIndex}`, async (world, model) => {
    const device = newest(model.devices, deviceIndex)
    const code = textOf(world, model, userId, given)
    const result = await world.twoFactor.verify(userId, { code, device: device?.token })
    if (!result.ok) return
    const account = model.accounts[userId]
    spend(world, model, code, account.active.values(), recoveryCodesOf(world, account))
    const isTrusted = result.device.trusted
    if (isTrusted) expect(device?.userId).toBe(userId)
    remember(model, userId, result.device.token, isTrusted ? (device?.trustedUntilMs ?? null) : null)
  })
}

function beginSetup(userId: UserId, isRight: boolean, replacesAll: boolean): Act {
  return act(`${userId} begins a setup, password ${isRight}, replacing all ${replacesAll}`, async (world, model) => {
    const account = model.accounts[userId]
    const begun = await world.twoFactor.beginSetup(userId, {
      proof: { password: isRight ? PASSWORD : 'wrong' },
      accountName: userId,
      ...(replacesAll ? { replaces: 'all' } : {}),
    })
    if (!begun.ok) return
    expect(isRight, 'a wrong password began a setup').toBe(true)
    account.pending = {
      secret: begun.secret,
      token: begun.token,
      replaces: replacesAll ? [...account.active.keys()] : [],
    }
    model.secrets.push(begun.secret)
  })
}

function beginRequiredSetup(which: number): Act {
  return act(`challenge ${which} begins a setup`, async (world, model) => {
    const challenge = newest(model.challenges, which)
    if (challenge === undefined) return
    const begun = await world.twoFactor.beginRequiredSetup(challenge.token, { accountName: 'x' })
    if (!begun.ok) return
    const account = model.accounts[challenge.userId]
    expect([challenge.succeeded, challenge.epoch, account.active.size]).toEqual([false, account.epoch, 0])
    account.pending = { secret: begun.secret, token: begun.token, replaces: [] }
    model.secrets.push(begun.secret)
  })
}

function confirmSetup(userId: UserId, given: Typed): Act {
  return act(`${userId} confirms by ${JSON.stringify(given)}`, async (world, model) => {
    const account = model.accounts[userId]
    const code = textOf(world, model, userId, given)
    const result = await world.twoFactor.confirmSetup(userId, { token: account.pending?.token ?? '', code })
    if (!result.ok) {
      await forgetFailedSetup(world, account, userId)
      return
    }
    expect(account.pending).not.toBeNull()
    spend(world, model, code, account.pending === null ? [] : [account.pending.secret], [])
    await activated(world, model, userId, result.recoveryCodes)
    remember(model, userId, result.device.token, null)
  })
}

/** Ten wrong codes end a setup, and no outcome says so: the record does. One that time ended lives again if the clock goes back. */
async function forgetFailedSetup(world: World, account: Account, userId: UserId): Promise<void> {
  const record = await world.store.record(userId)
  if ((record?.pending ?? null) === null) account.pending = null
}

async function activated(
  world: World,
  model: Model,
  userId: UserId,
  recoveryCodes: string[] | undefined,
): Promise<void> {
  const account = model.accounts[userId]
  const { pending } = account
  if (pending === null) throw new Error('A setup was confirmed that nobody began.')
  if (account.active.size === 0) {
    account.epoch += 1
    account.enrollment += 1
    account.trust += 1
  }
  const before = new Set(account.active.keys())
  for (const id of pending.replaces) if (account.active.delete(id)) account.trust += 1
  for (const { id } of (await world.twoFactor.status(userId)).authenticators) {
    if (!before.has(id)) account.active.set(id, pending.secret)
  }
  account.pending = null
  if (recoveryCodes !== undefined) {
    account.recoveryCodes = recoveryCodes
    model.codes.push(...recoveryCodes)
  }
}

function removeAuthenticator(userId: UserId, which: number): Act {
  return act(`${userId} removes authenticator ${which}`, async (world, model) => {
    const { active } = model.accounts[userId]
    const id = newest([...active.keys()], which) ?? 'none'
    const result = await world.twoFactor.removeAuthenticator(userId, { id, proof: { password: PASSWORD } })
    if (!result.ok) return
    active.delete(id)
    model.accounts[userId].trust += 1
    expect(active.size).toBeGreaterThan(0)
  })
}

function regenerate(userId: UserId): Act {
  return act(`${userId} makes new recovery codes`, async (world, model) => {
    const result = await world.twoFactor.regenerateRecoveryCodes(userId, { proof: { password: PASSWORD } })
    if (!result.ok) return
    model.accounts[userId].recoveryCodes = result.recoveryCodes
    model.accounts[userId].issued = []
    model.codes.push(...result.recoveryCodes)
  })
}

function issueRecoveryCode(userId: UserId): Act {
  return act(`staff issues a recovery code for ${userId}`, async (world, model) => {
    const result = await world.twoFactor.admin.issueRecoveryCode(userId, staff)
    if (!result.ok) return
    const { recoveryCode: code, expiresAtMs } = result
    expect(model.accounts[userId].active.size).toBeGreaterThan(0)
    model.accounts[userId].issued.push({ code, expiresAtMs })
    model.codes.push(code)
  })
}

/** Those of the set, and those of staff that are not over. */
function recoveryCodesOf(world: World, { recoveryCodes, issued }: Account): string[] {
  const now = world.clock.now()
  return [...recoveryCodes, ...issued.filter(({ expiresAtMs }) => now < expiresAtMs).map(({ code }) => code)]
}

function passwordChanged(userId: UserId, keepTrustedDevices: boolean): Act {
  return act(`${userId} changes the password, keeps devices ${keepTrustedDevices}`, async (world, model) => {
    await world.twoFactor.passwordChanged(userId, { keepTrustedDevices })
    const account = model.accounts[userId]
    account.epoch += 1
    account.pending = null
    if (!keepTrustedDevices) account.trust += 1
  })
}

function revoke(userId: UserId): Act {
  return act(`${userId} revokes all devices`, async (world, model) => {
    if ((await world.twoFactor.revokeTrustedDevices(userId)).ok) model.accounts[userId].trust += 1
  })
}

function off(userId: UserId, how: string): Act {
  return act(`${userId}: ${how}`, async (world, model) => {
    if (how === 'unlock') {
      await world.twoFactor.admin.unlock(userId, staff)
      model.accounts[userId].issued = []
      return
    }
    if (how === 'reset') await world.twoFactor.admin.reset(userId, staff)
    else if (!(await world.twoFactor.disable(userId, { proof: { password: PASSWORD } })).ok) return
    const { epoch, enrollment, trust } = model.accounts[userId]
    model.accounts[userId] = { ...nobody(), epoch: epoch + 1, enrollment: enrollment + 1, trust: trust + 1 }
  })
}
