import type { TwoFactorOptions, UserStore } from 'countersign'
import {
  createHandler,
  type HandlerOptions,
  type HandlerWarning,
  type SignedInUser,
  type SignInDetails,
  type TwoFactorHandler,
} from 'countersign/http'
import { type AccessTokens, createAccessTokens, memoryTokenStore } from 'countersign/tokens'
import { expect } from 'vitest'
import { watchedStore } from '../watched-store.ts'
import { createWorld, enrolled, PASSWORD, type User, type World } from '../world.ts'
import { type Browser, createBrowser } from './browser.ts'

export const ORIGIN = 'https://app.example.com'

type Opened = Parameters<HandlerOptions['openSession']>[1] & { userId: string }

/** A host with its sessions, the handler over it, and all that its hooks and listeners were told. */
export interface Site {
  world: World
  tokens: AccessTokens
  handler: TwoFactorHandler
  /** Who is signed in, by the value of the cookie `session`. */
  sessions: Map<string, SignedInUser>
  opened: Opened[]
  faults: unknown[]
  warnings: HandlerWarning[]
  events: { type: string }[]
  browser(): Browser
  /** Somebody with two-factor authentication on, signed in without it. */
  member(userId?: string): Promise<Member>
  /** All that is stored of these users. */
  dump(): Promise<string>
}

export interface Member extends User {
  browser: Browser
}

export interface SiteOptions {
  twoFactor?: Partial<Omit<TwoFactorOptions, 'store'>> & { store?: UserStore }
  handler?: Partial<HandlerOptions>
  /** The only scopes of access tokens. */
  scopes?: string[]
  hasTokens?: boolean
  /** Faults are thrown on. */
  throwsFaults?: boolean
  /** Of the pages. */
  origin?: string
  /** Where the requests arrive, behind a proxy. */
  arrivesAt?: string
}

export function createSite(given: SiteOptions = {}): Site {
  const { store, ...twoFactorOptions } = given.twoFactor ?? {}
  const world = createWorld({ ...twoFactorOptions, store: watchedStore(store) })
  const tokenEvents: { type: string }[] = []
  const tokenStore = memoryTokenStore()
  const tokens = createAccessTokens({
    twoFactor: world.twoFactor,
    store: tokenStore,
    prefix: 'acme',
    scopes: given.scopes,
    now: world.clock.now,
    random: world.random,
    onEvent: (event) => {
      tokenEvents.push(event)
    },
  })
  const sessions = new Map<string, SignedInUser>()
  const opened: Opened[] = []
  const faults: unknown[] = []
  const warnings: HandlerWarning[] = []
  const users = new Set<string>()

  const handler = createHandler({
    twoFactor: world.twoFactor,
    tokens: given.hasTokens === false ? undefined : tokens,
    authenticate: (request) => {
      const [, id = ''] = /(?:^|; )session=([^;]+)/.exec(request.headers.get('cookie') ?? '') ?? []
      return sessions.get(id) ?? null
    },
    openSession: (userId, details) => {
      opened.push({ userId, ...details })
      const id = `session-${opened.length}`
      sessions.set(id, { userId, accountName: accountNameOf(userId) })
      return { 'Set-Cookie': `session=${id}; Path=/; HttpOnly` }
    },
    onError: given.throwsFaults
      ? undefined
      : (error) => {
          faults.push(error)
        },
    onWarning: (warning) => {
      warnings.push(warning)
    },
    now: world.clock.now,
    ...given.handler,
  })

  const site: Site = {
    world,
    tokens,
    handler,
    sessions,
    opened,
    faults,
    warnings,
    get events() {
      return [...world.events, ...tokenEvents]
    },
    browser: () =>
      createBrowser(handler, {
        origin: given.origin ?? ORIGIN,
        arrivesAt: given.arrivesAt ?? ORIGIN,
        isDocumented: given.hasTokens !== false && !changesAnswers(given.handler),
      }),
    async member(userId = 'ann') {
      const user = await enrolled(world, userId)
      users.add(userId)
      const browser = site.browser()
      sessions.set(`of-${userId}`, { userId, accountName: accountNameOf(userId) })
      browser.jar.set('session', `of-${userId}`)
      return { ...user, browser }
    },
    async dump() {
      const records = [...users, 'ann', 'bob'].map(async (userId) => [
        await world.store.record(userId),
        await tokenStore.list(userId),
      ])
      return JSON.stringify(await Promise.all(records))
    },
  }
  return site
}

function changesAnswers({
  openSession,
  onVerified,
  onSetupConfirmed,
  basePath,
}: Partial<HandlerOptions> = {}): boolean {
  return [openSession, onVerified, onSetupConfirmed, basePath].some((given) => given !== undefined)
}

export function accountNameOf(userId: string): string {
  return `${userId.slice(0, 100)}@example.com`
}

export function detailsOf(userId: string, state?: SignInDetails['state']): SignInDetails {
  return { userId, accountName: accountNameOf(userId), state }
}

/** Nothing is stored or changed by it, and nothing is a fault. */
export async function withoutTrace<T>(site: Site, work: () => Promise<T>): Promise<T> {
  const before = await site.dump()
  const faults = site.faults.length
  const result = await work()
  expect(site.faults.slice(faults)).toEqual([])
  expect(await site.dump()).toBe(before)
  return result
}

/** What must never be in an answer that is none of theirs, in an event or in a fault. */
export function expectNoSecrets(site: Site, said: unknown, secrets: readonly string[]): void {
  const faults = site.faults.map((fault) => (fault instanceof Error ? `${fault.message} ${fault.stack}` : fault))
  const heard = JSON.stringify([said, site.events.map((event) => ({ ...event, context: null })), faults])
  for (const secret of [PASSWORD, ...secrets]) expect(heard).not.toContain(secret)
}
