import {
  CountersignError,
  createTwoFactor,
  generateKey,
  type OtpAlgorithm,
  reauthenticated,
  type TwoFactor,
  type TwoFactorEvent,
  type TwoFactorOptions,
} from 'countersign'
import { buildOtpauthUri, encodeBase32, generateTotp } from 'countersign/otp'
import { type TestClock, testClock, type VirtualAuthenticator, virtualAuthenticator } from 'countersign/testing'
import type { StoredApp, UserRecord } from '../src/engine/record.ts'
import { type WatchedStore, watchedStore } from './watched-store.ts'

/** The beginning of a step. */
export const START = Date.UTC(2026, 0, 15, 12)
export const PASSWORD = 'correct horse battery staple'
export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const DAY = 86_400 * SECOND
const STEP = 30 * SECOND

/** One backend: its store, its clock, what its hooks were asked and what its events said. */
export interface World {
  twoFactor: TwoFactor
  clock: TestClock
  store: WatchedStore
  keys: string
  events: TwoFactorEvent[]
  /** The same bytes in every run, so that no code that a test makes up is ever a right one by chance. */
  random: (bytes: number) => Uint8Array
  /** Each password that the host was asked to check. */
  passwordsChecked: string[]
  /** A second process over the same database. */
  another(options?: Partial<TwoFactorOptions>): TwoFactor
  /** The types of the events since it was last asked. */
  heard(): string[]
}

let worlds = 0

export function createWorld(given: Partial<TwoFactorOptions> & { store?: WatchedStore } = {}): World {
  const clock = testClock(START)
  const store = given.store ?? watchedStore()
  const keys = typeof given.keys === 'string' ? given.keys : generateKey()
  const events: TwoFactorEvent[] = []
  const passwordsChecked: string[] = []
  worlds += 1
  const random = repeatable(worlds)
  let told = 0
  const options: TwoFactorOptions = {
    issuer: 'Acme Cloud',
    keys,
    now: clock.now,
    random,
    verifyPassword: async (_userId, password) => {
      passwordsChecked.push(password)
      return password === PASSWORD
    },
    onEvent: (event) => {
      events.push(event)
    },
    ...given,
    store,
  }
  return {
    twoFactor: createTwoFactor(options),
    clock,
    store,
    keys,
    events,
    random,
    passwordsChecked,
    another: (more = {}) => createTwoFactor({ ...options, ...more }),
    heard: () => {
      const types = events.slice(told).map(({ type }) => type)
      told = events.length
      return types
    },
  }
}

export interface User {
  userId: string
  phone: VirtualAuthenticator
  recoveryCodes: string[]
}

/** A user with two-factor authentication on, and nothing counted or heard of how it went on. */
export async function enrolled(world: World, userId = 'ann'): Promise<User> {
  const secret = encodeBase32(world.random(20))
  const authenticators = [{ secret, name: 'Phone' }]
  const { imported } = await world.twoFactor.admin.importUser(userId, { authenticators })
  if (!imported) throw new Error('This user has it on already.')
  // Imported codes would count as guessable ones.
  const trusting = world.another({ acceptedProofs: ['reauthenticated'], onEvent: undefined })
  const made = await trusting.regenerateRecoveryCodes(userId, { proof: reauthenticated(world.clock.now()) })
  if (!made.ok) throw new Error(`There are no recovery codes: ${made.reason}`)
  const uri = buildOtpauthUri({ accountName: 'x', secret })
  world.store.forget()
  world.heard()
  return { userId, phone: virtualAuthenticator(uri, { now: world.clock.now }), recoveryCodes: made.recoveryCodes }
}

/** The token of a device on which this user passed the second step. One step passes, so that the next code is new. */
export async function knownDevice(world: World, user: User, options: { trustDevice?: boolean } = {}): Promise<string> {
  const result = await signIn(world, user.userId, { code: user.phone.next(), ...options })
  if (!result.ok) throw new Error(`The user could not sign in: ${result.reason}`)
  world.clock.advance({ seconds: 60 })
  world.store.forget()
  world.heard()
  return result.device.token
}

/** A challenge's token; fails where none is asked for. */
export async function challengeToken(world: World, userId: string, device?: string): Promise<string> {
  const challenge = await world.twoFactor.challenge(userId, { device })
  if (challenge.passed) throw new Error(`No second step is required: ${challenge.because}`)
  return challenge.token
}

export async function signIn(
  world: World,
  userId: string,
  options: { code: string; device?: string; trustDevice?: boolean; deviceName?: string },
) {
  const token = await challengeToken(world, userId)
  return world.twoFactor.completeChallenge(token, options)
}

/** Adds an authenticator by password and its first code. */
export async function addPhone(
  world: World,
  userId: string,
  more: { name?: string; replaces?: string } = {},
): Promise<VirtualAuthenticator & { id: string; recoveryCodes?: string[] | undefined }> {
  const begun = await world.twoFactor.beginSetup(userId, {
    proof: { password: PASSWORD },
    accountName: `${userId.replaceAll(':', '-')}@example.com`,
    ...more,
  })
  if (!begun.ok) throw new Error(`The setup did not begin: ${begun.reason}`)
  const phone = phoneFor(world, begun)
  const confirmed = await world.twoFactor.confirmSetup(userId, { token: phone.setupToken, code: phone.next() })
  if (!confirmed.ok) throw new Error(`The setup was not confirmed: ${confirmed.reason}`)
  return { ...phone, id: confirmed.authenticatorId, recoveryCodes: confirmed.recoveryCodes }
}

/** The phone that scanned an offer, and the token of that setup. */
export function phoneFor(
  world: World,
  { uri, token }: { uri: string; token: string },
): VirtualAuthenticator & { setupToken: string } {
  return { ...virtualAuthenticator(uri, { now: world.clock.now }), setupToken: token }
}

/** Bytes that look random and are the same for the same seed (mulberry32). */
function repeatable(seed: number): (bytes: number) => Uint8Array {
  let state = seed * 0x9e3779b9
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) & 255
  }
  return (bytes) => Uint8Array.from({ length: bytes }, next)
}

/** Six digits that none of these phones shows within five steps of now. */
export function wrongCode(world: World, ...phones: readonly Shown[]): string {
  const shown = new Set(phones.flatMap((phone) => around(phone, world.clock.now())))
  for (let code = 0; ; code += 1) {
    const text = String(code).padStart(6, '0')
    if (!shown.has(text)) return text
  }
}

interface Shown {
  secret: string | Uint8Array
  algorithm?: OtpAlgorithm
}

function around({ secret, algorithm }: Shown, nowMs: number): string[] {
  const offsets = Array.from({ length: 11 }, (_, index) => index - 5)
  return offsets.map((offset) => generateTotp({ secret, algorithm, timeMs: Math.max(0, nowMs + offset * STEP) }))
}

/** The `code` and message of the CountersignError that a call ends with. Any other error, or none, fails the test. */
export async function faultOf(call: () => unknown): Promise<{ code: string; message: string; error: Error }> {
  try {
    await call()
  } catch (error) {
    if (error instanceof CountersignError) return { code: error.code, message: error.message, error }
    throw error
  }
  throw new Error('It threw nothing.')
}

/** A value that the types forbid, as it would arrive from JavaScript or from JSON. */
export function untyped<T = never>(value: unknown): T {
  return value as T
}

/** The apps of a record. */
export function appsIn(record: UserRecord | null): StoredApp[] {
  return (record?.authenticators ?? []).filter((one) => one.type === 'totp')
}

/** The sealed secret of the app that is pending; '' if none is. */
export function pendingSecret(record: UserRecord | null): string {
  return record?.pending?.type === 'totp' ? record.pending.secret : ''
}

/** Every text in a JSON value, keys included. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, field]) => [key, ...textsIn(field)])
}

/** The sealed values of a record: `key id.base64url`. */
export function sealedIn(record: unknown): string[] {
  return textsIn(record).filter((text) => /^[\w-]{1,32}\.[\w-]{40,}$/.test(text))
}
