import { createTwoFactor, generateKey, type TwoFactor, type TwoFactorEvent } from 'countersign'
import { generateSecret, generateTotp } from 'countersign/otp'
import { PASSWORD, START } from '../world.ts'
import { ChaosError, type ChaosStore, chaosStore } from './chaos-store.ts'
import { interleave } from './interleaving.ts'

/*
 * Several processes do whatever they like over a store that errs, while keys are rotated under them. The model knows what
 * was handed to whom and what was told; it is as simple as a security promise.
 */

const STEP = 30_000
const CLIENTS = 3
const USERS = ['ann', 'ben'] as const
const proof = { password: PASSWORD }
const staff = { by: 'sam', note: 'x' }

type Kind = 'secret' | 'recovery' | 'issued' | 'challenge' | 'view'
/** Something that was handed out, and may open something. */
interface Credential {
  kind: Kind
  userId: string
  text: string
  /** Since when it surely is; never, as long as nobody knows whether it was written. */
  bornAt: number
  /** It is dead for whatever begins after this. */
  deadAt: number
}

export interface Story {
  operations: number
  succeeded: number
  refused: number
  unclear: number
  faults: Record<string, number>
}

/** One story of so many operations for each client; throws where the engine broke its word. */
export async function chaosStory(random: () => number, operationsEach: number): Promise<Story> {
  const store = chaosStore(random)
  const keyRings = rotation()
  const model = new Model()
  const story: Story = { operations: 0, succeeded: 0, refused: 0, unclear: 0, faults: store.faults }
  const events: TwoFactorEvent[] = []
  let nowMs = START
  const options = {
    issuer: 'Acme',
    now: () => nowMs,
    verifyPassword: (_userId: string, password: string) => password === PASSWORD,
    onEvent: (event: TwoFactorEvent) => {
      events.push(event)
    },
  }
  const total = operationsEach * CLIENTS
  const client = (number: number) => async (lane: ChaosStore | Parameters<typeof createTwoFactor>[0]['store']) => {
    for (let done = 0; done < operationsEach; done += 1) {
      // A deployment goes from one process to the next: two steps of the rotation at a time are in use.
      const place = (story.operations / total) * (keyRings.length - 1)
      const keys = keyRings[Math.floor(place) + (place % 1 > number / CLIENTS ? 1 : 0)] ?? ''
      nowMs += Math.floor(random() * random() * 90_000)
      const twoFactor = createTwoFactor({ ...options, store: lane, keys })
      story.operations += 1
      const outcome = await act(twoFactor, model, random, () => nowMs)
      story[outcome] += 1
    }
  }
  await interleave(
    store,
    Array.from({ length: CLIENTS }, (_, number) => client(number)),
    (waiting) => waiting[Math.floor(random() * waiting.length)]?.lane ?? 0,
  )
  await store.calm()
  nowMs += 60 * STEP
  const twoFactor = createTwoFactor({ ...options, store, keys: keyRings.at(-1) ?? '' })
  await settle(twoFactor, model, nowMs)
  const completed = events.filter(({ type }) => type === 'sign-in.completed').length
  if (completed !== model.signIns) throw new Error(`${model.signIns} sign-ins were told, ${completed} events say so`)
  return story
}

/** The three steps: append the new key, move it to the front, and (once all is sealed anew) take the old one away. */
function rotation(): string[] {
  const [old, fresh] = [generateKey('old'), generateKey('new')]
  return [old, `${old},${fresh}`, `${fresh},${old}`]
}

class Model {
  readonly given: Credential[] = []
  readonly spent = new Set<string>()
  signIns = 0
  #ticks = 0

  tick(): number {
    this.#ticks += 1
    return this.#ticks
  }

  give(kind: Kind, userId: string, ...texts: string[]): void {
    const bornAt = this.tick()
    for (const text of texts) this.given.push({ kind, userId, text, bornAt, deadAt: Number.POSITIVE_INFINITY })
  }

  /** What may have been written, and is known to once `born` tells of it. */
  maybe(kind: Kind, userId: string, text: string): { born: () => void } {
    const credential = { kind, userId, text, bornAt: Number.POSITIVE_INFINITY, deadAt: Number.POSITIVE_INFINITY }
    this.given.push(credential)
    return {
      born: () => {
        credential.bornAt = this.tick()
      },
    }
  }

  /** All of these kinds that were there before `since` open nothing from now on. */
  end(userId: string, since: number, ...kinds: Kind[]): void {
    const deadAt = this.tick()
    for (const one of this.given) {
      if (one.userId === userId && kinds.includes(one.kind) && one.bornAt < since)
        one.deadAt = Math.min(one.deadAt, deadAt)
    }
  }

  all(kind: Kind, userId?: string): Credential[] {
    return this.given.filter((one) => one.kind === kind && (userId === undefined || one.userId === userId))
  }

  /** It opened something: it must have been alive and not used before. */
  used(kind: Kind, userId: string, text: string, since: number): void {
    const found = this.given.find((one) => one.kind === kind && one.userId === userId && one.text === text)
    if (found === undefined) throw new Error(`accepted: a ${kind} that is not ${userId}'s`)
    if (found.deadAt < since) throw new Error(`accepted: a ${kind} that was ended before`)
    if (this.spent.has(text)) throw new Error(`accepted twice: a ${kind}`)
    this.spent.add(text)
  }

  /** A typed code opened something. */
  usedCode(userId: string, code: string, since: number, fromMs: number, toMs: number): void {
    if (code.length > 6) {
      const kind = this.all('issued', userId).some(({ text }) => text === code) ? 'issued' : 'recovery'
      this.used(kind, userId, code, since)
      return
    }
    const shown = this.all('secret', userId).filter(({ deadAt }) => deadAt >= since)
    const fresh = shown.flatMap(({ text: secret }) => {
      const steps: string[] = []
      for (let step = Math.floor(fromMs / STEP) - 1; step <= Math.floor(toMs / STEP) + 1; step += 1) {
        if (generateTotp({ secret, timeMs: step * STEP }) === code) steps.push(`${secret} ${step}`)
      }
      return steps.filter((key) => !this.spent.has(key))
    })
    if (fresh.length === 0) throw new Error(`accepted: a code of ${userId}'s that is wrong, old or used`)
    for (const key of fresh) this.spent.add(key)
  }
}

type Outcome = 'succeeded' | 'refused' | 'unclear'

async function act(on: TwoFactor, model: Model, random: () => number, now: () => number): Promise<Outcome> {
  try {
    return (await choose(on, model, random, now)) ? 'succeeded' : 'refused'
  } catch (error) {
    if (error instanceof ChaosError) return 'unclear'
    throw error
  }
}

async function choose(on: TwoFactor, model: Model, random: () => number, now: () => number): Promise<boolean> {
  const one = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(random() * items.length)]
  const recent = (kind: Kind, owner?: string) => one(model.all(kind, owner).slice(-6))?.text ?? 'x'
  const userId = one(USERS) ?? 'ann'
  const since = model.tick()
  const fromMs = now()
  const code = (): string => {
    const kind = random()
    // Now and then the code of somebody else, or of nobody.
    const owner = random() < 0.1 ? undefined : userId
    if (kind < 0.55) {
      const secret = one(model.all('secret', owner).slice(-3))?.text
      if (secret !== undefined) return generateTotp({ secret, timeMs: fromMs + Math.floor(random() * 3 - 1) * STEP })
    }
    if (kind < 0.8) return recent('recovery', owner)
    if (kind < 0.9) return recent('issued', owner)
    return String(Math.floor(random() * 1e6)).padStart(6, '0')
  }
  const dice = random() * 100

  if (dice < 18) {
    const challenge = await on.challenge(userId)
    if (!challenge.passed) model.give('challenge', userId, challenge.token)
    return !challenge.passed
  }
  if (dice < 48) {
    const owner = random() < 0.05 ? undefined : userId
    const challenge = one(model.all('challenge', owner).slice(-4))
    const typed = code()
    const result = await on.completeChallenge(challenge?.text ?? 'x', { code: typed, trustDevice: random() < 0.3 })
    if (!result.ok) return false
    model.signIns += 1
    model.used('challenge', result.userId, challenge?.text ?? 'x', since)
    model.usedCode(result.userId, typed, since, fromMs, now())
    return true
  }
  if (dice < 66) {
    const typed = code()
    const result = await on.verify(userId, { code: typed })
    if (result.ok) model.usedCode(userId, typed, since, fromMs, now())
    return result.ok
  }
  if (dice < 70) {
    const view = await on.viewRecoveryCodes(userId, { proof })
    if (view.ok) model.give('view', userId, view.token)
    return view.ok
  }
  if (dice < 75) {
    const token = recent('view', userId)
    const isByView = random() < 0.5
    const made = await on.regenerateRecoveryCodes(userId, { proof: isByView ? { token } : proof })
    if (!made.ok) return false
    if (isByView) model.used('view', userId, token, since)
    model.end(userId, since, 'recovery', 'issued', 'view')
    model.give('recovery', userId, ...made.recoveryCodes)
    return true
  }
  if (dice < 80) {
    const issued = await on.admin.issueRecoveryCode(userId, staff)
    if (issued.ok) model.give('issued', userId, issued.recoveryCode)
    return issued.ok
  }
  if (dice < 83) {
    await on.passwordChanged(userId)
    model.end(userId, since, 'challenge', 'view')
    return true
  }
  if (dice < 86) {
    const { ok } = await on.admin.unlock(userId, staff)
    if (ok) model.end(userId, since, 'issued')
    return ok
  }
  if (dice < 89) {
    const isReset = random() < 0.5
    const ended = isReset ? await on.admin.reset(userId, staff) : await on.disable(userId, { proof })
    if (ended.ok) model.end(userId, since, 'secret', 'recovery', 'issued', 'challenge', 'view')
    return ended.ok
  }
  if (dice < 91) return (await on.admin.reseal(userId)).ok
  if (dice < 97) {
    const secret = generateSecret()
    const credential = model.maybe('secret', userId, secret)
    const { imported } = await on.admin.importUser(userId, { authenticators: [{ secret }] })
    if (imported) credential.born()
    return imported
  }
  const begun = await on.beginSetup(userId, { proof, accountName: userId })
  if (!begun.ok) return false
  const credential = model.maybe('secret', userId, begun.secret)
  const typed = generateTotp({ secret: begun.secret, timeMs: now() })
  const [startedAt, startedMs] = [model.tick(), now()]
  const confirmed = await on.confirmSetup(userId, { token: begun.token, code: typed })
  if (!confirmed.ok) return false
  credential.born()
  model.usedCode(userId, typed, startedAt, startedMs, now())
  if (confirmed.recoveryCodes !== undefined) model.give('recovery', userId, ...confirmed.recoveryCodes)
  return true
}

/** The store is well again: what was told is spent, and whoever is enrolled gets in with a fresh code. */
async function settle(twoFactor: TwoFactor, model: Model, nowMs: number): Promise<void> {
  for (const userId of USERS) {
    for (const { text } of [...model.all('recovery', userId), ...model.all('issued', userId)]) {
      if (!model.spent.has(text)) continue
      const again = await twoFactor.verify(userId, { code: text })
      if (again.ok) throw new Error(`accepted twice: a recovery code of ${userId}'s`)
    }
    await twoFactor.admin.unlock(userId, staff)
    const { authenticators, enabled } = await twoFactor.status(userId)
    if (!enabled) continue
    const alive = model.all('secret', userId).filter(({ deadAt }) => deadAt === Number.POSITIVE_INFINITY)
    let isIn = false
    for (const { text: secret } of alive.toReversed()) {
      await twoFactor.admin.unlock(userId, staff)
      const { ok } = await twoFactor.verify(userId, { code: generateTotp({ secret, timeMs: nowMs }) })
      isIn ||= ok
    }
    if (!isIn) throw new Error(`${userId} has ${authenticators.length} authenticators, and none lets them in`)
  }
}
